// One kernel on one device: what halctl run does, once for the device and once more for the one that
// verifies.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/runtime.hpp"
#include "runtime/halctl/run_arguments.hpp"

namespace hal::ctl {

using extents = std::array<std::uint32_t, 3>;

// "1024", "16,16", "8,8,8". Throws hal::error, invalid_argument; `option` begins the sentence.
extents parse_extents(const std::string &text, const char *option);
// "16 x 16 x 1".
std::string extents_text(const extents &given);

struct run_request {
  bundle code;
  bundle_kernel kernel;
  std::vector<run_argument> arguments;  // as given
  std::optional<extents> grid;          // blocks; one of these two
  std::optional<extents> items;
  std::optional<extents> block;
  std::uint64_t shared_memory = 0;  // dynamic, for each block
  std::uint32_t launches = 1;
};

struct run_outcome {
  device_info device;
  bundle_image image;
  extents grid{};
  extents block{};
  run_parameters parameters;
  std::vector<run_argument> arguments;           // in the kernel's order
  std::vector<std::optional<rt::array>> memory;  // after the first launch; nothing: no memory, or only read
  std::vector<double> seconds;                   // of each launch
  bool device_clock = false;                     // by events; else by this program's clock
  std::uint64_t bytes = 0;  // of the memory that a launch touches, when it touches each once
};

// Binds what the bundle knows of the kernel's parameters, before any device is opened.
void check_request(const run_request &request);

// Throws hal::error. `say` is told what is going on.
run_outcome run_on(runtime &rt, const device_info &where, const run_request &request,
                   const std::function<void(std::string_view)> &say);

}  // namespace hal::ctl
