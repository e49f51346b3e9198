// Whether code may run on a device, and how well it suits: the pure part of dispatch. Facts in, answer out.
#pragma once

#include <cstdint>
#include <string>

#include "hal/bundle.hpp"
#include "hal/device_info.hpp"
#include "hal/dispatch.hpp"

namespace hal::discovery {

struct judgement {
  dispatch_rule rejected = dispatch_rule::none;  // the first rule that it failed
  std::uint32_t score = 0;  // the higher the better: how ready the code is, how close its target
  std::string why;          // a sentence, when rejected
};

judgement judge(const bundle_image &image, const device_info &device);

}  // namespace hal::discovery
