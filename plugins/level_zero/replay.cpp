#include "plugins/level_zero/replay.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/wait.hpp"

namespace hal::plugins::level_zero {
namespace {

// Fewer commands cost less one by one than the calls around a list.
constexpr std::size_t least_in_list = 4;

// Where the run of commands, or of what is none, that begins at `first` ends.
std::size_t end_of_run(const std::vector<operation> &operations, std::size_t first) {
  const auto other = std::find_if(operations.begin() + static_cast<std::ptrdiff_t>(first), operations.end(),
                                  [is_command = operations[first].is_command()](const operation &one) {
                                    return one.is_command() != is_command;
                                  });
  return static_cast<std::size_t>(other - operations.begin());
}

}  // namespace

bool replay::is_worth_it(const std::vector<operation> &operations) noexcept {
  std::size_t run = 0;
  return std::any_of(operations.begin(), operations.end(), [&run](const operation &one) {
    run = one.is_command() ? run + 1 : 0;
    return run == least_in_list;
  });
}

replay::replay(hal_device &device, driver::command_queue queue, const std::vector<operation> &operations)
    : device_(device), queue_(queue) {
  try {
    for (std::size_t first = 0; first < operations.size();) {
      const std::size_t end = end_of_run(operations, first);
      part &made = parts_.emplace_back(part{first, end - first, nullptr});
      if (operations[first].is_command() && made.count >= least_in_list) {
        made.closed = std::make_unique<closed_list>();
        close(*made.closed, operations.data() + first, made.count);
      }
      first = end;
    }
  } catch (...) {
    ending ignored(device_);
    end(ignored);
    throw;
  }
}

replay::~replay() {
  ending ignored(device_);
  end(ignored);
}

void replay::end(ending &told) noexcept {
  for (part &one : parts_) {
    if (one.closed == nullptr) continue;
    if (one.closed->list != nullptr) told(device_.api.list_destroy(one.closed->list), "zeCommandListDestroy");
    if (one.closed->fence != nullptr) told(device_.api.fence_destroy(one.closed->fence), "zeFenceDestroy");
  }
  parts_.clear();
}

void replay::close(closed_list &made, const operation *first, std::size_t count) {
  const api &api = device_.api;
  made.begin = device_.context->take(false);
  made.end = device_.context->take(false);
  const driver::fence_description plain{driver::fence_description_type, nullptr, 0};
  device_.check(api.fence_create(queue_, &plain, &made.fence), "zeFenceCreate");
  const driver::list_description wanted{driver::list_description_type, nullptr, main_group(device_), 0};
  device_.check(api.list_create(device_.context->native, device_.native, &wanted, &made.list),
                "zeCommandListCreate");
  driver::event begin = made.begin->native;
  device_.check(api.append_barrier(made.list, nullptr, 1, &begin), "zeCommandListAppendBarrier of a graph");
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0)
      device_.check(api.append_barrier(made.list, nullptr, 0, nullptr), "zeCommandListAppendBarrier");
    append(device_, made.list, first[i]);
  }
  device_.check(api.append_barrier(made.list, made.end->native, 0, nullptr),
                "zeCommandListAppendBarrier with the end of a graph");
  device_.check(api.list_close(made.list), "zeCommandListClose");
}

driver::result replay::state() noexcept {
  for (part &one : parts_) {
    if (one.closed == nullptr || !one.closed->in_flight) continue;
    closed_list &asked = *one.closed;
    // The stream may still be about to see the end of a list that is done with.
    driver::result found = device_.api.fence_query_status(asked.fence);
    if (found == driver::ZE_RESULT_SUCCESS && asked.behind)
      found = device_.api.event_query_status(asked.behind->native);
    if (found != driver::ZE_RESULT_SUCCESS) return found;
    asked.in_flight = false;
  }
  return driver::ZE_RESULT_SUCCESS;
}

void replay::wait_out() noexcept {
  level_zero::wait_out(*device_.context, [this] {
    const driver::result found = state();
    if (found == driver::ZE_RESULT_NOT_READY) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return found;
  });
}

void replay::launch(hal_stream &on, const std::vector<operation> &operations) {
  const api &api = device_.api;
  for (part &one : parts_) {
    if (one.closed == nullptr) {
      for (std::size_t i = 0; i < one.count; ++i) run(on, operations[one.first + i]);
      continue;
    }
    closed_list &next = *one.closed;
    device_.check(api.fence_reset(next.fence), "zeFenceReset");
    device_.check(api.event_host_reset(next.begin->native), "zeEventHostReset");
    device_.check(api.event_host_reset(next.end->native), "zeEventHostReset");
    next.behind = {};
    on.execute(queue_, next);
  }
}

}  // namespace hal::plugins::level_zero
