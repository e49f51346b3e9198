#include "plugins/hip/graph.hpp"

#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/hip/device.hpp"

namespace hip = hal::plugins::hip;
using hal::plugin::failure;

hal_graph::~hal_graph() {
  hip::ending ignored(device);
  end(ignored);
}

void hal_graph::end(hip::ending &told) noexcept {
  if (native == nullptr) return;
  const hip::current_device_or_none current(told);
  if (current) told(device.api.graph_destroy(native), "hipGraphDestroy");
  native = nullptr;
}

hal_graph_executable::hal_graph_executable(const hal_graph &graph) : device(graph.device) {
  device.check(device.api.graph_instantiate(&native, graph.native, nullptr, nullptr, 0),
               "hipGraphInstantiate");
}

hal_graph_executable::~hal_graph_executable() {
  hip::ending ignored(device);
  end(ignored);
}

void hal_graph_executable::end(hip::ending &told) noexcept {
  if (native == nullptr) return;
  const hip::current_device_or_none current(told);
  if (current) {
    // Not documented to wait for launches of it.
    device.finish_streams(told);
    told(device.api.graph_exec_destroy(native), "hipGraphExecDestroy");
  }
  native = nullptr;
}

namespace hal::plugins::hip {

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  const current_device current(open.device);
  // Relaxed: what other threads and streams do meanwhile is their own business.
  open.device.check(open.device.api.stream_begin_capture(open.native, driver::capture_relaxed),
                    "hipStreamBeginCapture");
  open.capturing = true;
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = plugin::check_handle(stream, "stream");
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  hal_device &device = open.device;
  const current_device current(device);
  driver::graph recorded = nullptr;
  const driver::result ended = device.api.stream_end_capture(open.native, &recorded);
  open.capturing = false;
  device.check(ended, "hipStreamEndCapture");
  std::unique_ptr<hal_graph> owned;
  try {
    owned = std::make_unique<hal_graph>(device, recorded);
  } catch (...) {
    device.api.graph_destroy(recorded);
    throw;
  }
  hal_graph *&graph = plugin::output(out_graph, "out_graph");
  device.failed.check();
  graph = device.graphs.insert(std::move(owned));
}

void graph_entries::graph_destroy(hal_device *device, hal_graph *graph) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph> ended = open.graphs.take(graph);
  end(open, *ended);
}

void graph_entries::graph_instantiate(hal_device *device, hal_graph *graph,
                                      hal_graph_executable **out_executable) {
  hal_device &open = open_for_work(device);
  hal_graph_executable *&made = plugin::output(out_executable, "out_executable");
  const hal_graph &recorded = *open.graphs.find(graph);
  const current_device current(open);
  made = open.executables.insert(std::make_unique<hal_graph_executable>(recorded));
}

void graph_entries::graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &ready = plugin::check_handle(executable, "graph executable");
  hal_device &device = ready.device;
  device.failed.check();
  const hal_graph &recorded = *device.graphs.find(graph);
  const current_device current(device);
  driver::graph_node where = nullptr;
  driver::graph_update_result why{};
  device.check(device.api.graph_exec_update(ready.native, recorded.native, &where, &why),
               "hipGraphExecUpdate with a graph that may differ in kind");
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  const hal_graph_executable &work = plugin::check_handle(executable, "graph executable");
  if (&work.device != &open.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The graph belongs to another device than the stream.");
  const current_device current(open.device);
  open.device.check(open.device.api.graph_launch(work.native, open.native), "hipGraphLaunch");
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph_executable> ended = open.executables.take(executable);
  end(open, *ended);
}

}  // namespace hal::plugins::hip
