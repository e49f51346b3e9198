// Which device runs a kernel, and which of its variants: the decision, and why every other was not taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hal/bundle.hpp"
#include "hal/device_info.hpp"

namespace hal {

// The rule that a pair of device and variant failed first, in the order of checking.
enum class dispatch_rule {
  none,         // it may run
  kernels,      // the device runs no kernels
  format,       // it does not take modules of this format
  target,       // the code is made for another target
  requirement,  // a requirement of the code is not met
  block,        // the kernel's required block is beyond the device's limits
};

// "format"; stable: it appears in JSON.
std::string_view to_string(dispatch_rule rule) noexcept;

// Among pairs that may run, the first difference decides: code that is ready (binary, then intermediate code,
// then source); the closest target (exact, older binary, generic, translated); `prefer`; the order of the
// devices; the order of the variants. So the same machine and bundle always give the same answer.
struct dispatch_policy {
  // A penalty of a device, the lower the better: where the data is not, load, price. May be empty.
  std::function<double(const device_info &)> penalty;
  // The penalty counts before the code: a slower variant on a better device.
  bool device_first = false;
};

struct dispatch_choice {
  std::size_t device = 0;   // index into the devices that were asked
  std::size_t variant = 0;  // index into the kernel's variants
  std::uint32_t image = 0;  // of the bundle

  friend bool operator==(const dispatch_choice &, const dispatch_choice &) = default;
};

// What became of one pair.
struct dispatch_verdict {
  dispatch_choice pair;
  dispatch_rule rejected = dispatch_rule::none;
  std::string why;       // a sentence, when rejected
  std::size_t rank = 0;  // 1 is the best; 0 when rejected
};

// The decision for one bundle on a set of devices. Touches no device: it works from descriptions, so also
// from a recorded machine's. Device and image are judged once, on construction; each question after that
// costs a few nanoseconds for a pair. Constant: safe from any thread.
class dispatcher {
 public:
  // Copies what it needs of both.
  dispatcher(const bundle &code, std::span<const device_info> devices, const dispatch_policy &policy = {});

  // The best pair; nothing when no pair may run.
  std::optional<dispatch_choice> best(const bundle_kernel &kernel) const;
  // Every pair, in the order of devices and variants.
  std::vector<dispatch_verdict> explain(const bundle_kernel &kernel) const;

 private:
  struct image_verdict {
    dispatch_rule rejected = dispatch_rule::none;
    std::uint32_t score = 0;  // the higher the better
    std::string why;
  };
  struct device_facts {
    std::string selector;
    std::uint32_t max_block_items = 0;
    std::array<std::uint32_t, 3> max_block{};
    std::uint32_t order = 0;  // by penalty, then by position
  };

  const image_verdict &verdict(std::size_t device, std::uint32_t image) const {
    return verdicts_[device * images_ + image];
  }
  bool fits(const device_facts &device, const bundle_kernel &kernel) const;
  bool is_better(const dispatch_choice &a, const dispatch_choice &b) const;

  std::size_t images_ = 0;
  bool device_first_ = false;
  std::vector<image_verdict> verdicts_;  // device by device
  std::vector<device_facts> devices_;
};

}  // namespace hal
