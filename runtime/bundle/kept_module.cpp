#include "runtime/bundle/kept_module.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "discovery/target.hpp"
#include "hal/error.hpp"
#include "runtime/bundle/code_cache.hpp"

namespace hal::rt {
namespace {

constexpr int ready_to_run = 3;

// Nothing, when it is not there or the driver does not take it any more.
std::optional<module> from_cache(const device &on, const code_cache &cache, const std::string &key) {
  const std::optional<module_binary> kept = cache.find(key);
  if (!kept) return std::nullopt;
  try {
    return on.load({.format = kept->format, .bytes = kept->bytes});
  } catch (const error &refused) {
    if (!is_refusal(refused.status())) throw;
    cache.remove(key);
    return std::nullopt;
  }
}

}  // namespace

bool is_refusal(status code) noexcept {
  return code == status::invalid_module || code == status::incompatible_target ||
         code == status::compilation_failed || code == status::unsupported;
}

std::string code_key(const detail::device_state &device, std::string_view format,
                     std::span<const std::byte> code) {
  const device_info &info = device.info;
  const XXH128_hash_t sum = XXH3_128bits(code.data(), code.size());
  const char *version = device.plugin->version;
  std::string key;
  const auto put = [&key](std::string_view what, std::string_view value) {
    key += fmt::format("{} {}:{}\n", what, value.size(), value);
  };
  put("plugin", fmt::format("{} {}", info.plugin, version == nullptr ? "" : version));
  put("driver", info.driver_version);
  put("device", fmt::format("{:04x}:{:04x} {}", info.vendor_id, info.device_id, info.name));
  put("targets", fmt::format("{}", fmt::join(info.targets, " ")));
  put("format", format);
  put("code", fmt::format("{} {:016x}{:016x}", code.size(), sum.high64, sum.low64));
  return key;
}

module load_kept(const device &on, const bundle_image &image, std::span<const std::byte> code) {
  const detail::device_state &state = *on.state();
  const code_cache cache(state.cache);
  if (!cache || discovery::readiness(image.format) >= ready_to_run ||
      !state.info.has_feature(HAL_FEATURE_MODULE_BINARY)) {
    return on.load({.format = image.format, .bytes = code});
  }
  const std::string key = code_key(state, image.format, code);
  if (auto kept = from_cache(on, cache, key)) return std::move(*kept);
  module made = on.load({.format = image.format, .bytes = code, .keep_binary = true});
  try {
    cache.keep(key, made.binary());
  } catch (const error &none) {
    static_cast<void>(none);  // a module without a binary is a module all the same
  }
  return made;
}

}  // namespace hal::rt
