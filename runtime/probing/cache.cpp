#include "runtime/probing/cache.hpp"

#include <cstring>
#include <span>

#include "hal/error.hpp"
#include "runtime/cache_files.hpp"
#include "runtime/probing/report.hpp"
#include "runtime/whole_file.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view magic = "HAL probe cache 1\n";
constexpr std::size_t most_key_bytes = std::size_t{1} << 20;
constexpr std::size_t most_file_bytes = most_report_bytes + most_key_bytes + 256;

void put_number(std::string &bytes, std::uint64_t value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}

std::optional<std::uint64_t> take_number(std::string_view &bytes) {
  std::uint64_t value = 0;
  if (bytes.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

}  // namespace

std::uint64_t fingerprint(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::optional<std::string> probe_cache::find(const std::string &name, std::string_view key) const {
  if (folder_.empty() || !is_own_folder(folder_)) return std::nullopt;
  const std::optional<std::string> whole = read_own_file(file(name), most_file_bytes);
  const std::size_t size = whole ? whole->size() : 0;
  if (!whole || !whole->starts_with(magic) || size < magic.size() + sizeof(std::uint64_t))
    return std::nullopt;
  std::string_view sum = std::string_view(*whole).substr(size - sizeof(std::uint64_t));
  if (take_number(sum) != fingerprint(std::string_view(*whole).substr(0, size - sizeof(std::uint64_t))))
    return std::nullopt;
  std::string_view rest = std::string_view(*whole).substr(magic.size());
  rest.remove_suffix(sizeof(std::uint64_t));
  const auto key_size = take_number(rest);
  if (!key_size || *key_size > rest.size() || rest.substr(0, *key_size) != key) return std::nullopt;
  return std::string(rest.substr(*key_size));
}

void probe_cache::keep(const std::string &name, std::string_view key, std::string_view bytes) const {
  if (folder_.empty() || key.size() > most_key_bytes || bytes.size() > most_report_bytes) return;
  make_own_folder(folder_);
  if (!is_own_folder(folder_)) return;
  std::string whole(magic);
  put_number(whole, key.size());
  whole.append(key).append(bytes);
  put_number(whole, fingerprint(whole));
  try {
    write_whole_file(file(name), std::as_bytes(std::span(whole)), 0600);
  } catch (const error &unwritten) {
    static_cast<void>(unwritten);  // the next process asks again
  }
}

}  // namespace hal::rt
