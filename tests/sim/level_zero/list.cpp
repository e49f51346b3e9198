// Command lists and events. An immediate list that is not in order runs what stands before the next barrier
// backwards, so that whoever relies on the order of submission is found out.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

bool is_ready(const command &one) {
  return std::all_of(one.waits.begin(), one.waits.end(),
                     [](ze_event_handle_t event) { return event->signalled; });
}

// The command to run next; nothing: all that may run waits for events.
std::optional<std::size_t> choose(const _ze_command_list_handle_t &list) {
  if (list.queue.empty()) return std::nullopt;
  if (list.in_order) return is_ready(list.queue.front()) ? std::optional<std::size_t>(0) : std::nullopt;
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < list.queue.size(); ++i) {
    const command &one = list.queue[i];
    if (one.is_barrier) {
      // One that waits for events does not look back, one without waits for all before.
      const bool free = one.waits.empty() ? i == 0 : is_ready(one);
      if (free && !chosen) chosen = i;
      break;
    }
    if (is_ready(one)) chosen = i;
  }
  return chosen;
}

void serve(ze_command_list_handle_t self) {
  guard lock(all().mutex);
  for (;;) {
    std::optional<std::size_t> next;
    all().changed.wait(lock, [&] {
      // Destroyed with work in it: what the device would make of that is not said, here it is dropped.
      if (self->ending || self->context->error_of(self->device) != ZE_RESULT_SUCCESS) self->queue.clear();
      next = choose(*self);
      return next.has_value() || (self->ending && self->queue.empty());
    });
    if (!next) return;
    command work = self->queue[*next];
    lock.unlock();
    const ze_result_t done = work.run ? work.run() : ZE_RESULT_SUCCESS;
    lock.lock();
    // It stands in the queue until it is done, so that what looks back sees it.
    self->queue.erase(self->queue.begin() + static_cast<std::ptrdiff_t>(*next));
    if (done != ZE_RESULT_SUCCESS) {
      self->context->errors[self->device] = done;
    } else if (work.signal != nullptr) {
      work.signal->signalled = true;
    }
    all().changed.notify_all();
  }
}

ze_result_t append(ze_command_list_handle_t list, command what, ze_event_handle_t signal, std::uint32_t count,
                   ze_event_handle_t *waits) {
  const guard lock(all().mutex);
  if (const ze_result_t error = list->context->error_of(list->device); error != ZE_RESULT_SUCCESS)
    return error;
  what.waits.assign(waits, waits + count);
  what.signal = signal;
  if (signal != nullptr) {
    // An event that is in flight or was not reset would let somebody through too early.
    if (signal->signalled || signal->signaller != nullptr)
      return ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT;
    signal->signaller = list->device;
  }
  list->queue.push_back(std::move(what));
  all().changed.notify_all();
  return ZE_RESULT_SUCCESS;
}

// What stands in the way of waiting for the event for ever.
ze_result_t error_of(ze_event_handle_t event) {
  return event->signaller == nullptr ? ZE_RESULT_SUCCESS : event->pool->context->error_of(event->signaller);
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
  auto *made = new _ze_command_list_handle_t;
  made->context = context;
  made->device = device;
  made->ordinal = wanted->ordinal;
  made->in_order = in_order;
  made->thread = std::thread(serve, made);
  ++context->lists;
  ++all().objects;
  *out = made;
  return ZE_RESULT_SUCCESS;
}

ze_result_t list_destroy(ze_command_list_handle_t list) {
  SIM_ENTER(zeCommandListDestroy) {
    const guard lock(all().mutex);
    list->ending = true;
    --list->context->lists;
    --all().objects;
    all().changed.notify_all();
  }
  list->thread.join();
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

ze_result_t event_pool_create(ze_context_handle_t context, const ze_event_pool_desc_t *wanted, uint32_t,
                              ze_device_handle_t *, ze_event_pool_handle_t *out) {
  SIM_ENTER(zeEventPoolCreate)
  const guard lock(all().mutex);
  *out = new _ze_event_pool_handle_t{context, wanted->count};
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t event_pool_destroy(ze_event_pool_handle_t pool) {
  SIM_ENTER(zeEventPoolDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete pool;
  return ZE_RESULT_SUCCESS;
}

ze_result_t event_create(ze_event_pool_handle_t pool, const ze_event_desc_t *wanted, ze_event_handle_t *out) {
  SIM_ENTER(zeEventCreate)
  if (wanted->index >= pool->count) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const guard lock(all().mutex);
  *out = new _ze_event_handle_t{pool};
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t event_destroy(ze_event_handle_t event) {
  SIM_ENTER(zeEventDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete event;
  return ZE_RESULT_SUCCESS;
}

ze_result_t event_host_signal(ze_event_handle_t event) {
  SIM_ENTER(zeEventHostSignal)
  const guard lock(all().mutex);
  event->signalled = true;
  all().changed.notify_all();
  return ZE_RESULT_SUCCESS;
}

ze_result_t event_host_synchronize(ze_event_handle_t event, uint64_t timeout) {
  SIM_ENTER(zeEventHostSynchronize)
  guard lock(all().mutex);
  const auto over = [&] { return event->signalled || error_of(event) != ZE_RESULT_SUCCESS; };
  if (timeout == UINT64_MAX) {
    all().changed.wait(lock, over);
  } else if (timeout == 0) {
    if (!over()) return ZE_RESULT_NOT_READY;
  } else if (!all().changed.wait_until(
                 lock, std::chrono::system_clock::now() + std::chrono::nanoseconds(timeout), over)) {
    return ZE_RESULT_NOT_READY;
  }
  return event->signalled ? ZE_RESULT_SUCCESS : error_of(event);
}

ze_result_t event_query_status(ze_event_handle_t event) {
  SIM_ENTER(zeEventQueryStatus)
  const guard lock(all().mutex);
  if (event->signalled) return ZE_RESULT_SUCCESS;
  const ze_result_t error = error_of(event);
  return error != ZE_RESULT_SUCCESS ? error : ZE_RESULT_NOT_READY;
}

ze_result_t event_host_reset(ze_event_handle_t event) {
  SIM_ENTER(zeEventHostReset)
  const guard lock(all().mutex);
  event->signalled = false;
  event->signaller = nullptr;
  return ZE_RESULT_SUCCESS;
}

}  // namespace entries
}  // namespace sim
