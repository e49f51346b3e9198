#include "plugins/level_zero/api.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/library.hpp"

namespace hal::plugins::level_zero {
namespace {

constexpr char advice[] =
    "It is Level Zero's loader (Debian: libze1; elsewhere level-zero or level-zero-loader); "
    "HAL_LEVEL_ZERO_LIBRARY "
    "names another file.";

std::string library_name() {
  const char *given = ::secure_getenv("HAL_LEVEL_ZERO_LIBRARY");
  return given == nullptr || *given == '\0' ? "libze_loader.so.1" : given;
}

template <typename Entry>
void find(const plugin::library &from, const std::string &file, bool required, const char *name,
          Entry &entry) {
  entry = reinterpret_cast<Entry>(from.symbol(name));
  if (entry != nullptr || !required) return;
  throw plugin::failure(
      HAL_STATUS_INCOMPATIBLE_VERSION,
      fmt::format("{} has no {}; this plugin needs a loader of Level Zero 1.0 or later.", file, name));
}

}  // namespace

api::api() {
  const std::string file = library_name();
  const plugin::library from = plugin::library::require(file.c_str(), advice);
  [[maybe_unused]] constexpr bool required = true;
  [[maybe_unused]] constexpr bool optional = false;
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) find(from, file, need, #symbol, member);
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
}

const api &vendor() {
  static const api loaded;
  return loaded;
}

}  // namespace hal::plugins::level_zero
