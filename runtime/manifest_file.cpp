#include "runtime/manifest_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::uintmax_t largest_file = 1 << 20;
// Deeper than any manifest; values are destroyed, compared and printed by recursion.
constexpr int deepest = 32;

// The beginning of a long value, cut between characters.
std::string shortened(std::string text) {
  constexpr std::size_t longest = 80;
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end) + "...";
}

// Reads keys of one object and says where a wrong one stands.
class reader {
 public:
  reader(const fs::path &file, std::string place, const json &object)
      : file_(file), place_(std::move(place)), object_(object) {
    if (!object.is_object()) fail("", "an object");
  }

  bool has(const char *key) const { return object_.contains(key); }

  std::string text(const char *key) const {
    const json &value = at(key);
    if (!value.is_string() || value.get_ref<const std::string &>().empty())
      fail(key, "a text that is not empty");
    return value.get<std::string>();
  }
  std::string text_or_nothing(const char *key) const { return has(key) ? text(key) : std::string(); }

  bool boolean_or_false(const char *key) const {
    if (!has(key)) return false;
    if (!at(key).is_boolean()) fail(key, "true or false");
    return at(key).get<bool>();
  }

  std::uint16_t number(const char *key) const {
    const json &value = at(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 0xffff)
      fail(key, "a number from 0 to 65535");
    return value.get<std::uint16_t>();
  }

  // "0x10de": PCI ids are hexadecimal to everyone who reads them.
  std::uint32_t hexadecimal(const char *key, std::uint32_t most) const {
    const std::string digits = text(key);
    std::uint32_t value = 0;
    const char *end = digits.data() + digits.size();
    if (digits.size() < 3 || digits[0] != '0' || digits[1] != 'x') fail(key, "hexadecimal, as \"0x10de\"");
    const auto [stop, code] = std::from_chars(digits.data() + 2, end, value, 16);
    if (code != std::errc{} || stop != end || value > most)
      fail(key, fmt::format("hexadecimal, at most {:#x}", most));
    return value;
  }

  const json &list(const char *key) const {
    if (!at(key).is_array()) fail(key, "a list");
    return at(key);
  }

  std::vector<std::string> texts(const char *key) const {
    std::vector<std::string> all;
    if (!has(key)) return all;
    for (const json &value : list(key)) {
      if (!value.is_string()) fail(key, "a list of texts");
      all.push_back(value.get<std::string>());
    }
    return all;
  }

  reader object(const char *key) const { return {file_, path_of(key), at(key)}; }
  // The reader of each element of a list, with its place.
  template <typename Use>
  void for_each(const char *key, Use &&use) const {
    std::size_t index = 0;
    for (const json &value : list(key)) {
      use(reader(file_, fmt::format("{}[{}]", path_of(key), index++), value));
    }
  }

  [[noreturn]] void fail(const char *key, const std::string &wanted) const {
    const std::string place = *key == '\0' ? place_ : path_of(key);
    const std::string given = object_.is_object() && has(key) ? object_.at(key).dump() : object_.dump();
    throw error(status::invalid_argument,
                fmt::format("The manifest {}: {} must be {}; given is {}.", file_.string(),
                            place.empty() ? "it" : fmt::format("'{}'", place), wanted, shortened(given)));
  }

 private:
  const json &at(const char *key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) {
      throw error(status::invalid_argument,
                  fmt::format("The manifest {} lacks '{}'.", file_.string(), path_of(key)));
    }
    return *found;
  }
  std::string path_of(const char *key) const { return place_.empty() ? key : place_ + "." + key; }

  const fs::path &file_;
  std::string place_;
  const json &object_;
};

std::string load(const fs::path &file) {
  const auto cannot_be_read = [&file](const std::string &why) {
    return error(status::invalid_argument,
                 fmt::format("The manifest {} cannot be read: {}.", file.string(), why));
  };
  std::error_code code;
  const std::uintmax_t size = fs::file_size(file, code);
  if (code) throw cannot_be_read(code.message());
  if (size > largest_file) {
    throw error(status::invalid_argument, fmt::format("The manifest {} has {} bytes; the most is {}.",
                                                      file.string(), size, largest_file));
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw cannot_be_read(std::generic_category().message(errno));
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

bool is_plugin_name(const std::string &name) {
  return name[0] >= 'a' && name[0] <= 'z' && name.size() <= 32 &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// A name and nothing else: no folders, nothing that ends or breaks a path or a line.
bool is_file_name(const std::string &name) {
  const bool printable = std::none_of(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  return printable && name != "." && name != ".." && name.find('/') == std::string::npos;
}

json parse(const fs::path &file, const std::string &text) {
  const auto limit_depth = [&file](int depth, json::parse_event_t, json &) {
    if (depth <= deepest) return true;
    throw error(status::invalid_argument,
                fmt::format("The manifest {} is nested more than {} levels deep.", file.string(), deepest));
  };
  try {
    return json::parse(text, limit_depth);
  } catch (const json::parse_error &wrong) {
    throw error(status::invalid_argument,
                fmt::format("The manifest {} is not JSON: byte {}.", file.string(), wrong.byte));
  } catch (const json::exception &wrong) {
    throw error(status::invalid_argument,
                fmt::format("The manifest {} cannot be read: {}.", file.string(), wrong.what()));
  }
}

discovery::pci_match read_match(const reader &entry) {
  discovery::pci_match match;
  match.vendor = static_cast<std::uint16_t>(entry.hexadecimal("vendor", 0xffff));
  if (entry.has("device")) match.device = static_cast<std::uint16_t>(entry.hexadecimal("device", 0xffff));
  if (entry.has("class")) match.class_code = entry.hexadecimal("class", 0xffffff);
  if (entry.has("class_mask")) match.class_mask = entry.hexadecimal("class_mask", 0xffffff);
  return match;
}

discovery::plugin_needs read_needs(const reader &needs) {
  discovery::plugin_needs all;
  all.kernel_drivers = needs.texts("kernel_drivers");
  all.device_nodes = needs.texts("device_nodes");
  all.visibility_variables = needs.texts("visibility_variables");
  if (!needs.has("libraries")) return all;
  needs.for_each("libraries", [&all](const reader &library) {
    discovery::vendor_library &read = all.libraries.emplace_back();
    read.file = library.text("file");
    read.minimum_version = library.text_or_nothing("minimum_version");
    read.others = library.texts("or");
  });
  return all;
}

}  // namespace

discovery::manifest read_manifest(const fs::path &file) {
  const json document = parse(file, load(file));
  const reader top(file, "", document);
  discovery::manifest result;
  result.name = top.text("name");
  if (!is_plugin_name(result.name)) {
    top.fail("name", "at most 32 lower case letters, digits and underscores, beginning with a letter");
  }
  result.version = top.text("version");
  result.description = top.text_or_nothing("description");
  result.vendor = top.text_or_nothing("vendor");
  result.library = top.text("library");
  if (!is_file_name(result.library)) {
    top.fail("library", "the name of a file beside the manifest, without folders");
  }
  const reader abi = top.object("abi");
  result.abi.major = abi.number("major");
  if (abi.has("minor")) result.abi.minor_least = abi.number("minor");
  if (abi.has("minor_most")) result.abi.minor_most = abi.number("minor_most");
  top.for_each("match", [&result](const reader &entry) {
    if (entry.boolean_or_false("any")) {
      result.any = true;
    } else {
      result.matches.push_back(read_match(entry));
    }
  });
  if (top.has("needs")) result.needs = read_needs(top.object("needs"));
  return result;
}

}  // namespace hal::rt
