#include "discovery/library_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

#include "discovery/elf_needs.hpp"

namespace hal::discovery {
namespace fs = std::filesystem;
namespace {

// glibc's dl-cache.h: a header of 48 bytes, entries of 24, then the strings that they point to.
constexpr std::string_view cache_magic = "glibc-ld.so.cache1.1";
constexpr std::size_t cache_header_size = 48;
constexpr std::size_t cache_entry_size = 24;
constexpr std::size_t largest_cache = std::size_t{16} << 20;

std::string_view text_at(std::string_view bytes, std::uint32_t at) {
  if (at >= bytes.size()) return {};
  const std::string_view rest = bytes.substr(at);
  return rest.substr(0, rest.find('\0'));
}

std::vector<std::pair<std::string, std::string>> read_cache(const fs::path &file) {
  std::vector<std::pair<std::string, std::string>> entries;
  std::error_code code;
  const std::uintmax_t size = fs::file_size(file, code);
  if (code || size > largest_cache) return entries;
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!bytes.starts_with(cache_magic) || bytes.size() < cache_header_size) return entries;
  const auto number = [&bytes](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  const std::uint32_t count = number(20);
  if (count > (bytes.size() - cache_header_size) / cache_entry_size) return entries;
  entries.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t at = cache_header_size + std::size_t{i} * cache_entry_size;
    entries.emplace_back(text_at(bytes, number(at + 4)), text_at(bytes, number(at + 8)));
  }
  return entries;
}

const std::vector<std::string> &always_searched() {
  static const std::vector<std::string> folders = {
#if defined(__x86_64__)
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
#elif defined(__riscv)
    "/lib/riscv64-linux-gnu",
    "/usr/lib/riscv64-linux-gnu",
#endif
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib"
  };
  return folders;
}

// Every library that the file needs, and that those need.
std::string missing_below(const library_search &search, const system_view &system, const fs::path &file,
                          std::set<std::string> &seen) {
  const elf_needs needs = read_elf_needs(system.at(file));
  if (!needs.fault.empty()) return fmt::format("{}: {}", file.string(), needs.fault);
  for (const std::string &name : needs.needed) {
    if (!seen.insert(name).second) continue;
    const auto found = search.find(name, needs.runpath);
    if (!found) return fmt::format("{} needs {}, which is not found", file.string(), name);
    if (std::string below = missing_below(search, system, *found, seen); !below.empty()) return below;
  }
  return {};
}

}  // namespace

library_search::library_search(const system_view &system) : system_(&system) {
  const std::string variable = system.recorded ? "" : system.variable("LD_LIBRARY_PATH").value_or("");
  for (std::string_view rest = variable; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(":;"), rest.size());
    if (end > 0) first_.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

const std::vector<std::pair<std::string, std::string>> &library_search::cache() const {
  if (!cache_) cache_ = read_cache(system_->at("/etc/ld.so.cache"));
  return *cache_;
}

bool library_search::can_tell() const {
  std::error_code ignored;
  return !system_->recorded || !cache().empty() || fs::exists(system_->at("/usr/lib"), ignored);
}

std::optional<fs::path> library_search::find(const std::string &name,
                                             const std::vector<std::string> &runpath) const {
  const auto is_there = [this](const fs::path &file) {
    std::error_code ignored;
    return fs::is_regular_file(system_->at(file), ignored);
  };
  if (name.find('/') != std::string::npos)
    return is_there(name) ? std::optional<fs::path>(name) : std::nullopt;
  const auto in_folders = [&](const std::vector<std::string> &folders) -> std::optional<fs::path> {
    for (const fs::path folder : folders) {
      if (is_there(folder / name)) return folder / name;
    }
    return std::nullopt;
  };
  if (auto found = in_folders(first_)) return found;
  if (auto found = in_folders(runpath)) return found;
  // Of several architectures the cache has one entry each.
  std::optional<fs::path> foreign;
  for (const auto &[known, path] : cache()) {
    if (known != name || !is_there(path)) continue;
    if (read_elf_needs(system_->at(path)).fault.empty()) return path;
    if (!foreign) foreign = path;
  }
  if (auto found = in_folders(always_searched())) return found;
  return foreign;
}

std::string version_in(const std::string &file_name) {
  constexpr std::string_view mark = ".so.";
  const std::size_t at = file_name.rfind(mark);
  if (at == std::string::npos) return {};
  std::string version = file_name.substr(at + mark.size());
  const bool numbers =
      std::all_of(version.begin(), version.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return numbers ? version : std::string();
}

bool is_older(const std::string &version, const std::string &least) {
  const auto next = [](std::string_view &rest) {
    std::uint64_t number = 0;
    const std::size_t end = std::min(rest.find('.'), rest.size());
    std::from_chars(rest.data(), rest.data() + end, number);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return number;
  };
  std::string_view a = version;
  std::string_view b = least;
  while (!a.empty() || !b.empty()) {
    const std::uint64_t first = next(a);
    const std::uint64_t second = next(b);
    if (first != second) return first < second;
  }
  return false;
}

std::optional<library_fault> check_library(const library_search &search, const system_view &system,
                                           const vendor_library &library,
                                           const std::vector<std::string> &runpath) {
  const auto found = search.find(library.file, runpath);
  if (!found) return library_fault{library_fault::kind::not_found, {}};
  std::set<std::string> seen;
  if (std::string missing = missing_below(search, system, *found, seen); !missing.empty())
    return library_fault{library_fault::kind::unusable, std::move(missing)};
  if (library.minimum_version.empty()) return std::nullopt;
  // The file behind the link has the longest name: libcuda.so.1 -> libcuda.so.535.104.05.
  std::error_code code;
  const fs::path real = fs::canonical(system.at(*found), code);
  std::string version = code ? std::string() : version_in(real.filename().string());
  // An ABI number alone ("1") tells of no release.
  if (version == version_in(library.file)) version = version_in(read_elf_needs(system.at(*found)).soname);
  if (version.empty() || version == version_in(library.file) || !is_older(version, library.minimum_version))
    return std::nullopt;
  return library_fault{library_fault::kind::too_old, std::move(version)};
}

}  // namespace hal::discovery
