// Command lists: immediate ones run what they are given, the others record it for a queue.
#include <algorithm>
#include <cstring>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

ze_result_t append(ze_command_list_handle_t list, command what, ze_event_handle_t signal, std::uint32_t count,
                   ze_event_handle_t *waits) {
  const guard lock(all().mutex);
  what.waits.assign(waits, waits + count);
  what.signal = signal;
  if (list->runs == nullptr) {
    if (list->closed) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    list->recorded.push_back(std::move(what));
    return ZE_RESULT_SUCCESS;
  }
  const ze_result_t refused = list->runs->check(what);
  if (refused == ZE_RESULT_SUCCESS) list->runs->push(std::move(what));
  return refused;
}

}  // namespace

namespace entries {

ze_result_t list_create_immediate(ze_context_handle_t context, ze_device_handle_t device,
                                  const ze_command_queue_desc_t *wanted, ze_command_list_handle_t *out) {
  SIM_ENTER(zeCommandListCreateImmediate)
  if (wanted->ordinal > (device->config->copy_engine ? 1u : 0u)) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const bool in_order = (wanted->flags & 2u) != 0;
  if (in_order && configuration().api < 0x10009) return ZE_RESULT_ERROR_INVALID_ENUMERATION;
  const guard lock(all().mutex);
  if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  auto *made = new _ze_command_list_handle_t{context, device, wanted->ordinal};
  made->runs = std::make_unique<executor>(context, device, in_order);
  ++context->lists;
  ++all().objects;
  *out = made;
  return ZE_RESULT_SUCCESS;
}

ze_result_t list_create(ze_context_handle_t context, ze_device_handle_t device,
                        const ze_command_list_desc_t *wanted, ze_command_list_handle_t *out) {
  SIM_ENTER(zeCommandListCreate)
  if (wanted->commandQueueGroupOrdinal > (device->config->copy_engine ? 1u : 0u))
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const guard lock(all().mutex);
  if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  *out = new _ze_command_list_handle_t{context, device, wanted->commandQueueGroupOrdinal};
  ++context->lists;
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t list_close(ze_command_list_handle_t list) {
  SIM_ENTER(zeCommandListClose)
  const guard lock(all().mutex);
  if (list->runs != nullptr || list->closed) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  list->closed = true;
  return ZE_RESULT_SUCCESS;
}

ze_result_t list_destroy(ze_command_list_handle_t list) {
  SIM_ENTER(zeCommandListDestroy) {
    const guard lock(all().mutex);
    if (list->in_flight && list->context->error_of(list->device) == ZE_RESULT_SUCCESS)
      return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    --list->context->lists;
    --all().objects;
  }
  delete list;
  return ZE_RESULT_SUCCESS;
}

ze_result_t append_barrier(ze_command_list_handle_t list, ze_event_handle_t signal, uint32_t count,
                           ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendBarrier)
  command made;
  made.is_barrier = true;
  return append(list, std::move(made), signal, count, waits);
}

ze_result_t append_write_global_timestamp(ze_command_list_handle_t list, uint64_t *out,
                                          ze_event_handle_t signal, uint32_t count,
                                          ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendWriteGlobalTimestamp)
  command made;
  made.run = [out, device = list->device] {
    *out = timestamp_of(device);
    return ZE_RESULT_SUCCESS;
  };
  return append(list, std::move(made), signal, count, waits);
}

ze_result_t append_memory_copy(ze_command_list_handle_t list, void *to, const void *from, size_t size,
                               ze_event_handle_t signal, uint32_t count, ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendMemoryCopy)
  command made;
  made.run = [=] {
    std::memcpy(to, from, size);
    return ZE_RESULT_SUCCESS;
  };
  return append(list, std::move(made), signal, count, waits);
}

ze_result_t append_memory_fill(ze_command_list_handle_t list, void *to, const void *pattern,
                               size_t pattern_size, size_t size, ze_event_handle_t signal, uint32_t count,
                               ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendMemoryFill)
  if (pattern_size == 0 || (pattern_size & (pattern_size - 1)) != 0 || pattern_size > 16)
    return ZE_RESULT_ERROR_INVALID_SIZE;
  const auto *bytes = static_cast<const std::byte *>(pattern);
  command made;
  made.run = [to, size, what = std::vector<std::byte>(bytes, bytes + pattern_size)] {
    for (std::size_t at = 0; at < size; at += what.size())
      std::memcpy(static_cast<std::byte *>(to) + at, what.data(), std::min(what.size(), size - at));
    return ZE_RESULT_SUCCESS;
  };
  return append(list, std::move(made), signal, count, waits);
}

ze_result_t append_memory_copy_region(ze_command_list_handle_t list, void *to,
                                      const ze_copy_region_t *to_region, uint32_t to_pitch, uint32_t,
                                      const void *from, const ze_copy_region_t *from_region,
                                      uint32_t from_pitch, uint32_t, ze_event_handle_t signal, uint32_t count,
                                      ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendMemoryCopyRegion)
  if (to_region->width != from_region->width || to_region->height != from_region->height)
    return ZE_RESULT_ERROR_INVALID_SIZE;
  command made;
  made.run = [to, from, to_pitch, from_pitch, region = *to_region] {
    for (std::size_t row = 0; row < region.height; ++row) {
      std::memcpy(static_cast<std::byte *>(to) + row * to_pitch,
                  static_cast<const std::byte *>(from) + row * from_pitch, region.width);
    }
    return ZE_RESULT_SUCCESS;
  };
  return append(list, std::move(made), signal, count, waits);
}

static ze_result_t launch(ze_command_list_handle_t list, ze_kernel_handle_t kernel,
                          const ze_group_count_t *groups, ze_event_handle_t signal, uint32_t count,
                          ze_event_handle_t *waits) {
  auto request = std::make_shared<launch_request>();
  if (const ze_result_t refused = prepare(kernel, *groups, list->device, *request);
      refused != ZE_RESULT_SUCCESS)
    return refused;
  command made;
  made.run = [request] {
    return run_kernel(*request->native, request->shape, request->values) ? ZE_RESULT_SUCCESS
                                                                         : ZE_RESULT_ERROR_DEVICE_LOST;
  };
  return append(list, std::move(made), signal, count, waits);
}

ze_result_t append_launch_kernel(ze_command_list_handle_t list, ze_kernel_handle_t kernel,
                                 const ze_group_count_t *groups, ze_event_handle_t signal, uint32_t count,
                                 ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendLaunchKernel)
  return launch(list, kernel, groups, signal, count, waits);
}

ze_result_t append_launch_cooperative_kernel(ze_command_list_handle_t list, ze_kernel_handle_t kernel,
                                             const ze_group_count_t *groups, ze_event_handle_t signal,
                                             uint32_t count, ze_event_handle_t *waits) {
  SIM_ENTER(zeCommandListAppendLaunchCooperativeKernel)
  if (!list->device->config->cooperative) return ZE_RESULT_ERROR_UNSUPPORTED_FEATURE;
  if (std::uint64_t{groups->groupCountX} * groups->groupCountY * groups->groupCountZ > 512)
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  return launch(list, kernel, groups, signal, count, waits);
}

}  // namespace entries
}  // namespace sim
