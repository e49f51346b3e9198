#include "plugins/opencl/graph.hpp"

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

bool program::same_shape(const program &other) const noexcept {
  return std::equal(
      steps.begin(), steps.end(), other.steps.begin(), other.steps.end(),
      [](const step &one, const step &two) { return one.kind == two.kind && one.kernel == two.kernel; });
}

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  open.capture = std::make_unique<program>();
  open.capturing = true;
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = checked(stream);
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  hal_device &device = open.device;
  std::shared_ptr<const program> recorded = std::move(open.capture);
  open.capturing = false;
  hal_graph *&graph = plugin::output(out_graph, "out_graph");
  device.failed.check();
  graph = device.graphs.insert(std::unique_ptr<hal_graph>(new hal_graph{device, std::move(recorded)}));
}

void graph_entries::graph_destroy(hal_device *device, hal_graph *graph) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph> ended = open.graphs.take(graph);
}

void graph_entries::graph_instantiate(hal_device *device, hal_graph *graph,
                                      hal_graph_executable **out_executable) {
  hal_device &open = open_for_work(device);
  hal_graph_executable *&made = plugin::output(out_executable, "out_executable");
  const auto recorded = open.graphs.find(graph)->recorded;
  made = open.executables.insert(
      std::unique_ptr<hal_graph_executable>(new hal_graph_executable{open, {}, recorded}));
}

void graph_entries::graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &ready = checked(executable);
  ready.device.failed.check();
  auto recorded = ready.device.graphs.find(graph)->recorded;
  const std::lock_guard lock(ready.mutex);
  if (!ready.recorded->same_shape(*recorded)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The graph is not the same sequence of operations and kernels as the executable; "
                  "instantiate it anew.");
  }
  std::swap(ready.recorded, recorded);
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  hal_graph_executable &work = checked(executable);
  plugin::check_same_device(work, open);
  std::shared_ptr<const program> recorded;
  {
    const std::lock_guard lock(work.mutex);
    recorded = work.recorded;
  }
  for (const step &one : recorded->steps) one.enqueue(open);
  open.flush();
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph_executable> ended = open.executables.take(executable);
}

}  // namespace hal::plugins::opencl
