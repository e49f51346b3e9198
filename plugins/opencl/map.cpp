// memory_map and memory_unmap of memory.hpp.
#include <fmt/format.h>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

void memory_entries::memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset,
                                std::uint64_t size, std::uint32_t access, void **out_host) {
  hal_device &open = open_for_work(device);
  void *&host = plugin::output(out_host, "out_host");
  memory &given = *open.memory.find(handle);
  plugin::check_mapping(given, offset, size, access);
  const std::lock_guard lock(given.mutex);
  if (given.mapped != nullptr)
    throw failure(HAL_STATUS_INVALID_STATE, "The memory is mapped already; memory_unmap comes first.");
  if (given.host != nullptr) {
    host = given.mapped = static_cast<std::byte *>(given.host) + offset;
    return;
  }
  if (given.buffer() == nullptr)
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "The host reaches this memory by copies only; it cannot be mapped.");
  const driver::bits flags = ((access & HAL_MAP_READ) != 0 ? driver::map_read : 0) |
                             ((access & HAL_MAP_WRITE) != 0 ? driver::map_write : 0);
  driver::result result = driver::CL_SUCCESS;
  void *made = open.api.enqueue_map(open.service, given.buffer(), 1, flags, given.offset + offset, size, 0,
                                    nullptr, nullptr, &result);
  open.check(result, fmt::format("clEnqueueMapBuffer of {} bytes at {}", size, offset));
  host = given.mapped = made;
}

void memory_entries::memory_unmap(hal_device *device, hal_memory *handle) {
  hal_device &open = checked(device);
  memory &given = *open.memory.find(handle);
  const std::lock_guard lock(given.mutex);
  if (given.mapped == nullptr) throw failure(HAL_STATUS_INVALID_STATE, "The memory is not mapped.");
  void *const was = std::exchange(given.mapped, nullptr);
  if (given.host != nullptr) return;
  open.check(open.api.enqueue_unmap(open.service, given.buffer(), was, 0, nullptr, nullptr),
             "clEnqueueUnmapMemObject");
  open.check(open.api.finish(open.service), "clFinish after clEnqueueUnmapMemObject");
}

}  // namespace hal::plugins::opencl
