#include "plugins/level_zero/staged_copy.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {
namespace {

// Host memory of the context, freed when the last stream that uses it is past it.
std::shared_ptr<void> stage_of(hal_device &device, std::uint64_t size) {
  const driver::host_allocation plain{driver::host_allocation_type, nullptr, 0};
  void *bytes = nullptr;
  device.check(device.api.mem_alloc_host(device.context->native, &plain, size, 64, &bytes),
               fmt::format("zeMemAllocHost of {} bytes to copy between devices", size));
  return {bytes, [context = device.context](void *freed) { context->api.mem_free(context->native, freed); }};
}

}  // namespace

void copy_staged(hal_stream &on, const operation &work) {
  hal_device &other = work.reader == &on.device ? *work.writer : *work.reader;
  const std::shared_ptr<void> stage = stage_of(on.device, work.width);
  hal_stream &helper = other.helper();
  const std::lock_guard one_at_a_time(other.helper_mutex);
  hal_stream &reading = work.reader == &on.device ? on : helper;
  hal_stream &writing = work.reader == &on.device ? helper : on;
  // What the stream did before, then the two halves, then what it does next.
  if (&reading == &helper) order_behind(helper, on);
  run(reading, operation::transfer(stage.get(), work.from, work.width));
  order_behind(writing, reading);
  run(writing, operation::transfer(work.to, stage.get(), work.width));
  if (&writing == &helper) order_behind(on, helper);
  on.keep(stage);
  helper.keep(stage);
}

}  // namespace hal::plugins::level_zero
