#include "plugins/cuda/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/cuda/device.hpp"

namespace cuda = hal::plugins::cuda;
using hal::plugin::failure;

hal_stream::~hal_stream() {
  cuda::ending ignored(device);
  end(ignored);
}

void hal_stream::end(cuda::ending &told) noexcept {
  if (std::exchange(ended, true)) return;
  const cuda::current_context_or_none current(told);
  if (!current) return;
  const cuda::api &api = device.api;
  if (capturing) {
    // A capture that was invalidated has no graph, which is no refusal.
    cuda::driver::graph discarded = nullptr;
    device.note(api.stream_end_capture(native, &discarded), "cuStreamEndCapture");
    if (discarded != nullptr) told(api.graph_destroy(discarded), "cuGraphDestroy");
  }
  // cuStreamDestroy alone does not wait.
  told(api.stream_synchronize(native), "cuStreamSynchronize");
  if (ours) told(api.stream_destroy(native), "cuStreamDestroy");
}

namespace hal::plugins::cuda {

void fail_stream(hal_stream *stream) {
  plugin::check_handle(stream, "stream").device.failed.check();
  throw failure(HAL_STATUS_INTERNAL, "The stream's device failed without a cause.");
}

void check_not_capturing(const hal_stream &stream, const char *what) {
  if (stream.capturing.load(std::memory_order_relaxed)) [[unlikely]]
    throw failure(HAL_STATUS_INVALID_STATE,
                  fmt::format("{} cannot be part of a graph, and the stream is being captured.", what));
}

hal_stream &open_outside_capture(hal_stream *stream, const char *what) {
  hal_stream &open = open_for_work(stream);
  check_not_capturing(open, what);
  return open;
}

void stream_entries::stream_create(hal_device *device, const hal_stream_options *options,
                                   hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = plugin::input_record<hal_stream_options>::or_zeros(options, "The stream options");
  plugin::check_no_flags(given->flags, "The stream flags");
  const current_context current(open);
  int least = 0;
  int greatest = 0;
  open.check(open.api.ctx_get_stream_priority_range(&least, &greatest), "cuCtxGetStreamPriorityRange");
  // CUDA counts as we do: 0 is normal, the most urgent one the lowest number.
  const int priority = std::clamp(given->priority, greatest, least);
  driver::stream native = nullptr;
  open.check(open.api.stream_create_with_priority(&native, driver::stream_non_blocking, priority),
             fmt::format("cuStreamCreateWithPriority of priority {}", priority));
  try {
    made = open.streams.insert(std::make_unique<hal_stream>(open, native, true));
  } catch (...) {
    open.api.stream_destroy(native);
    throw;
  }
}

void stream_entries::stream_adopt(hal_device *device, void *native, hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = static_cast<driver::stream>(native);
  const current_context current(open);
  // NULL is CUDA's default stream, of whatever context is current.
  if (given != nullptr) {
    driver::context owner = nullptr;
    open.check(open.api.stream_get_ctx(given, &owner), "cuStreamGetCtx of the stream to adopt");
    if (owner != open.context) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    "The stream to adopt belongs to another context than the device's.");
    }
  }
  made = open.streams.insert(std::make_unique<hal_stream>(open, given, false));
}

void stream_entries::stream_destroy(hal_device *device, hal_stream *stream) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_stream> ended = open.streams.take(stream);
  end(open, *ended);
}

void stream_entries::stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
  hal_stream &open = open_outside_capture(stream, "stream_synchronize");
  hal_device &device = open.device;
  const current_context current(device);
  if (timeout == HAL_NO_TIMEOUT) {
    device.check(device.api.stream_synchronize(open.native), "cuStreamSynchronize");
    return;
  }
  const bool idle = plugin::wait_until(timeout, [&] {
    return device.answer(device.api.stream_query(open.native), "cuStreamQuery") == HAL_STATUS_OK;
  });
  if (!idle) throw plugin::timed_out("The stream", timeout);
}

hal_status stream_entries::stream_query(hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "stream_query");
  const current_context current(open.device);
  return open.device.answer(open.device.api.stream_query(open.native), "cuStreamQuery");
}

void stream_entries::stream_wait_event(hal_stream *stream, hal_event *event) {
  hal_stream &open = open_outside_capture(stream, "stream_wait_event");
  const hal_event &awaited = plugin::check_handle(event, "event");
  const current_context current(open.device);
  open.device.check(open.device.api.stream_wait_event(open.native, awaited.native, 0), "cuStreamWaitEvent");
}

void stream_entries::stream_host_function(hal_stream *stream, hal_host_function function, void *user) {
  hal_stream &open = open_for_work(stream);
  if (function == nullptr) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host function is NULL.");
  const current_context current(open.device);
  open.device.check(open.device.api.launch_host_func(open.native, function, user), "cuLaunchHostFunc");
}

}  // namespace hal::plugins::cuda
