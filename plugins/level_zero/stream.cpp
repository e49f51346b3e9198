#include "plugins/level_zero/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/graph.hpp"
#include "plugins/level_zero/operation.hpp"
#include "plugins/level_zero/wait.hpp"

namespace level_zero = hal::plugins::level_zero;
using hal::plugin::failure;

hal_stream::hal_stream(hal_device &owner, level_zero::driver::command_list made, bool is_ours,
                       bool is_in_order, level_zero::driver::queue_priority made_for)
    : device(owner),
      native(made),
      ours(is_ours),
      in_order(is_in_order),
      priority(made_for),
      reserve_(owner.context->take(false)) {}

hal_stream::~hal_stream() {
  level_zero::ending ignored(device);
  end(ignored);
}

void hal_stream::end(level_zero::ending &told) noexcept {
  if (std::exchange(ended_, true)) return;
  if (!device.failed.failed() && !is_known_idle()) {
    if (const mark_ref end = last_end()) level_zero::finish(*end, told);
    if (copied_) level_zero::finish(*copied_, told);
  }
  queue_.reset();
  forget();
  if (copies_ != nullptr) told(device.api.list_destroy(copies_), "zeCommandListDestroy of the copies");
  if (ours) told(device.api.list_destroy(native), "zeCommandListDestroy");
}

level_zero::driver::result hal_stream::order() {
  if (in_order || !unordered_) return level_zero::driver::ZE_RESULT_SUCCESS;
  const level_zero::driver::result result = device.api.append_barrier(native, nullptr, 0, nullptr);
  if (result == level_zero::driver::ZE_RESULT_SUCCESS) unordered_ = false;
  return result;
}

level_zero::mark_ref hal_stream::mark_end(bool timed) {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  return mark_end_locked(timed);
}

level_zero::mark_ref hal_stream::last_end() noexcept {
  try {
    return mark_end(false);
  } catch (...) {
    if (device.failed.failed()) return {};
  }
  const std::lock_guard lock(lock_);
  const level_zero::driver::result result = device.api.append_barrier(native, reserve_->native, 0, nullptr);
  device.fail_for_good(result, "The last wait for a stream, of which the driver makes no events any more,");
  return result == level_zero::driver::ZE_RESULT_SUCCESS ? reserve_ : mark_ref();
}

level_zero::mark_ref hal_stream::mark_end_locked(bool timed) {
  if (!timed && end_ && marked_ == submitted_) return end_;
  mark_ref made = device.context->take(timed);
  if (timed) {
    device.check(order(), "zeCommandListAppendBarrier");
    device.check(device.api.append_write_global_timestamp(native, made->time, made->native, 0, nullptr),
                 "zeCommandListAppendWriteGlobalTimestamp");
    unordered_ = true;
  } else {
    // A barrier happens after all that was submitted, and holds what comes.
    device.check(device.api.append_barrier(native, made->native, 0, nullptr),
                 "zeCommandListAppendBarrier with an event");
    unordered_ = false;
  }
  marked_ = ++submitted_;
  end_ = made;
  checkpoints_.push_back({submitted_, made});
  return made;
}

void hal_stream::wait_for(const mark_ref &awaited) {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  wait_for_locked(awaited);
}

void hal_stream::wait_for_locked(const mark_ref &awaited) {
  // The barrier that waits does not look back.
  device.check(order(), "zeCommandListAppendBarrier");
  level_zero::driver::event event = awaited->native;
  device.check(device.api.append_barrier(native, nullptr, 1, &event),
               "zeCommandListAppendBarrier behind an event");
  ++submitted_;
  add_kept({submitted_, awaited, nullptr});
}

void hal_stream::call_host(level_zero::host_work work) {
  std::list<level_zero::host_work> pending;
  pending.push_back(std::move(work));
  level_zero::host_work &next = pending.front();
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  level_zero::host_queue &to = queue();
  if (!next.after) next.after = mark_end_locked(false);
  next.done = device.context->take(false);
  wait_for_locked(next.done);
  to.push(std::move(pending));
}

level_zero::host_queue &hal_stream::queue() {
  if (queue_ == nullptr) queue_ = std::make_unique<level_zero::host_queue>(device);
  return *queue_;
}

bool hal_stream::keep(std::shared_ptr<void> what) {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  collect(done);
  const bool is_past = submitted_ == 0 || (submitted_ == marked_ && checkpoints_.empty());
  if (is_past) return false;
  add_kept({submitted_, {}, std::move(what)});
  return true;
}

void hal_stream::add_kept(kept added) {
  constexpr std::size_t many = 64;
  kept_.push_back(std::move(added));
  // Without a mark behind it nothing that is kept would ever be let go of.
  if (kept_.size() >= many && submitted_ - marked_ >= many) mark_end_locked(false);
}

// Takes out what the stream is past. Asks the driver once for many marks.
void hal_stream::collect(std::vector<kept> &done) {
  constexpr std::size_t many = 16;
  const bool is_much = checkpoints_.size() >= many || kept_.size() >= 16 * many;
  if (!is_much || checkpoints_.empty()) return;
  const auto middle = checkpoints_.begin() + static_cast<std::ptrdiff_t>(checkpoints_.size() / 2);
  if (level_zero::has_happened(device, *middle->mark)) take_until(middle, done);
}

void hal_stream::take_until(std::deque<checkpoint>::iterator passed, std::vector<kept> &done) {
  const std::uint64_t at = passed->at;
  checkpoints_.erase(checkpoints_.begin(), passed + 1);
  while (!kept_.empty() && kept_.front().until <= at) {
    done.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
}

void hal_stream::release_until(const mark_ref &happened) {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  const auto found = std::find_if(checkpoints_.rbegin(), checkpoints_.rend(),
                                  [&](const checkpoint &one) { return one.mark == happened; });
  if (found != checkpoints_.rend()) take_until(found.base() - 1, done);
}

bool hal_stream::release_past() {
  std::vector<kept> done;
  const std::lock_guard lock(lock_);
  if (kept_.empty()) return false;
  mark_end_locked(false);
  const auto ahead = std::partition_point(
      checkpoints_.begin(), checkpoints_.end(),
      [this](const checkpoint &one) { return level_zero::has_happened(device, *one.mark); });
  if (ahead != checkpoints_.begin()) take_until(ahead - 1, done);
  return !done.empty();
}

bool hal_stream::is_known_idle() {
  const std::lock_guard lock(lock_);
  return submitted_ == 0;
}

void hal_stream::forget() {
  std::deque<kept> all;
  std::deque<checkpoint> marks;
  const std::lock_guard lock(lock_);
  all.swap(kept_);
  marks.swap(checkpoints_);
}

namespace hal::plugins::level_zero {

std::uint32_t main_group(const hal_device &device) noexcept {
  return device.groups.compute.value_or(device.groups.copy.value_or(0));
}

driver::queue_priority priority_of(const hal_device &device, int priority) noexcept {
  if (!device.has(HAL_FEATURE_STREAM_PRIORITY) || priority == 0) return driver::priority_normal;
  return priority < 0 ? driver::priority_high : driver::priority_low;
}

driver::command_list make_list(hal_device &device, std::uint32_t group, driver::queue_priority priority,
                               bool &in_order) {
  driver::queue_description wanted{};
  wanted.type = driver::queue_description_type;
  wanted.ordinal = group;
  wanted.mode = driver::queue_asynchronous;
  wanted.priority = priority;
  driver::command_list made = nullptr;
  in_order = device.found.version >= driver::version(1, 9);
  if (in_order) {
    wanted.flags = driver::queue_in_order;
    const driver::result result =
        device.api.list_create_immediate(device.context->native, device.native, &wanted, &made);
    // An older loader's checks do not know the flag.
    if (result != driver::ZE_RESULT_ERROR_INVALID_ENUMERATION &&
        result != driver::ZE_RESULT_ERROR_UNSUPPORTED_ENUMERATION) {
      device.check(result, "zeCommandListCreateImmediate");
      return made;
    }
    in_order = false;
    wanted.flags = 0;
  }
  device.check(device.api.list_create_immediate(device.context->native, device.native, &wanted, &made),
               "zeCommandListCreateImmediate");
  return made;
}

std::unique_ptr<hal_stream> make_stream(hal_device &device, const hal_stream_options &options) {
  bool in_order = false;
  const driver::queue_priority priority = priority_of(device, options.priority);
  const driver::command_list native = make_list(device, main_group(device), priority, in_order);
  try {
    return std::make_unique<hal_stream>(device, native, true, in_order, priority);
  } catch (...) {
    device.api.list_destroy(native);
    throw;
  }
}

void order_behind(hal_stream &later, hal_stream &earlier) {
  order_behind(later, earlier.device, earlier.mark_end(false));
}

void order_behind(hal_stream &later, const hal_device &of, const mark_ref &until) {
  if (until->home == later.device.context.get()) return later.wait_for(until);
  // The driver's commands take events of their own context only: a thread waits for the other one.
  later.call_host({of.context, until, nullptr, nullptr, {}});
}

void stream_entries::stream_create(hal_device *device, const hal_stream_options *options,
                                   hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = plugin::input_record<hal_stream_options>::or_zeros(options, "The stream options");
  plugin::check_no_flags(given->flags, "The stream flags");
  made = open.streams.insert(make_stream(open, *given));
}

void stream_entries::stream_adopt(hal_device *device, void *native, hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  if (native == nullptr) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The stream to adopt is NULL; it is an immediate command list of the device's context.");
  }
  // The driver does not tell whether a list is in order, so barriers order it.
  made = open.streams.insert(std::make_unique<hal_stream>(open, static_cast<driver::command_list>(native),
                                                          false, false, driver::priority_normal));
}

void stream_entries::stream_destroy(hal_device *device, hal_stream *stream) {
  hal_device &open = checked(device);
  plugin::destroy(open, open.streams, stream);
}

void stream_entries::stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
  hal_stream &open = open_outside_capture(stream, "stream_synchronize");
  if (open.is_known_idle()) return;
  const mark_ref end = open.mark_end(false);
  if (!wait_for(open.device, *end, timeout)) throw plugin::timed_out("The stream", timeout);
  open.release_until(end);
  open.device.failed.check();
}

hal_status stream_entries::stream_query(hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "stream_query");
  if (open.is_known_idle()) return HAL_STATUS_OK;
  return has_happened(open.device, *open.mark_end(false)) ? HAL_STATUS_OK : HAL_STATUS_NOT_READY;
}

void stream_entries::stream_wait_event(hal_stream *stream, hal_event *event) {
  hal_stream &open = open_outside_capture(stream, "stream_wait_event");
  hal_event &awaited = checked(event);
  const mark_ref until = awaited.now();
  if (until) order_behind(open, awaited.device, until);
}

void stream_entries::stream_host_function(hal_stream *stream, hal_host_function function, void *user) {
  hal_stream &open = open_for_work(stream);
  if (function == nullptr) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host function is NULL.");
  submit(open, operation::host(function, user));
}

}  // namespace hal::plugins::level_zero
