// Events: the API's own.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"

namespace hal::plugin::native {

// The vendor adds native_event and event_disable_timing, a flag.
template <typename Vendor>
struct event {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;

  event(typename Vendor::device &owner, bool with_timing) : device(owner), timing(with_timing) {
    device.check(device.api.event_create(&native, timing ? 0 : Vendor::event_disable_timing),
                 Vendor::names::event_create);
  }
  ~event() {
    ending ignored(device);
    end(ignored);
  }
  event(const event &) = delete;
  event &operator=(const event &) = delete;

  void end(ending &told) noexcept {
    if (native == nullptr) return;
    const typename Vendor::current_or_none current(told);
    if (current) told(device.api.event_destroy(native), Vendor::names::event_destroy);
    native = nullptr;
  }

  typename Vendor::device &device;
  const bool timing;
  std::atomic<bool> recorded = false;
  typename Vendor::native_event native = nullptr;
};

template <typename Vendor>
struct event_entries {
  using names = typename Vendor::names;

  static void event_create(hal_device *device, const hal_event_options *options, hal_event **out_event) {
    typename Vendor::device &open = open_for_work(device);
    hal_event *&made = output(out_event, "out_event");
    const auto given = input_record<hal_event_options>::or_zeros(options, "The event options");
    check_event_flags(given->flags);
    const typename Vendor::current current(open);
    made = open.events.insert(
        std::make_unique<typename Vendor::event>(open, (given->flags & HAL_EVENT_TIMING) != 0));
  }

  static void event_destroy(hal_device *device, hal_event *event) {
    typename Vendor::device &open = checked(device);
    destroy(open, open.events, event);
  }

  static void event_record(hal_event *event, hal_stream *stream) {
    typename Vendor::event &mark = open_for_work(event);
    typename Vendor::stream &open = open_outside_capture(stream, "event_record");
    check_same_device(mark, open);
    const typename Vendor::current current(open.device);
    open.device.check(open.device.api.event_record(mark.native, open.native), names::event_record);
    mark.recorded.store(true, std::memory_order_relaxed);
  }

  static hal_status event_query(hal_event *event) {
    typename Vendor::event &mark = open_for_work(event);
    const typename Vendor::current current(mark.device);
    return mark.device.answer(mark.device.api.event_query(mark.native), names::event_query);
  }

  static void event_synchronize(hal_event *event, std::uint64_t timeout) {
    typename Vendor::event &mark = open_for_work(event);
    typename Vendor::device &device = mark.device;
    const typename Vendor::current current(device);
    if (timeout == HAL_NO_TIMEOUT) {
      device.check(device.api.event_synchronize(mark.native), names::event_synchronize);
      return;
    }
    const bool happened = wait_until(timeout, [&] {
      return device.answer(device.api.event_query(mark.native), names::event_query) == HAL_STATUS_OK;
    });
    if (!happened) throw timed_out("The event", timeout);
  }

  static void event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
    typename Vendor::event &first = open_for_work(start);
    typename Vendor::event &second = open_for_work(end);
    std::int64_t &elapsed = output(out_nanoseconds, "out_nanoseconds");
    check_has_time(first.timing, first.recorded);
    check_has_time(second.timing, second.recorded);
    check_one_clock(first, second);
    typename Vendor::device &device = first.device;
    const typename Vendor::current current(device);
    float milliseconds = 0;
    const hal_status told = device.answer(
        device.api.event_elapsed_time(&milliseconds, first.native, second.native), names::event_elapsed_time);
    if (told == HAL_STATUS_NOT_READY)
      throw failure(HAL_STATUS_NOT_READY, "One of the two events has not happened yet.");
    elapsed = std::llround(static_cast<double>(milliseconds) * 1e6);
  }
};

}  // namespace hal::plugin::native
