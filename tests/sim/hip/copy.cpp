#include <cstring>

#include "tests/sim/hip/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;
using sim::queues;

namespace {

std::uint64_t number(const void *pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

// Whether the range is of one allocation.
bool is_known(const void *address, std::uint64_t size) {
  const guard lock(queues().mutex);
  return all().memory.find(number(address), size) != nullptr;
}

// A range that begins in an allocation ends in it.
bool is_whole(const void *address, std::uint64_t size) {
  return !is_known(address, 1) || is_known(address, size);
}

template <typename Value>
result set(void *to, Value value, std::size_t count, stream at) {
  if (number(to) % sizeof value != 0 || !is_known(to, count * sizeof value))
    return sim::remember(hipErrorInvalidValue);
  return sim::submit(at, {"fill", nullptr, [to, value, count] {
                            auto *values = static_cast<Value *>(to);
                            for (std::size_t i = 0; i < count; ++i) values[i] = value;
                            return 0;
                          }});
}

}  // namespace

SIM_EXPORT result hipMemcpyAsync(void *to, const void *from, std::size_t size, copy_kind kind, stream at) {
  SIM_ENTER_DEVICE(hipMemcpyAsync)
  if (to == nullptr || from == nullptr || kind != copy_by_address || !is_whole(to, size) ||
      !is_whole(from, size) || (!is_known(to, size) && !is_known(from, size)))
    return sim::remember(hipErrorInvalidValue);
  const bool pageable = !is_known(from, size);
  if (!pageable || sim::is_captured(at)) {
    return sim::submit(at, {"copy", nullptr, [to, from, size] {
                              std::memmove(to, from, size);
                              return 0;
                            }});
  }
  // Pageable memory has been read when this returns.
  const auto *bytes = static_cast<const std::byte *>(from);
  auto staged = std::make_shared<std::vector<std::byte>>(bytes, bytes + size);
  return sim::submit(at, {"copy", nullptr, [staged, to] {
                            std::memcpy(to, staged->data(), staged->size());
                            return 0;
                          }});
}

SIM_EXPORT result hipMemcpyPeerAsync(void *to, device, const void *from, device, std::size_t size,
                                     stream at) {
  SIM_ENTER_DEVICE(hipMemcpyPeerAsync)
  if (!is_known(to, size) || !is_known(from, size)) return sim::remember(hipErrorInvalidValue);
  return sim::submit(at, {"copy peer", nullptr, [to, from, size] {
                            std::memmove(to, from, size);
                            return 0;
                          }});
}

SIM_EXPORT result hipMemcpy2DAsync(void *to, std::size_t to_pitch, const void *from, std::size_t from_pitch,
                                   std::size_t width, std::size_t height, copy_kind kind, stream at) {
  SIM_ENTER_DEVICE(hipMemcpy2DAsync)
  if (width == 0 || height == 0) return hipSuccess;
  if (kind != copy_by_address || to_pitch < width || from_pitch < width ||
      !is_whole(to, (height - 1) * to_pitch + width) || !is_whole(from, (height - 1) * from_pitch + width))
    return sim::remember(hipErrorInvalidValue);
  return sim::submit(at, {"copy 2d", nullptr, [=] {
                            auto *target = static_cast<std::byte *>(to);
                            const auto *source = static_cast<const std::byte *>(from);
                            for (std::size_t row = 0; row < height; ++row)
                              std::memcpy(target + row * to_pitch, source + row * from_pitch, width);
                            return 0;
                          }});
}

SIM_EXPORT result hipMemsetD8Async(deviceptr to, unsigned char value, std::size_t count, stream at) {
  SIM_ENTER_DEVICE(hipMemsetD8Async)
  return set(to, value, count, at);
}
SIM_EXPORT result hipMemsetD16Async(deviceptr to, unsigned short value, std::size_t count, stream at) {
  SIM_ENTER_DEVICE(hipMemsetD16Async)
  return set(to, value, count, at);
}
SIM_EXPORT result hipMemsetD32Async(deviceptr to, int value, std::size_t count, stream at) {
  SIM_ENTER_DEVICE(hipMemsetD32Async)
  return set(to, value, count, at);
}

SIM_EXPORT result hipMemset2DAsync(void *to, std::size_t pitch, int value, std::size_t width,
                                   std::size_t height, stream at) {
  SIM_ENTER_DEVICE(hipMemset2DAsync)
  if (width == 0 || height == 0) return hipSuccess;
  if (pitch < width || !is_known(to, (height - 1) * pitch + width))
    return sim::remember(hipErrorInvalidValue);
  return sim::submit(at, {"fill 2d", nullptr, [=] {
                            for (std::size_t row = 0; row < height; ++row)
                              std::memset(static_cast<std::byte *>(to) + row * pitch, value, width);
                            return 0;
                          }});
}
