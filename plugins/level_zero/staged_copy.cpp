#include "plugins/level_zero/staged_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/wait.hpp"

namespace hal::plugins::level_zero {
namespace {

// A copy takes two of these of the host's memory, however large it is.
constexpr std::uint64_t chunk_size = 4u << 20;

// Host memory of the context, freed when the last stream that uses it is past it.
std::shared_ptr<void> stage_of(hal_device &device, std::uint64_t size) {
  const driver::host_allocation plain{driver::host_allocation_type, nullptr, 0};
  void *bytes = nullptr;
  device.check(device.api.mem_alloc_host(device.context->native, &plain, size, 64, &bytes),
               fmt::format("zeMemAllocHost of {} bytes to copy between devices", size));
  return {bytes, [context = device.context](void *freed) { context->api.mem_free(context->native, freed); }};
}

// Each chunk is written while the next one is read into the other stage.
void copy_chunks(hal_stream &reading, hal_stream &writing, const operation &work, std::uint64_t chunk,
                 const std::shared_ptr<void> (&stages)[2]) {
  mark_ref written[2];
  for (std::uint64_t at = 0; at < work.width; at += chunk) {
    const std::uint64_t turn = at / chunk % 2;
    const std::uint64_t size = std::min(chunk, work.width - at);
    void *const stage = stages[turn].get();
    if (written[turn]) order_behind(reading, writing.device, written[turn]);
    run(reading, operation::transfer(stage, static_cast<const std::byte *>(work.from) + at, size));
    order_behind(writing, reading);
    run(writing, operation::transfer(static_cast<std::byte *>(work.to) + at, stage, size));
    written[turn] = writing.mark_end(false);
  }
}

}  // namespace

void copy_staged(hal_stream &on, const operation &work) {
  hal_device &other = work.reader == &on.device ? *work.writer : *work.reader;
  const std::uint64_t chunk = std::min(work.width, chunk_size);
  const std::shared_ptr<void> stages[2] = {stage_of(on.device, chunk),
                                           work.width > chunk ? stage_of(on.device, chunk) : nullptr};
  hal_stream &helper = other.helper();
  const std::lock_guard one_at_a_time(other.helper_mutex);
  hal_stream &reading = work.reader == &on.device ? on : helper;
  hal_stream &writing = work.reader == &on.device ? helper : on;
  try {
    // What the stream did before, then the two halves, then what it does next.
    if (&reading == &helper) order_behind(helper, on);
    copy_chunks(reading, writing, work, chunk, stages);
    if (&writing == &helper) order_behind(on, helper);
  } catch (...) {
    // What was submitted uses the stages.
    for (hal_stream *one : {&reading, &writing}) {
      ending ignored(one->device);
      if (const mark_ref end = one->last_end()) finish(*end, ignored);
    }
    throw;
  }
  for (const std::shared_ptr<void> &stage : stages) {
    if (stage == nullptr) continue;
    on.keep(stage);
    helper.keep(stage);
  }
}

}  // namespace hal::plugins::level_zero
