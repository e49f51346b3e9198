#include "plugins/cuda/graph.hpp"

#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"

namespace cuda = hal::plugins::cuda;
using hal::plugin::failure;

hal_graph::~hal_graph() {
  cuda::ending ignored(device);
  end(ignored);
}

void hal_graph::end(cuda::ending &told) noexcept {
  if (native == nullptr) return;
  const cuda::current_context_or_none current(told);
  if (current) told(device.api.graph_destroy(native), "cuGraphDestroy");
  native = nullptr;
}

hal_graph_executable::hal_graph_executable(const hal_graph &graph) : device(graph.device) {
  const cuda::api &api = device.api;
  if (api.graph_instantiate_with_flags != nullptr) {
    device.check(api.graph_instantiate_with_flags(&native, graph.native, 0), "cuGraphInstantiateWithFlags");
    return;
  }
  device.check(api.graph_instantiate_v2(&native, graph.native, nullptr, nullptr, 0), "cuGraphInstantiate");
}

hal_graph_executable::~hal_graph_executable() {
  cuda::ending ignored(device);
  end(ignored);
}

// The driver keeps an executable that still runs until it is done.
void hal_graph_executable::end(cuda::ending &told) noexcept {
  if (native == nullptr) return;
  const cuda::current_context_or_none current(told);
  if (current) told(device.api.graph_exec_destroy(native), "cuGraphExecDestroy");
  native = nullptr;
}

namespace hal::plugins::cuda {

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  const current_context current(open.device);
  // Relaxed: what other threads and streams do meanwhile is their own business.
  open.device.check(open.device.api.stream_begin_capture(open.native, driver::capture_relaxed),
                    "cuStreamBeginCapture");
  open.capturing = true;
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = plugin::check_handle(stream, "stream");
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  hal_device &device = open.device;
  const current_context current(device);
  driver::graph recorded = nullptr;
  const driver::result ended = device.api.stream_end_capture(open.native, &recorded);
  open.capturing = false;
  device.check(ended, "cuStreamEndCapture");
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
  const current_context current(open);
  made = open.executables.insert(std::make_unique<hal_graph_executable>(recorded));
}

void graph_entries::graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &ready = plugin::check_handle(executable, "graph executable");
  hal_device &device = ready.device;
  device.failed.check();
  const hal_graph &recorded = *device.graphs.find(graph);
  const current_context current(device);
  driver::result result{};
  if (device.api.graph_exec_update_v2 != nullptr) {
    driver::graph_update_result_info why{};
    result = device.api.graph_exec_update_v2(ready.native, recorded.native, &why);
  } else {
    driver::graph_node where = nullptr;
    driver::graph_update_result why{};
    result = device.api.graph_exec_update(ready.native, recorded.native, &where, &why);
  }
  device.check(result, "cuGraphExecUpdate with a graph that may differ in kind");
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  const hal_graph_executable &work = plugin::check_handle(executable, "graph executable");
  if (&work.device != &open.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The graph belongs to another device than the stream.");
  const current_context current(open.device);
  open.device.check(open.device.api.graph_launch(work.native, open.native), "cuGraphLaunch");
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph_executable> ended = open.executables.take(executable);
  end(open, *ended);
}

}  // namespace hal::plugins::cuda
