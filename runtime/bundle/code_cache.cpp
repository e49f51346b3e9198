#include "runtime/bundle/code_cache.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/cache_files.hpp"
#include "runtime/environment.hpp"
#include "runtime/whole_file.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view magic = "HAL code cache 1\n";
constexpr std::string_view extension = ".code";
constexpr std::size_t most_file_bytes = std::size_t{1} << 30;
constexpr std::uint64_t usual_limit = std::uint64_t{1} << 30;
// What a process that was killed while it wrote may have left.
constexpr auto stale = std::chrono::hours(1);

void put_text(std::string &bytes, std::string_view text) {
  const std::uint64_t size = text.size();
  bytes.append(reinterpret_cast<const char *>(&size), sizeof size).append(text);
}

std::optional<std::string_view> take_text(std::string_view &bytes) {
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size()) return std::nullopt;
  const std::string_view text = bytes.substr(0, static_cast<std::size_t>(size));
  bytes.remove_prefix(text.size());
  return text;
}

struct kept_file {
  fs::path path;
  std::uint64_t size = 0;
  fs::file_time_type used;
};

// Files that others remove meanwhile are not there.
std::vector<kept_file> files_in(const fs::path &folder) {
  std::vector<kept_file> files;
  std::error_code gone;
  for (fs::directory_iterator at(folder, gone), end; !gone && at != end; at.increment(gone)) {
    std::error_code unknown;
    kept_file one{at->path(), at->file_size(unknown), {}};
    if (!unknown) one.used = at->last_write_time(unknown);
    if (!unknown) files.push_back(std::move(one));
  }
  return files;
}

bool is_entry(const kept_file &one) {
  return one.path.extension() == extension;
}

// The sum of all before it is the last eight bytes.
bool is_whole(std::string_view bytes) {
  std::uint64_t sum = 0;
  if (!bytes.starts_with(magic) || bytes.size() < magic.size() + sizeof sum) return false;
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  return sum == XXH3_64bits(bytes.data(), bytes.size() - sizeof sum);
}

}  // namespace

std::optional<std::uint64_t> parse_limit(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{}) return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  constexpr std::string_view units[] = {"", "KiB", "MiB", "GiB", "TiB"};
  for (std::size_t power = 0; power < std::size(units); ++power) {
    if (unit != units[power]) continue;
    const auto shift = static_cast<unsigned>(10 * power);
    if (value > (~std::uint64_t{0} >> shift)) return std::nullopt;
    return value << shift;
  }
  return std::nullopt;
}

code_cache::code_cache(const fs::path &cache)
    : cache_(cache), folder_(cache.empty() ? fs::path() : cache / "code") {}

fs::path code_cache::file_of(std::string_view key) const {
  const XXH128_hash_t name = XXH3_128bits(key.data(), key.size());
  return folder_ / fmt::format("{:016x}{:016x}{}", name.high64, name.low64, extension);
}

std::optional<module_binary> code_cache::find(std::string_view key) const {
  if (folder_.empty() || !is_own_folder(cache_) || !is_own_folder(folder_)) return std::nullopt;
  const std::optional<std::string> whole = read_own_file(file_of(key), most_file_bytes, true);
  if (!whole) return std::nullopt;
  if (!is_whole(*whole)) {
    remove(key);
    return std::nullopt;
  }
  std::string_view rest = std::string_view(*whole).substr(magic.size());
  rest.remove_suffix(sizeof(std::uint64_t));
  const auto kept_under = take_text(rest);
  const auto format = take_text(rest);
  const auto bytes = take_text(rest);
  if (!bytes || *kept_under != key || !rest.empty()) return std::nullopt;
  const auto code = std::as_bytes(std::span(*bytes));
  return module_binary{std::string(*format), {code.begin(), code.end()}};
}

void code_cache::keep(std::string_view key, const module_binary &binary) const {
  if (folder_.empty() || binary.bytes.empty()) return;
  std::string whole(magic);
  put_text(whole, key);
  put_text(whole, binary.format);
  put_text(whole, {reinterpret_cast<const char *>(binary.bytes.data()), binary.bytes.size()});
  const std::uint64_t sum = XXH3_64bits(whole.data(), whole.size());
  whole.append(reinterpret_cast<const char *>(&sum), sizeof sum);
  const std::uint64_t most = limit();
  if (whole.size() > std::min<std::uint64_t>(most, most_file_bytes)) return;
  make_own_folder(cache_);
  make_own_folder(folder_);
  if (!is_own_folder(cache_) || !is_own_folder(folder_)) return;
  try {
    write_whole_file(file_of(key), std::as_bytes(std::span(whole)), 0600);
  } catch (const error &unwritten) {
    static_cast<void>(unwritten);  // a full disk: the next process compiles again
  }
  make_room(most);
}

void code_cache::remove(std::string_view key) const {
  std::error_code gone;
  if (!folder_.empty()) fs::remove(file_of(key), gone);
}

void code_cache::make_room(std::uint64_t limit) const {
  std::vector<kept_file> files = files_in(folder_);
  std::uint64_t total = 0;
  for (const kept_file &one : files) total += one.size;
  std::sort(files.begin(), files.end(),
            [](const kept_file &a, const kept_file &b) { return a.used < b.used; });
  const auto now = fs::file_time_type::clock::now();
  for (const kept_file &one : files) {
    const bool left_over = !is_entry(one) && now - one.used > stale;
    if (!left_over && (total <= limit || !is_entry(one))) continue;
    std::error_code gone;
    fs::remove(one.path, gone);
    total -= one.size;
  }
}

code_cache::usage code_cache::used() const {
  usage all;
  for (const kept_file &one : files_in(folder_)) {
    if (!is_entry(one)) continue;
    ++all.files;
    all.bytes += one.size;
  }
  return all;
}

code_cache::usage code_cache::clear() const {
  usage removed;
  for (const kept_file &one : files_in(folder_)) {
    std::error_code kept;
    if (!fs::remove(one.path, kept) || kept || !is_entry(one)) continue;
    ++removed.files;
    removed.bytes += one.size;
  }
  return removed;
}

std::uint64_t code_cache::limit() const {
  if (const auto variable = environment("HAL_CACHE_LIMIT")) {
    if (const auto bytes = parse_limit(*variable)) return *bytes;
  }
  if (!cache_.empty() && is_own_folder(cache_)) {
    if (const auto text = read_own_file(cache_ / "limit", 64)) {
      if (const auto bytes = parse_limit(text->substr(0, text->find('\n')))) return *bytes;
    }
  }
  return usual_limit;
}

void code_cache::set_limit(std::uint64_t bytes) const {
  make_own_folder(cache_);
  const std::string text = std::to_string(bytes) + "\n";
  write_whole_file(cache_ / "limit", std::as_bytes(std::span(text)), 0600);
  make_room(bytes);
}

}  // namespace hal::rt
