#include <cstring>

#include "tests/sim/cuda/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace {

std::byte *pointer(std::uint64_t address) {
  return reinterpret_cast<std::byte *>(static_cast<std::uintptr_t>(address));
}

bool known(std::uint64_t address, std::uint64_t size) {
  const guard lock(all().mutex);
  return sim::find(address, size) != nullptr;
}

bool is_captured(stream given) {
  guard lock(all().mutex);
  stream on = nullptr;
  return sim::find_stream(lock, given, on) == CUDA_SUCCESS && on->capture != nullptr;
}

template <typename Value>
result set(deviceptr address, std::size_t pitch, Value value, std::size_t width, std::size_t height,
           stream at) {
  if (width == 0 || height == 0) return CUDA_SUCCESS;
  const std::uint64_t extent = pitch * (height - 1) + width * sizeof value;
  if (address % sizeof value != 0 || pitch % sizeof value != 0 || !known(address, extent))
    return CUDA_ERROR_INVALID_VALUE;
  return sim::submit(at, {"fill", nullptr, [=] {
                            for (std::size_t row = 0; row < height; ++row) {
                              auto *to = reinterpret_cast<Value *>(pointer(address + row * pitch));
                              for (std::size_t i = 0; i < width; ++i) to[i] = value;
                            }
                            return CUDA_SUCCESS;
                          }});
}

result move(const char *what, std::byte *to, const std::byte *from, std::size_t size, stream at) {
  return sim::submit(at, {what, nullptr, [=] {
                            std::memmove(to, from, size);
                            return CUDA_SUCCESS;
                          }});
}

}  // namespace

SIM_EXPORT result cuMemcpyHtoDAsync_v2(deviceptr to, const void *from, std::size_t size, stream at) {
  SIM_ENTER_CONTEXT(cuMemcpyHtoDAsync_v2)
  if (from == nullptr || !known(to, size)) return CUDA_ERROR_INVALID_VALUE;
  const bool pinned = known(reinterpret_cast<std::uintptr_t>(from), size);
  if (pinned || is_captured(at))
    return move("copy in", pointer(to), static_cast<const std::byte *>(from), size, at);
  // Pageable memory has been read when this returns.
  const auto *bytes = static_cast<const std::byte *>(from);
  auto staged = std::make_shared<std::vector<std::byte>>(bytes, bytes + size);
  return sim::submit(at, {"copy in", nullptr, [staged, to] {
                            std::memcpy(pointer(to), staged->data(), staged->size());
                            return CUDA_SUCCESS;
                          }});
}

SIM_EXPORT result cuMemcpyDtoHAsync_v2(void *to, deviceptr from, std::size_t size, stream at) {
  SIM_ENTER_CONTEXT(cuMemcpyDtoHAsync_v2)
  if (to == nullptr || !known(from, size)) return CUDA_ERROR_INVALID_VALUE;
  return move("copy out", static_cast<std::byte *>(to), pointer(from), size, at);
}

SIM_EXPORT result cuMemcpyAsync(deviceptr to, deviceptr from, std::size_t size, stream at) {
  SIM_ENTER_CONTEXT(cuMemcpyAsync)
  if (!known(from, size) || !known(to, size)) return CUDA_ERROR_INVALID_VALUE;
  return move("copy", pointer(to), pointer(from), size, at);
}

SIM_EXPORT result cuMemcpyPeerAsync(deviceptr to, context, deviceptr from, context, std::size_t size,
                                    stream at) {
  SIM_ENTER_CONTEXT(cuMemcpyPeerAsync)
  if (!known(from, size) || !known(to, size)) return CUDA_ERROR_INVALID_VALUE;
  return move("copy peer", pointer(to), pointer(from), size, at);
}

SIM_EXPORT result cuMemcpy2DAsync_v2(const memcpy_2d *given, stream at) {
  SIM_ENTER_CONTEXT(cuMemcpy2DAsync_v2)
  const memcpy_2d copy = *given;
  const std::size_t rows = copy.height == 0 ? 0 : copy.height - 1;
  if (copy.source_pitch < copy.width || copy.destination_pitch < copy.width) return CUDA_ERROR_INVALID_VALUE;
  const bool from_device = copy.source_type == memory_device;
  const bool to_device = copy.destination_type == memory_device;
  if ((from_device && !known(copy.source_device, rows * copy.source_pitch + copy.width)) ||
      (to_device && !known(copy.destination_device, rows * copy.destination_pitch + copy.width)))
    return CUDA_ERROR_INVALID_VALUE;
  const std::byte *from =
      from_device ? pointer(copy.source_device) : static_cast<const std::byte *>(copy.source_host);
  std::byte *to =
      to_device ? pointer(copy.destination_device) : static_cast<std::byte *>(copy.destination_host);
  return sim::submit(at, {"copy 2d", nullptr, [copy, from, to] {
                            for (std::size_t row = 0; row < copy.height; ++row)
                              std::memcpy(to + row * copy.destination_pitch, from + row * copy.source_pitch,
                                          copy.width);
                            return CUDA_SUCCESS;
                          }});
}

SIM_EXPORT result cuMemsetD8Async(deviceptr to, unsigned char value, std::size_t count, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD8Async)
  return set(to, count, value, count, 1, at);
}
SIM_EXPORT result cuMemsetD16Async(deviceptr to, unsigned short value, std::size_t count, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD16Async)
  return set(to, 2 * count, value, count, 1, at);
}
SIM_EXPORT result cuMemsetD32Async(deviceptr to, unsigned value, std::size_t count, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD32Async)
  return set(to, 4 * count, value, count, 1, at);
}
SIM_EXPORT result cuMemsetD2D8Async(deviceptr to, std::size_t pitch, unsigned char value, std::size_t width,
                                    std::size_t height, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD2D8Async)
  return set(to, pitch, value, width, height, at);
}
SIM_EXPORT result cuMemsetD2D16Async(deviceptr to, std::size_t pitch, unsigned short value, std::size_t width,
                                     std::size_t height, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD2D16Async)
  return set(to, pitch, value, width, height, at);
}
SIM_EXPORT result cuMemsetD2D32Async(deviceptr to, std::size_t pitch, unsigned value, std::size_t width,
                                     std::size_t height, stream at) {
  SIM_ENTER_CONTEXT(cuMemsetD2D32Async)
  return set(to, pitch, value, width, height, at);
}
