#include "plugins/level_zero/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/status.hpp"

namespace hal::plugins::level_zero {
namespace {

constexpr std::uint32_t block_size = 64;

// Never destroyed: a program may still close devices while the process ends.
struct context_table {
  std::mutex mutex;
  std::map<driver::driver_handle, std::weak_ptr<shared_context>> shared;
};

context_table &all_contexts() {
  static auto &all = *new context_table;
  return all;
}

void tell(ending *told, driver::result result, const char *call) noexcept {
  if (told != nullptr) (*told)(result, call);
}

}  // namespace

shared_context::shared_context(const level_zero::api &entries, driver::driver_handle of,
                               driver::context given, bool is_ours)
    : api(entries), owner(of), native(given), ours_(is_ours) {}

shared_context::~shared_context() {
  end(nullptr);
}

void shared_context::end(ending *told) noexcept {
  if (std::exchange(ended_, true)) return;
  spoil();  // nobody joins it any more
  for (block &one : blocks_) destroy(one, told);
  if (ours_) tell(told, api.context_destroy(native), "zeContextDestroy");
}

void shared_context::destroy(block &ended, ending *told) noexcept {
  for (const mark &one : ended.marks) {
    if (one.native != nullptr) tell(told, api.event_destroy(one.native), "zeEventDestroy");
  }
  if (ended.pool != nullptr) tell(told, api.event_pool_destroy(ended.pool), "zeEventPoolDestroy");
  if (ended.times != nullptr) tell(told, api.mem_free(native, ended.times), "zeMemFree of the events' times");
}

void shared_context::grow(bool timed) {
  std::vector<mark *> &unused = unused_[timed ? 1 : 0];
  unused.reserve(unused.size() + block_size);
  block &made = blocks_.emplace_back();
  try {
    const driver::event_pool_description wanted{driver::event_pool_description_type, nullptr,
                                                driver::pool_host_visible, block_size};
    check(api.event_pool_create(native, &wanted, 0, nullptr, &made.pool),
          fmt::format("zeEventPoolCreate of {} events", block_size));
    if (timed) {
      const driver::host_allocation plain{driver::host_allocation_type, nullptr, 0};
      check(api.mem_alloc_host(native, &plain, block_size * sizeof(std::uint64_t), 64, &made.times),
            "zeMemAllocHost of the events' times");
    }
    for (std::uint32_t i = 0; i < block_size; ++i) {
      const driver::event_description each{driver::event_description_type, nullptr, i, driver::scope_host,
                                           driver::scope_host};
      mark &one = made.marks.emplace_back();
      one.home = this;
      check(api.event_create(made.pool, &each, &one.native), "zeEventCreate");
      if (timed) one.time = static_cast<std::uint64_t *>(made.times) + i;
    }
  } catch (...) {
    destroy(made, nullptr);
    blocks_.pop_back();
    throw;
  }
  // The last one made is taken first.
  for (mark &one : made.marks) unused.push_back(&one);
}

mark_ref shared_context::take(bool timed) {
  std::vector<mark *> &unused = unused_[timed ? 1 : 0];
  mark *taken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (unused.empty()) grow(timed);
    taken = unused.back();
    unused.pop_back();
  }
  mark_ref held(taken);
  check(api.event_host_reset(taken->native), "zeEventHostReset");
  return held;
}

void shared_context::give_back(mark &unused) noexcept {
  if (spoiled_) return;
  const std::lock_guard lock(mutex_);
  // There is room: grow reserved a place for each.
  unused_[unused.time != nullptr ? 1 : 0].push_back(&unused);
}

std::shared_ptr<shared_context> join_context(const api &api, driver::driver_handle owner,
                                             driver::context given) {
  if (given != nullptr) {
    check(api.context_get_status(given), "zeContextGetStatus of the caller's context");
    return std::make_shared<shared_context>(api, owner, given, false);
  }
  context_table &all = all_contexts();
  const std::lock_guard lock(all.mutex);
  std::weak_ptr<shared_context> &known = all.shared[owner];
  std::shared_ptr<shared_context> joined = known.lock();
  if (joined != nullptr && !joined->is_spoiled()) return joined;
  const driver::context_description plain{driver::context_description_type, nullptr, 0};
  driver::context made = nullptr;
  check(api.context_create(owner, &plain, &made), "zeContextCreate");
  try {
    joined = std::make_shared<shared_context>(api, owner, made, true);
  } catch (...) {
    api.context_destroy(made);
    throw;
  }
  known = joined;
  return joined;
}

void leave_context(const std::shared_ptr<shared_context> &left, ending &told) noexcept {
  const std::lock_guard lock(all_contexts().mutex);
  if (left.use_count() == 1) left->end(&told);
}

}  // namespace hal::plugins::level_zero
