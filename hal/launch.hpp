// The shape of a launch and how C++ arguments become kernel arguments.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "hal/error.hpp"
#include "hal/memory.hpp"

namespace hal {

// One to three extents. Takes any integers; throws out_of_range for what does not fit into 32 bits.
struct extent {
  std::uint32_t x = 1;
  std::uint32_t y = 1;
  std::uint32_t z = 1;

  constexpr extent() = default;
  template <std::integral X, std::integral Y = std::uint32_t, std::integral Z = std::uint32_t>
  constexpr extent(X x_extent, Y y_extent = 1,
                   Z z_extent = 1)  // NOLINT(google-explicit-constructor): {.grid = 256}
      : x(checked(x_extent)), y(checked(y_extent)), z(checked(z_extent)) {}

 private:
  template <std::integral Integer>
  static constexpr std::uint32_t checked(Integer value) {
    if (!std::in_range<std::uint32_t>(value)) throw_out_of_range(std::to_string(value));
    return static_cast<std::uint32_t>(value);
  }
  [[noreturn]] static void throw_out_of_range(const std::string &value) {
    throw error(status::out_of_range,
                "An extent of a launch is " + value + "; it must fit into 32 bits, unsigned.");
  }
};

struct launch_shape {
  extent grid;                              // blocks
  extent block;                             // items of a block
  std::uint64_t dynamic_shared_memory = 0;  // bytes for each block
  bool cooperative = false;                 // all blocks resident at once
};

// A kernel argument that stands for shared memory of that many bytes for each block.
struct shared_memory {
  std::uint32_t size = 0;
};

namespace detail {

// What a kernel takes: memory by its handle, shared memory by its size, everything else by its bytes.
template <typename Argument>
concept value_argument = std::is_trivially_copyable_v<Argument> && !std::is_same_v<Argument, shared_memory> &&
                         !std::is_convertible_v<const Argument &, buffer_view> && !std::is_array_v<Argument>;

template <typename Argument>
concept kernel_argument =
    value_argument<Argument> || std::is_same_v<Argument, buffer> || std::is_same_v<Argument, shared_memory>;

template <kernel_argument Argument>
void *argument_pointer(const Argument &argument) noexcept {
  if constexpr (std::is_same_v<Argument, buffer>) {
    return argument.handle();
  } else {
    return const_cast<Argument *>(&argument);
  }
}

template <kernel_argument Argument>
hal_argument argument_type(const Argument &argument) noexcept {
  if constexpr (std::is_same_v<Argument, buffer>) {
    return {HAL_ARGUMENT_MEMORY, sizeof(std::uint64_t)};
  } else if constexpr (std::is_same_v<Argument, shared_memory>) {
    return {HAL_ARGUMENT_SHARED, argument.size};
  } else {
    return {HAL_ARGUMENT_VALUE, sizeof(Argument)};
  }
}

}  // namespace detail
}  // namespace hal
