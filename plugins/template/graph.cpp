#include "plugins/template/graph.hpp"

#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/device.hpp"

using hal::plugin::failure;

hal_graph::~hal_graph() {
  device.api.recording_destroy(recording);
}

hal_graph_executable::hal_graph_executable(const hal_graph &graph) : device(graph.device) {
  device.check(device.api.recording_copy(graph.recording, &recording), "vendor_recording_copy");
}

hal_graph_executable::~hal_graph_executable() {
  device.api.recording_destroy(recording);
}

namespace template_plugin {

void graph_entries::graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  open.device.check(open.device.api.record_begin(open.queue), "vendor_record_begin");
  open.capturing = true;
}

void graph_entries::graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = checked(stream);
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  hal_device &device = open.device;
  vendor_recording recording = nullptr;
  const vendor_result ended = device.api.record_end(open.queue, &recording);
  open.capturing = false;
  device.check(ended, "vendor_record_end");
  auto recorded = std::make_unique<hal_graph>(device, recording);
  hal_graph *&graph = hal::plugin::output(out_graph, "out_graph");
  device.failed.check();
  graph = device.graphs.insert(std::move(recorded));
}

void graph_entries::graph_destroy(hal_device *device, hal_graph *graph) {
  checked(device).graphs.take(graph);
}

void graph_entries::graph_instantiate(hal_device *device, hal_graph *graph,
                                      hal_graph_executable **out_executable) {
  hal_device &open = open_for_work(device);
  hal_graph_executable *&made = hal::plugin::output(out_executable, "out_executable");
  made = open.executables.insert(std::make_unique<hal_graph_executable>(*open.graphs.find(graph)));
}

void graph_entries::graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  const hal_graph_executable &work = checked(executable);
  hal::plugin::check_same_device(work, open);
  open.device.check(open.device.api.queue_replay(open.queue, work.recording), "vendor_queue_replay");
}

void graph_entries::graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  checked(device).executables.take(executable);
}

}  // namespace template_plugin
