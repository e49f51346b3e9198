// Copies and fills, in stream order.
#pragma once

#include <cstdint>

#include "hal/plugin/native/copy.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/traits.hpp"

namespace hal::plugins::hip {

struct copies {
  static constexpr char to_device_call[] = "hipMemcpyAsync to the device";
  static constexpr char to_host_call[] = "hipMemcpyAsync to the host";
  static constexpr char within_call[] = "hipMemcpyAsync";
  static constexpr char between_call[] = "hipMemcpyPeerAsync";
  static constexpr char fill_call[] = "hipMemsetAsync";

  static driver::result to_device(const hal_stream &on, std::uint64_t to, const void *from,
                                  std::uint64_t size);
  static driver::result to_host(const hal_stream &on, void *to, std::uint64_t from, std::uint64_t size);
  static driver::result within(const hal_stream &on, std::uint64_t to, std::uint64_t from,
                               std::uint64_t size);
  static driver::result between(const hal_stream &on, const memory &to, std::uint64_t to_offset,
                                const memory &from, std::uint64_t from_offset, std::uint64_t size);
  static driver::result fill(const hal_stream &on, std::uint64_t at, std::uint32_t value, std::uint32_t width,
                             std::uint64_t size);
  static void rows(const hal_stream &on, plugin::rectangle_side to, plugin::rectangle_side from,
                   std::uint64_t width, std::uint64_t height);
  static void fill_rows(const hal_stream &on, std::uint64_t at, std::uint64_t pitch, std::uint64_t row_size,
                        std::uint64_t height, std::uint32_t value, std::uint32_t width);
};

// Inline, as they are most of what a small copy costs.

inline driver::result copies::to_device(const hal_stream &on, std::uint64_t to, const void *from,
                                        std::uint64_t size) {
  return on.device.api.memcpy_async(pointer(to), from, size, driver::copy_by_address, on.native);
}

inline driver::result copies::to_host(const hal_stream &on, void *to, std::uint64_t from,
                                      std::uint64_t size) {
  return on.device.api.memcpy_async(to, pointer(from), size, driver::copy_by_address, on.native);
}

inline driver::result copies::within(const hal_stream &on, std::uint64_t to, std::uint64_t from,
                                     std::uint64_t size) {
  return on.device.api.memcpy_async(pointer(to), pointer(from), size, driver::copy_by_address, on.native);
}

inline driver::result copies::between(const hal_stream &on, const memory &to, std::uint64_t to_offset,
                                      const memory &from, std::uint64_t from_offset, std::uint64_t size) {
  return on.device.api.memcpy_peer_async(pointer(to.address + to_offset), to.device.native,
                                         pointer(from.address + from_offset), from.device.native, size,
                                         on.native);
}

inline driver::result copies::fill(const hal_stream &on, std::uint64_t at, std::uint32_t value,
                                   std::uint32_t width, std::uint64_t size) {
  const api &api = on.device.api;
  const driver::deviceptr first = pointer(at);
  return width == 1   ? api.memset_d8_async(first, static_cast<unsigned char>(value), size, on.native)
         : width == 2 ? api.memset_d16_async(first, static_cast<unsigned short>(value), size / 2, on.native)
                      : api.memset_d32_async(first, static_cast<int>(value), size / 4, on.native);
}

using copy_entries = plugin::native::copy_entries<traits>;

}  // namespace hal::plugins::hip
