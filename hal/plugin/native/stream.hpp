// Streams: the API's own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"

namespace hal::plugin::native {

// The vendor adds native_stream and native_graph.
template <typename Vendor>
struct stream {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;
  using names = typename Vendor::names;

  stream(typename Vendor::device &owner, typename Vendor::native_stream made, bool is_ours)
      : device(owner), native(made), ours(is_ours) {}
  ~stream() {
    ending ignored(device);
    end(ignored);
  }
  stream(const stream &) = delete;
  stream &operator=(const stream &) = delete;

  // Finishes what was submitted; a capture in progress is discarded.
  void end(ending &told) noexcept {
    if (std::exchange(ended, true)) return;
    const typename Vendor::current_or_none current(told);
    if (!current) return;
    const typename Vendor::api &api = device.api;
    if (capturing) {
      // A capture that was invalidated has no graph, which is no refusal.
      typename Vendor::native_graph discarded = nullptr;
      device.note(api.stream_end_capture(native, &discarded), names::stream_end_capture);
      if (discarded != nullptr) told(api.graph_destroy(discarded), names::graph_destroy);
    }
    // Destroying alone does not wait.
    told(api.stream_synchronize(native), names::stream_synchronize);
    if (ours) told(api.stream_destroy(native), names::stream_destroy);
  }

  typename Vendor::device &device;
  const typename Vendor::native_stream native;
  const bool ours;  // not adopted
  bool ended = false;
  std::atomic<bool> capturing = false;  // read by device_synchronize from other threads
};

// The vendor adds stream_non_blocking, a flag; get_stream_priority_range(int *least, int *greatest) counts as
// the HAL does: 0 is normal, the most urgent one the lowest number.
template <typename Vendor>
struct stream_entries {
  using names = typename Vendor::names;

  static void stream_create(hal_device *device, const hal_stream_options *options, hal_stream **out_stream) {
    typename Vendor::device &open = open_for_work(device);
    hal_stream *&made = output(out_stream, "out_stream");
    const auto given = input_record<hal_stream_options>::or_zeros(options, "The stream options");
    check_no_flags(given->flags, "The stream flags");
    const typename Vendor::current current(open);
    int least = 0;
    int greatest = 0;
    open.check(open.api.get_stream_priority_range(&least, &greatest), names::get_stream_priority_range);
    const int priority = std::clamp(given->priority, greatest, least);
    typename Vendor::native_stream native = nullptr;
    const auto created = open.api.stream_create_with_priority(&native, Vendor::stream_non_blocking, priority);
    if (created != Vendor::success) {
      open.fail(created,
                std::string(names::stream_create_with_priority) + " of priority " + std::to_string(priority));
    }
    try {
      made = open.streams.insert(std::make_unique<typename Vendor::stream>(open, native, true));
    } catch (...) {
      open.api.stream_destroy(native);
      throw;
    }
  }

  static void stream_destroy(hal_device *device, hal_stream *stream) {
    typename Vendor::device &open = checked(device);
    destroy(open, open.streams, stream);
  }

  static void stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
    typename Vendor::stream &open = open_outside_capture(stream, "stream_synchronize");
    typename Vendor::device &device = open.device;
    const typename Vendor::current current(device);
    if (timeout == HAL_NO_TIMEOUT) {
      device.check(device.api.stream_synchronize(open.native), names::stream_synchronize);
      return;
    }
    const bool idle = wait_until(timeout, [&] {
      return device.answer(device.api.stream_query(open.native), names::stream_query) == HAL_STATUS_OK;
    });
    if (!idle) throw timed_out("The stream", timeout);
  }

  static hal_status stream_query(hal_stream *stream) {
    typename Vendor::stream &open = open_outside_capture(stream, "stream_query");
    const typename Vendor::current current(open.device);
    return open.device.answer(open.device.api.stream_query(open.native), names::stream_query);
  }

  static void stream_wait_event(hal_stream *stream, hal_event *event) {
    typename Vendor::stream &open = open_outside_capture(stream, "stream_wait_event");
    const typename Vendor::event &awaited = checked(event);
    const typename Vendor::current current(open.device);
    open.device.check(open.device.api.stream_wait_event(open.native, awaited.native, 0),
                      names::stream_wait_event);
  }

  static void stream_host_function(hal_stream *stream, hal_host_function function, void *user) {
    typename Vendor::stream &open = open_for_work(stream);
    if (function == nullptr) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host function is NULL.");
    check_feature(open.device, HAL_FEATURE_HOST_FUNCTIONS, "A host function in stream order");
    const typename Vendor::current current(open.device);
    open.device.check(open.device.api.launch_host_func(open.native, function, user), names::launch_host_func);
  }
};

}  // namespace hal::plugin::native
