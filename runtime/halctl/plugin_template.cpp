#include "runtime/halctl/plugin_template.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "hal/error.hpp"

namespace hal::ctl {
namespace fs = std::filesystem;
namespace {

struct template_file {
  std::string_view path;
  std::string_view content;
};

constexpr template_file template_files[] = {
#include "template_files.inc"
};

// Room for the vendor's name in hal_device_description, without the terminating zero.
constexpr std::size_t longest_vendor = 63;

void check_name(const std::string &name) {
  const bool good = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                    });
  if (!good) {
    throw error(
        status::invalid_argument,
        fmt::format("'{}' is no plugin's name: at most 32 lower case letters, digits and underscores, "
                    "beginning with a letter.",
                    name));
  }
}

// As it stands between quotes in JSON and in C++.
std::string quotable(const std::string &vendor) {
  if (vendor.empty() || vendor.size() > longest_vendor) {
    throw error(status::invalid_argument,
                fmt::format("The vendor's name '{}' has {} bytes; it must have 1 to {}.", vendor,
                            vendor.size(), longest_vendor));
  }
  std::string quoted;
  for (const char c : vendor) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      throw error(
          status::invalid_argument,
          fmt::format("The vendor's name holds the control character {:#04x}; it is one line of text.",
                      static_cast<unsigned char>(c)));
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

using replacement = std::pair<std::string_view, std::string>;

std::string replace_all(std::string_view text, const std::vector<replacement> &replacements) {
  std::string result;
  while (!text.empty()) {
    const auto found = std::find_if(replacements.begin(), replacements.end(),
                                    [text](const replacement &one) { return text.starts_with(one.first); });
    if (found == replacements.end()) {
      result += text.front();
      text.remove_prefix(1);
    } else {
      result += found->second;
      text.remove_prefix(found->first.size());
    }
  }
  return result;
}

[[noreturn]] void throw_system(const fs::path &path, const char *what, const std::error_code &code) {
  const bool forbidden = code == std::errc::permission_denied || code == std::errc::read_only_file_system;
  throw error(forbidden ? status::permission_denied : status::resource_exhausted,
              fmt::format("{} {}: {}.", path.string(), what, code.message()), {}, code.value());
}

void check_free(const fs::path &folder) {
  std::error_code code;
  const fs::file_status there = fs::symlink_status(folder, code);
  if (there.type() == fs::file_type::not_found) return;
  if (code) throw_system(folder, "cannot be looked at", code);
  if (there.type() != fs::file_type::directory) {
    throw error(status::invalid_argument, fmt::format("{} exists and is no folder.", folder.string()));
  }
  const bool empty = fs::is_empty(folder, code);
  if (code) throw_system(folder, "cannot be read", code);
  if (!empty) {
    throw error(status::invalid_argument,
                fmt::format("{} exists and is not empty; nothing was written.", folder.string()));
  }
  std::error_code ignored;
  if (fs::equivalent(folder, fs::current_path(ignored), ignored)) {
    throw error(
        status::invalid_argument,
        fmt::format("{} is the current folder, which cannot be replaced; name a new one.", folder.string()));
  }
}

// A folder that is removed with everything in it, unless it was moved to its place.
class unfinished_folder {
 public:
  explicit unfinished_folder(const fs::path &final_place) {
    std::error_code code;
    for (int number = 0; number < 100; ++number) {
      path_ = final_place;
      path_ += fmt::format(".new-{}-{}", ::getpid(), number);
      if (fs::create_directory(path_, code)) return;
      if (code) break;
    }
    throw_system(final_place, "cannot be made", code);
  }
  ~unfinished_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  unfinished_folder(const unfinished_folder &) = delete;
  unfinished_folder &operator=(const unfinished_folder &) = delete;

  void write(const std::string &name, const std::string &content) const {
    const fs::path file = path_ / name;
    std::error_code code;
    fs::create_directories(file.parent_path(), code);
    if (code) throw_system(file.parent_path(), "cannot be made", code);
    errno = 0;
    std::ofstream out(file, std::ios::binary);
    out << content;
    out.close();
    if (!out) throw_system(file, "cannot be written", {errno, std::generic_category()});
  }

  void move_to(const fs::path &final_place) {
    std::error_code code;
    fs::rename(path_, final_place, code);
    if (code) throw_system(final_place, "cannot be made", code);
    path_.clear();
  }

 private:
  fs::path path_;
};

}  // namespace

std::uint16_t parse_vendor_id(std::string_view text) {
  std::uint16_t value = 0;
  const std::string_view digits = text.substr(std::min<std::size_t>(2, text.size()));
  const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (!text.starts_with("0x") || code != std::errc{} || stop != digits.data() + digits.size()) {
    throw error(
        status::invalid_argument,
        fmt::format("'{}' is no PCI vendor id; it is hexadecimal, as 0x10de, and at most 0xffff.", text));
  }
  return value;
}

folder_content render_plugin(const new_plugin &wanted) {
  check_name(wanted.name);
  std::vector<replacement> replacements = {
      {"plugins/template", "plugins/" + wanted.name}, {"hal-template", "hal-" + wanted.name},
      {"template_plugin", wanted.name + "_plugin"},   {"template.json", wanted.name + ".json"},
      {"\"template.", "\"" + wanted.name + "."},      {"\"template\"", "\"" + wanted.name + "\""},
      {"Example Vendor", quotable(wanted.vendor)},
  };
  if (wanted.vendor_id)
    replacements.emplace_back("{ \"any\": true }",
                              fmt::format("{{ \"vendor\": \"{:#06x}\" }}", *wanted.vendor_id));
  folder_content content;
  for (const template_file &file : template_files)
    content.emplace(replace_all(file.path, replacements), replace_all(file.content, replacements));
  return content;
}

void write_folder(const fs::path &folder, const folder_content &content) {
  if (folder.empty()) throw error(status::invalid_argument, "The folder's name is empty; name a new folder.");
  fs::path place = fs::absolute(folder).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  check_free(place);
  std::error_code code;
  if (!fs::is_directory(place.parent_path(), code)) {
    throw error(status::invalid_argument, fmt::format("{} cannot be made: there is no folder {}.",
                                                      place.string(), place.parent_path().string()));
  }
  unfinished_folder unfinished(place);
  for (const auto &[name, text] : content) unfinished.write(name, text);
  unfinished.move_to(place);
}

}  // namespace hal::ctl
