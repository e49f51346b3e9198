// The decision of discovery/dispatch.hpp carried out over a bundle and a machine.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "discovery/dispatch.hpp"
#include "hal/dispatch.hpp"
#include "hal/error.hpp"

namespace hal {

std::string_view to_string(dispatch_rule rule) noexcept {
  switch (rule) {
    case dispatch_rule::none:
      return "none";
    case dispatch_rule::kernels:
      return "kernels";
    case dispatch_rule::format:
      return "format";
    case dispatch_rule::target:
      return "target";
    case dispatch_rule::requirement:
      return "requirement";
    case dispatch_rule::block:
      return "block";
  }
  return "none";
}

dispatcher::dispatcher(const bundle &code, std::span<const device_info> devices,
                       const dispatch_policy &policy)
    : images_(code.image_count()), device_first_(policy.device_first) {
  std::vector<double> penalties(devices.size(), 0.0);
  std::vector<std::size_t> by_penalty(devices.size());
  std::iota(by_penalty.begin(), by_penalty.end(), std::size_t{0});
  if (policy.penalty) {
    std::transform(devices.begin(), devices.end(), penalties.begin(), policy.penalty);
    std::stable_sort(by_penalty.begin(), by_penalty.end(),
                     [&](std::size_t a, std::size_t b) { return penalties[a] < penalties[b]; });
  }
  devices_.resize(devices.size());
  for (std::size_t place = 0; place < by_penalty.size(); ++place) {
    const device_info &info = devices[by_penalty[place]];
    devices_[by_penalty[place]] = {info.selector(), info.max_block_items, info.max_block,
                                   static_cast<std::uint32_t>(place)};
  }
  std::vector<bundle_image> images;
  for (std::size_t index = 0; index < images_; ++index) images.push_back(code.image(index));
  verdicts_.reserve(devices.size() * images_);
  for (const device_info &device : devices) {
    for (const bundle_image &image : images) {
      discovery::judgement judged = discovery::judge(image, device);
      verdicts_.push_back({judged.rejected, judged.score, std::move(judged.why)});
    }
  }
}

bool dispatcher::fits(const device_facts &device, const bundle_kernel &kernel) const {
  const auto &block = kernel.required_block;
  if (block[0] == 0 || device.max_block_items == 0) return true;
  const std::uint64_t items = std::uint64_t{block[0]} * block[1];
  if (items > device.max_block_items || items * block[2] > device.max_block_items) return false;
  for (std::size_t axis = 0; axis < block.size(); ++axis) {
    if (device.max_block[axis] != 0 && block[axis] > device.max_block[axis]) return false;
  }
  return true;
}

bool dispatcher::is_better(const dispatch_choice &a, const dispatch_choice &b) const {
  const auto code = [this](const dispatch_choice &pair) { return ~verdict(pair.device, pair.image).score; };
  const auto place = [this](const dispatch_choice &pair) { return devices_[pair.device].order; };
  if (device_first_)
    return std::tuple(place(a), code(a), a.variant) < std::tuple(place(b), code(b), b.variant);
  return std::tuple(code(a), place(a), a.variant) < std::tuple(code(b), place(b), b.variant);
}

std::optional<dispatch_choice> dispatcher::best(const bundle_kernel &kernel) const {
  std::optional<dispatch_choice> chosen;
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    if (!fits(devices_[device], kernel)) continue;
    for (std::size_t variant = 0; variant < kernel.variants.size(); ++variant) {
      const dispatch_choice pair{device, variant, kernel.variants[variant].image};
      if (pair.image >= images_ || verdict(device, pair.image).rejected != dispatch_rule::none) continue;
      if (!chosen || is_better(pair, *chosen)) chosen = pair;
    }
  }
  return chosen;
}

std::vector<dispatch_verdict> dispatcher::explain(const bundle_kernel &kernel) const {
  std::vector<dispatch_verdict> all;
  std::vector<std::size_t> running;
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    for (std::size_t variant = 0; variant < kernel.variants.size(); ++variant) {
      const dispatch_choice pair{device, variant, kernel.variants[variant].image};
      if (pair.image >= images_) {
        throw error(status::invalid_argument, fmt::format("Kernel '{}' names image {}; the bundle has {}.",
                                                          kernel.name, pair.image, images_));
      }
      const image_verdict &judged = verdict(device, pair.image);
      dispatch_verdict &made = all.emplace_back(dispatch_verdict{pair, judged.rejected, judged.why, 0});
      if (made.rejected == dispatch_rule::none && !fits(devices_[device], kernel)) {
        made.rejected = dispatch_rule::block;
        made.why = fmt::format("The kernel runs in blocks of {} items, beyond what {} allows.",
                               fmt::join(kernel.required_block, " x "), devices_[device].selector);
      }
      if (made.rejected == dispatch_rule::none) running.push_back(all.size() - 1);
    }
  }
  std::sort(running.begin(), running.end(),
            [&](std::size_t a, std::size_t b) { return is_better(all[a].pair, all[b].pair); });
  for (std::size_t place = 0; place < running.size(); ++place) all[running[place]].rank = place + 1;
  return all;
}

}  // namespace hal
