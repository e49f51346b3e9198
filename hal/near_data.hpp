// A policy of dispatch: run where the data is.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "hal/dispatch.hpp"
#include "hal/memory.hpp"

namespace hal {

// The penalty of a device is the bytes of these ranges that are not its own: what would have to be copied.
// `device_first`: it counts before the code, so that a device with all the data wins with any variant. Keeps
// nothing of the ranges but where they are and how large.
inline dispatch_policy near_data(std::initializer_list<buffer_view> data, bool device_first = false) {
  struct part {
    std::string selector;
    std::uint64_t size;
  };
  std::vector<part> parts;
  for (const buffer_view &one : data) {
    if (one.state() != nullptr) parts.push_back({one.state()->info.selector(), one.size()});
  }
  return {[parts = std::move(parts)](const device_info &device) {
            double elsewhere = 0;
            for (const part &one : parts) {
              if (one.selector != device.selector()) elsewhere += static_cast<double>(one.size);
            }
            return elsewhere;
          },
          device_first};
}

}  // namespace hal
