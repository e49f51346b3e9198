#include "discovery/dispatch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "discovery/target.hpp"
#include "hal/error.hpp"

namespace hal::discovery {
namespace {

// A device that tells no target of the code's kind leaves it to its plugin to refuse.
target_fit best_fit(const bundle_image &image, const device_info &device) {
  if (image.target.empty()) return target_fit::generic;
  target_fit best = target_fit::none;
  for (const std::string &target : device.targets)
    best = std::max(best, fit_of(image.format, image.target, target));
  return best;
}

// The earlier in the device's own list, the closer.
std::uint32_t place_of(const bundle_image &image, const device_info &device) {
  const auto at = std::find(device.targets.begin(), device.targets.end(), image.target);
  return static_cast<std::uint32_t>(at - device.targets.begin());
}

std::string unmet_requirement(const bundle_image &image, const device_info &device) {
  try {
    return unmet(device, image.needs).value_or("");
  } catch (const error &unknown) {
    return unknown.what();  // a key that only a newer library knows
  }
}

}  // namespace

judgement judge(const bundle_image &image, const device_info &device) {
  const std::string who = device.selector();
  if (!device.has_feature(HAL_FEATURE_KERNELS))
    return {dispatch_rule::kernels, 0, fmt::format("{} runs no kernels.", who)};
  const auto &formats = device.module_formats;
  if (std::find(formats.begin(), formats.end(), image.format) == formats.end()) {
    return {dispatch_rule::format, 0,
            fmt::format("{} takes {}, not {}.", who,
                        formats.empty() ? "no modules" : fmt::format("{}", fmt::join(formats, ", ")),
                        image.format)};
  }
  const target_fit fit = best_fit(image, device);
  if (fit == target_fit::none) {
    return {dispatch_rule::target, 0,
            fmt::format("The code is made for {}; {} runs {}.", image.target, who,
                        device.targets.empty() ? "targets that it does not tell"
                                               : fmt::format("{}", fmt::join(device.targets, ", ")))};
  }
  const std::string missing = unmet_requirement(image, device);
  if (!missing.empty()) return {dispatch_rule::requirement, 0, fmt::format("On {}, {}.", who, missing)};
  constexpr std::uint32_t places = 256;
  const std::uint32_t nearness = places - std::min(place_of(image, device), places - 1);
  return {dispatch_rule::none,
          (static_cast<std::uint32_t>(readiness(image.format)) << 16) |
              (static_cast<std::uint32_t>(fit) << 12) | nearness,
          {}};
}

}  // namespace hal::discovery
