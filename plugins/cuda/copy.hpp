// Copies and fills, in stream order.
#pragma once

#include <cstdint>

#include "hal/plugin/native/copy.hpp"
#include "plugins/cuda/device.hpp"
#include "plugins/cuda/traits.hpp"

namespace hal::plugins::cuda {

struct copies {
  static constexpr char to_device_call[] = "cuMemcpyHtoDAsync";
  static constexpr char to_host_call[] = "cuMemcpyDtoHAsync";
  static constexpr char within_call[] = "cuMemcpyAsync";
  static constexpr char between_call[] = "cuMemcpyPeerAsync";
  static constexpr char fill_call[] = "cuMemsetAsync";

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
  return on.device.api.memcpy_htod_async(to, from, size, on.native);
}

inline driver::result copies::to_host(const hal_stream &on, void *to, std::uint64_t from,
                                      std::uint64_t size) {
  return on.device.api.memcpy_dtoh_async(to, from, size, on.native);
}

inline driver::result copies::within(const hal_stream &on, std::uint64_t to, std::uint64_t from,
                                     std::uint64_t size) {
  return on.device.api.memcpy_async(to, from, size, on.native);
}

inline driver::result copies::between(const hal_stream &on, const memory &to, std::uint64_t to_offset,
                                      const memory &from, std::uint64_t from_offset, std::uint64_t size) {
  return on.device.api.memcpy_peer_async(to.address + to_offset, to.device.context,
                                         from.address + from_offset, from.device.context, size, on.native);
}

inline driver::result copies::fill(const hal_stream &on, std::uint64_t at, std::uint32_t value,
                                   std::uint32_t width, std::uint64_t size) {
  const api &api = on.device.api;
  return width == 1   ? api.memset_d8_async(at, static_cast<unsigned char>(value), size, on.native)
         : width == 2 ? api.memset_d16_async(at, static_cast<unsigned short>(value), size / 2, on.native)
                      : api.memset_d32_async(at, value, size / 4, on.native);
}

using copy_entries = plugin::native::copy_entries<traits>;

}  // namespace hal::plugins::cuda
