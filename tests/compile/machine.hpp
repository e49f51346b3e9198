// The CPU as a device, for kernels that were just compiled.
#pragma once

#include <doctest/doctest.h>

#include "hal/program.hpp"
#include "hal/runtime.hpp"

namespace compile_test {

class machine {
 public:
  machine() : runtime_(options()), device_(runtime_.open("host:0")), stream_(device_.create_stream()) {}

  hal::program load(const hal::bundle &from) { return device_.load(from); }
  hal::device &device() noexcept { return device_; }
  hal::stream &stream() noexcept { return stream_; }

 private:
  static hal::runtime_options options() {
    hal::runtime_options given;
    given.plugin_path = {HAL_TEST_HOST_PLUGIN};
    return given;
  }

  hal::runtime runtime_;
  hal::device device_;
  hal::stream stream_;
};

}  // namespace compile_test
