// Command queues, which run closed lists, and their fences.
#include <chrono>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

// Under the lock.
ze_result_t check(const _ze_command_queue_handle_t &queue, const _ze_command_list_handle_t &list) {
  if (list.runs != nullptr || !list.closed) return ZE_RESULT_ERROR_INVALID_COMMAND_LIST_TYPE;
  if (list.ordinal != queue.ordinal || list.device != queue.runs.device)
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  // The driver may write into a list that it submits, and so into one that runs.
  if (list.in_flight) return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
  for (const command &one : list.recorded) {
    if (const ze_result_t refused = queue.runs.check(one); refused != ZE_RESULT_SUCCESS) return refused;
  }
  return ZE_RESULT_SUCCESS;
}

void execute(_ze_command_queue_handle_t &queue, ze_command_list_handle_t list, ze_fence_handle_t fence) {
  for (const command &one : list->recorded) queue.runs.push(one);
  list->in_flight = true;
  command last;
  last.is_barrier = true;
  last.run = [list, fence] {
    const guard lock(all().mutex);
    list->in_flight = false;
    if (fence != nullptr) fence->signalled = true;
    return ZE_RESULT_SUCCESS;
  };
  queue.runs.push(std::move(last));
}

}  // namespace

namespace entries {

ze_result_t queue_create(ze_context_handle_t context, ze_device_handle_t device,
                         const ze_command_queue_desc_t *wanted, ze_command_queue_handle_t *out) {
  SIM_ENTER(zeCommandQueueCreate)
  if (wanted->ordinal > (device->config->copy_engine ? 1u : 0u)) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const guard lock(all().mutex);
  if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  *out = new _ze_command_queue_handle_t{wanted->ordinal, {context, device, false}};
  ++context->lists;
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t queue_destroy(ze_command_queue_handle_t queue) {
  SIM_ENTER(zeCommandQueueDestroy) {
    const guard lock(all().mutex);
    --queue->runs.context->lists;
    --all().objects;
  }
  delete queue;
  return ZE_RESULT_SUCCESS;
}

ze_result_t queue_execute(ze_command_queue_handle_t queue, uint32_t count, ze_command_list_handle_t *lists,
                          ze_fence_handle_t fence) {
  SIM_ENTER(zeCommandQueueExecuteCommandLists)
  const guard lock(all().mutex);
  if (fence != nullptr && (fence->queue != queue || fence->signalled))
    return ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (const ze_result_t refused = check(*queue, *lists[i]); refused != ZE_RESULT_SUCCESS) return refused;
  }
  for (std::uint32_t i = 0; i < count; ++i) execute(*queue, lists[i], i + 1 == count ? fence : nullptr);
  return ZE_RESULT_SUCCESS;
}

ze_result_t queue_synchronize(ze_command_queue_handle_t queue, uint64_t timeout) {
  SIM_ENTER(zeCommandQueueSynchronize)
  guard lock(all().mutex);
  const auto error = [&] { return queue->runs.context->error_of(queue->runs.device); };
  const auto over = [&] { return queue->runs.queue.empty() || error() != ZE_RESULT_SUCCESS; };
  // Longer than any test.
  constexpr std::uint64_t longest = 3'600'000'000'000;
  const std::chrono::nanoseconds limit(std::min<std::uint64_t>(timeout, longest));
  if (!all().changed.wait_until(lock, std::chrono::system_clock::now() + limit, over))
    return ZE_RESULT_NOT_READY;
  return error();
}

ze_result_t fence_create(ze_command_queue_handle_t queue, const ze_fence_desc_t *, ze_fence_handle_t *out) {
  SIM_ENTER(zeFenceCreate)
  const guard lock(all().mutex);
  *out = new _ze_fence_handle_t{queue};
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t fence_destroy(ze_fence_handle_t fence) {
  SIM_ENTER(zeFenceDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete fence;
  return ZE_RESULT_SUCCESS;
}

ze_result_t fence_query_status(ze_fence_handle_t fence) {
  SIM_ENTER(zeFenceQueryStatus)
  const guard lock(all().mutex);
  if (fence->signalled) return ZE_RESULT_SUCCESS;
  const ze_result_t error = fence->queue->runs.context->error_of(fence->queue->runs.device);
  return error != ZE_RESULT_SUCCESS ? error : ZE_RESULT_NOT_READY;
}

ze_result_t fence_reset(ze_fence_handle_t fence) {
  SIM_ENTER(zeFenceReset)
  const guard lock(all().mutex);
  fence->signalled = false;
  return ZE_RESULT_SUCCESS;
}

}  // namespace entries
}  // namespace sim
