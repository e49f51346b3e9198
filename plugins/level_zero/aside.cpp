// What a stream has other queues of its device do, in its order: they wait for one mark of it and it waits
// for one of theirs.
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/operation.hpp"
#include "plugins/level_zero/replay.hpp"

namespace level_zero = hal::plugins::level_zero;

void hal_stream::execute(level_zero::driver::command_queue on, level_zero::closed_list &what) {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  mark_ref behind = device.context->take(false);
  add_kept({submitted_ + 1, what.begin, nullptr});
  device.check(device.api.append_barrier(native, what.begin->native, 0, nullptr),
               "zeCommandListAppendBarrier before a graph");
  ++submitted_;
  unordered_ = false;
  device.check(device.api.queue_execute(on, 1, &what.list, what.fence), "zeCommandQueueExecuteCommandLists");
  what.in_flight = true;
  level_zero::driver::event end = what.end->native;
  device.check(device.api.append_barrier(native, behind->native, 1, &end),
               "zeCommandListAppendBarrier behind a graph");
  what.behind = behind;
  marked_ = ++submitted_;
  end_ = behind;
  checkpoints_.push_back({submitted_, std::move(behind)});
  add_kept({submitted_, what.end, nullptr});
}

bool hal_stream::copy_aside(const level_zero::operation &copy) {
  const auto &groups = device.groups;
  if (!groups.compute || !groups.copy) return false;
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  // Each copy waits for its own mark: the list need not be in order.
  [[maybe_unused]] bool ordered = false;
  if (copies_ == nullptr) copies_ = level_zero::make_list(device, *groups.copy, priority, ordered);
  const mark_ref begin = mark_end_locked(false);
  mark_ref end = device.context->take(false);
  add_kept({submitted_ + 1, begin, nullptr});
  level_zero::driver::event before = begin->native;
  device.check(
      device.api.append_memory_copy(copies_, copy.to, copy.from, copy.width, end->native, 1, &before),
      fmt::format("zeCommandListAppendMemoryCopy of {} bytes by the copy engine", copy.width));
  copied_ = end;
  wait_for_locked(end);
  return true;
}
