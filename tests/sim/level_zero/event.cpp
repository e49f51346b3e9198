// Events and their pools.
#include <chrono>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

// What stands in the way of waiting for the event for ever.
ze_result_t error_of(ze_event_handle_t event) {
  return event->signaller == nullptr ? ZE_RESULT_SUCCESS : event->pool->context->error_of(event->signaller);
}

}  // namespace

namespace entries {

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
