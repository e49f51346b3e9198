#include "plugins/host/graph.hpp"

#include <algorithm>
#include <type_traits>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/submit.hpp"

namespace hal::plugins::host {
namespace {

template <typename Object>
void note(std::vector<Object *> &list, Object *object) {
  if (object != nullptr) list.push_back(object);
}

template <typename Object>
void keep_each_once(std::vector<Object *> &list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// A launch of a graph, as work for a queue: it shares the program, so the graph may change or end meanwhile.
struct program_work {
  std::shared_ptr<const program> recorded;

  void hold() const noexcept { recorded->hold(); }
  void release() const noexcept { recorded->release(); }
  void run(executor &on) const { recorded->run(on); }
};

}  // namespace

void program::complete() {
  for (const node &step : nodes) {
    std::visit(
        [this](const auto &work) {
          using work_type = std::decay_t<decltype(work)>;
          if constexpr (std::is_base_of_v<memory_pair, work_type>) {
            note(memories, work.first);
            note(memories, work.second);
          } else if constexpr (std::is_same_v<work_type, recorded_launch>) {
            const hal_kernel &kernel = *work.record.kernel;
            memories.insert(memories.end(), work.record.used, work.record.used + kernel.memory_count);
            note(modules, &kernel.module);
          }
        },
        step);
  }
  keep_each_once(memories);
  keep_each_once(modules);
}

void program::hold() const noexcept {
  for (memory *used : memories) used->uses.add();
  for (hal_module *used : modules) used->uses.add();
}

void program::release() const noexcept {
  for (memory *used : memories) release_use(used);
  for (hal_module *used : modules) release_use(used);
}

void program::run(executor &on) const {
  for (const node &step : nodes) {
    if (on.device().failed.failed()) return;
    std::visit(
        [&on](const auto &work) {
          if constexpr (std::is_same_v<std::decay_t<decltype(work)>, recorded_launch>)
            work.record.run(on);
          else
            work.run(on);
        },
        step);
  }
}

bool program::same_shape(const program &other) const noexcept {
  return std::equal(nodes.begin(), nodes.end(), other.nodes.begin(), other.nodes.end(),
                    [](const node &one, const node &two) {
                      if (one.index() != two.index()) return false;
                      const auto *first = std::get_if<recorded_launch>(&one);
                      return first == nullptr ||
                             first->record.kernel == std::get<recorded_launch>(two).record.kernel;
                    });
}

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &on = open_for_work(stream);
  if (on.capture != nullptr) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  on.capture = std::make_unique<program>();
  on.capturing.store(true, std::memory_order_release);
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &on = plugin::check_handle(stream, "stream");
  const std::shared_ptr<program> recorded = std::move(on.capture);
  on.capturing.store(false, std::memory_order_release);
  hal_graph *&graph = plugin::output(out_graph, "out_graph");
  if (recorded == nullptr) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  recorded->complete();
  graph = on.device.graphs.insert(std::unique_ptr<hal_graph>(new hal_graph{on.device, recorded}));
}

void graph_entries::graph_destroy(hal_device *device, hal_graph *graph) {
  checked(device).graphs.take(graph);
}

void graph_entries::graph_instantiate(hal_device *device, hal_graph *graph,
                                      hal_graph_executable **out_executable) {
  hal_device &on = checked(device);
  hal_graph_executable *&executable = plugin::output(out_executable, "out_executable");
  const auto recorded = on.graphs.find(graph)->recorded;
  executable = on.executables.insert(
      std::unique_ptr<hal_graph_executable>(new hal_graph_executable{on, recorded, {}}));
}

void graph_entries::graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &updated = plugin::check_handle(executable, "graph executable");
  const auto recorded = updated.device.graphs.find(graph)->recorded;
  if (!updated.current()->same_shape(*recorded)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The graph is not the same sequence of operations and kernels as the executable; "
                  "instantiate it anew.");
  }
  const std::lock_guard lock(updated.mutex);
  updated.recorded = recorded;
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  const hal_graph_executable &launched = plugin::check_handle(executable, "graph executable");
  hal_stream &on = open_outside_capture(stream, "the launch of a graph");
  if (&launched.device != &on.device) {
    throw failure(HAL_STATUS_INVALID_HANDLE,
                  "The graph executable belongs to another device than the stream.");
  }
  on.queue->submit_simple<work_command<program_work>>(program_work{launched.current()});
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  checked(device).executables.take(executable);
}

}  // namespace hal::plugins::host
