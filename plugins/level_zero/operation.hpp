// Work as a record: what is submitted to a stream, or kept by a graph and submitted at each launch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

// A launch with the values of its arguments.
struct recorded_launch {
  struct argument {
    std::size_t size = 0;
    std::size_t at = 0;  // in `values`; `shared_memory`: no value, only a size
  };
  static constexpr std::size_t shared_memory = SIZE_MAX;

  hal_kernel *kernel = nullptr;
  std::uint32_t grid[3] = {};
  std::uint32_t block[3] = {};
  std::uint32_t flags = 0;
  std::vector<argument> arguments;
  std::vector<std::byte> values;
};

struct operation {
  enum class kind { copy, rows, fill, fill_rows, launch, host, staged_copy };

  static operation copy(void *to, const void *from, std::uint64_t size) {
    return {kind::copy, to, from, size, 1, size, size};
  }
  // Between the host's memory and the device's.
  static operation transfer(void *to, const void *from, std::uint64_t size) {
    operation made = copy(to, from, size);
    made.crosses = true;
    return made;
  }
  static operation rows(void *to, std::uint64_t to_pitch, const void *from, std::uint64_t from_pitch,
                        std::uint64_t width, std::uint64_t height) {
    return {kind::rows, to, from, width, height, to_pitch, from_pitch};
  }
  static operation fill(void *to, std::uint64_t size, std::uint32_t value, std::uint32_t width) {
    operation made{kind::fill, to, nullptr, size, 1, size, 0};
    made.value = value;
    made.value_width = width;
    return made;
  }
  static operation fill_rows(void *to, std::uint64_t pitch, std::uint64_t width, std::uint64_t height,
                             std::uint32_t value, std::uint32_t value_width) {
    operation made{kind::fill_rows, to, nullptr, width, height, pitch, 0};
    made.value = value;
    made.value_width = value_width;
    return made;
  }
  static operation host(hal_host_function function, void *user) {
    operation made{kind::host};
    made.function = function;
    made.user = user;
    return made;
  }
  // Through host memory, between devices that do not reach one another; `reader` is the source's.
  static operation staged_copy(void *to, hal_device &writer, const void *from, hal_device &reader,
                               std::uint64_t size) {
    operation made{kind::staged_copy, to, from, size, 1, size, size};
    made.writer = &writer;
    made.reader = &reader;
    return made;
  }

  bool is_like(const operation &other) const noexcept;
  // Whether the device does it by itself: it can be part of a closed list.
  bool is_command() const noexcept { return what != kind::host && what != kind::staged_copy; }

  kind what = kind::copy;
  void *to = nullptr;
  const void *from = nullptr;
  std::uint64_t width = 0;
  std::uint64_t height = 1;
  std::uint64_t to_pitch = 0;
  std::uint64_t from_pitch = 0;
  std::uint32_t value = 0;
  std::uint32_t value_width = 0;
  bool crosses = false;
  hal_host_function function = nullptr;
  void *user = nullptr;
  hal_device *writer = nullptr;
  hal_device *reader = nullptr;
  std::shared_ptr<const recorded_launch> launch = nullptr;
};

// Gives it to the stream, or to the graph that the stream records.
void submit(hal_stream &on, operation work);
// Gives it to the stream.
void run(hal_stream &on, const operation &work);
// Appends a command to a list that nobody else uses.
void append(hal_device &device, driver::command_list list, const operation &command);

}  // namespace hal::plugins::level_zero
