#include "plugins/level_zero/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/wait.hpp"

namespace level_zero = hal::plugins::level_zero;
using hal::plugin::failure;

namespace {

// So many launches of an executable at one priority may be in flight by lists; those beyond are submitted
// operation by operation.
constexpr std::size_t most_replays = 4;

level_zero::driver::command_queue make_queue(hal_device &device,
                                             level_zero::driver::queue_priority priority) {
  level_zero::driver::queue_description wanted{};
  wanted.type = level_zero::driver::queue_description_type;
  wanted.ordinal = level_zero::main_group(device);
  wanted.mode = level_zero::driver::queue_asynchronous;
  wanted.priority = priority;
  level_zero::driver::command_queue made = nullptr;
  device.check(device.api.queue_create(device.context->native, device.native, &wanted, &made),
               "zeCommandQueueCreate");
  return made;
}

}  // namespace

hal_graph_executable::hal_graph_executable(const hal_graph &graph)
    : device(graph.device), operations_(graph.operations), has_lists_(replay::is_worth_it(operations_)) {
  if (!has_lists_) return;
  try {
    lane_of(level_zero::driver::priority_normal);
  } catch (...) {
    level_zero::ending ignored(device);
    end(ignored);
    throw;
  }
}

hal_graph_executable::~hal_graph_executable() {
  level_zero::ending ignored(device);
  end(ignored);
}

void hal_graph_executable::end(level_zero::ending &told) noexcept {
  bool idle = true;
  for (const auto &[priority, one] : lanes_) {
    if (one.queue != nullptr && !device.failed.failed())
      idle = level_zero::finish(device, one.queue, told) && idle;
  }
  // A wait that the driver refuses is replaced by asking.
  if (!idle && !device.failed.failed()) {
    for (const auto &one : old_) one->wait_out();
    for (const auto &[priority, one] : lanes_) {
      for (const auto &each : one.current) each->wait_out();
    }
  }
  for (const auto &one : old_) one->end(told);
  old_.clear();
  for (auto &[priority, one] : lanes_) {
    for (const auto &each : one.current) each->end(told);
    one.current.clear();
    if (one.queue != nullptr) told(device.api.queue_destroy(one.queue), "zeCommandQueueDestroy");
  }
  lanes_.clear();
}

// With a replay from the beginning, so that what cannot be made is known then.
hal_graph_executable::lane &hal_graph_executable::lane_of(level_zero::driver::queue_priority priority) {
  lane &found = lanes_[priority];
  if (found.queue == nullptr) found.queue = make_queue(device, priority);
  if (found.current.empty())
    found.current.push_back(std::make_unique<replay>(device, found.queue, operations_));
  return found;
}

void hal_graph_executable::update(const hal_graph &graph) {
  const std::lock_guard lock(mutex_);
  const auto &next = graph.operations;
  const bool alike = std::equal(operations_.begin(), operations_.end(), next.begin(), next.end(),
                                [](const auto &one, const auto &other) { return one.is_like(other); });
  if (!alike) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The graph of {} operations differs in kind from the executable's {}; nothing was "
                    "changed.",
                    next.size(), operations_.size()));
  }
  auto operations = next;
  std::map<level_zero::driver::queue_priority, std::vector<std::unique_ptr<replay>>> replays;
  std::size_t replaced = 0;
  for (auto &[priority, one] : lanes_) {
    if (one.queue == nullptr) continue;
    replays[priority].push_back(std::make_unique<replay>(device, one.queue, operations));
    replaced += one.current.size();
  }
  old_.reserve(old_.size() + replaced);
  operations_.swap(operations);
  for (auto &[priority, one] : lanes_) {
    one.current.swap(replays[priority]);
    std::move(replays[priority].begin(), replays[priority].end(), std::back_inserter(old_));
  }
}

// One that can be launched now; NULL: too many are in flight.
hal_graph_executable::replay *hal_graph_executable::next_replay(lane &from) {
  std::erase_if(old_, [](const auto &one) { return one->state() == level_zero::driver::ZE_RESULT_SUCCESS; });
  for (const auto &one : from.current) {
    const level_zero::driver::result found = one->state();
    if (found == level_zero::driver::ZE_RESULT_SUCCESS) return one.get();
    if (found != level_zero::driver::ZE_RESULT_NOT_READY) device.fail(found, "A query of a graph's launch");
  }
  if (from.current.size() + old_.size() >= most_replays) return nullptr;
  return from.current.emplace_back(std::make_unique<replay>(device, from.queue, operations_)).get();
}

void hal_graph_executable::launch(hal_stream &on) {
  const std::lock_guard lock(mutex_);
  lane *const from = has_lists_ ? &lane_of(on.priority) : nullptr;
  replay *const next = from == nullptr ? nullptr : next_replay(*from);
  if (next == nullptr) {
    for (const level_zero::operation &each : operations_) run(on, each);
    return;
  }
  try {
    next->launch(on, operations_);
  } catch (...) {
    const auto broken = std::find_if(from->current.begin(), from->current.end(),
                                     [next](const auto &one) { return one.get() == next; });
    old_.push_back(std::move(*broken));
    from->current.erase(broken);
    throw;
  }
}

namespace hal::plugins::level_zero {

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  open.recording = std::make_unique<hal_graph>(open.device);
  open.capturing = true;
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = checked(stream);
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  std::unique_ptr<hal_graph> recorded = std::move(open.recording);
  open.capturing = false;
  hal_graph *&graph = plugin::output(out_graph, "out_graph");
  open.device.failed.check();
  graph = open.device.graphs.insert(std::move(recorded));
}

void graph_entries::graph_destroy(hal_device *device, hal_graph *graph) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph> ended = open.graphs.take(graph);
}

void graph_entries::graph_instantiate(hal_device *device, hal_graph *graph,
                                      hal_graph_executable **out_executable) {
  hal_device &open = open_for_work(device);
  hal_graph_executable *&made = plugin::output(out_executable, "out_executable");
  const hal_graph &recorded = *open.graphs.find(graph);
  made = open.executables.insert(std::make_unique<hal_graph_executable>(recorded));
}

void graph_entries::graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &ready = checked(executable);
  hal_device &device = ready.device;
  device.failed.check();
  ready.update(*device.graphs.find(graph));
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  hal_graph_executable &work = checked(executable);
  plugin::check_same_device(work, open);
  work.launch(open);
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  hal_device &open = checked(device);
  plugin::destroy(open, open.executables, executable);
}

}  // namespace hal::plugins::level_zero
