#include "plugins/level_zero/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

void graph_begin_capture(hal_stream *stream) {
  hal_stream &open = open_for_work(stream);
  if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
  open.recording = std::make_unique<hal_graph>(open.device);
  open.capturing = true;
}

void graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
  hal_stream &open = plugin::check_handle(stream, "stream");
  if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
  std::unique_ptr<hal_graph> recorded = std::move(open.recording);
  open.capturing = false;
  hal_graph *&graph = plugin::output(out_graph, "out_graph");
  open.device.failed.check();
  graph = open.device.graphs.insert(std::move(recorded));
}

void graph_destroy(hal_device *device, hal_graph *graph) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph> ended = open.graphs.take(graph);
}

void graph_instantiate(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable) {
  hal_device &open = open_for_work(device);
  hal_graph_executable *&made = plugin::output(out_executable, "out_executable");
  const hal_graph &recorded = *open.graphs.find(graph);
  made = open.executables.insert(std::make_unique<hal_graph_executable>(recorded));
}

void graph_update(hal_graph_executable *executable, hal_graph *graph) {
  hal_graph_executable &ready = plugin::check_handle(executable, "graph executable");
  hal_device &device = ready.device;
  device.failed.check();
  const hal_graph &recorded = *device.graphs.find(graph);
  const auto &now = ready.operations;
  const auto &next = recorded.operations;
  const bool alike =
      std::equal(now.begin(), now.end(), next.begin(), next.end(),
                 [](const operation &one, const operation &other) { return one.is_like(other); });
  if (!alike) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The graph of {} operations differs in kind from the executable's {}; nothing was "
                    "changed.",
                    next.size(), now.size()));
  }
  ready.operations = next;
}

void graph_launch(hal_graph_executable *executable, hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "graph_launch");
  const hal_graph_executable &work = plugin::check_handle(executable, "graph executable");
  if (&work.device != &open.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The graph belongs to another device than the stream.");
  for (const operation &each : work.operations) run(open, each);
}

void graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_graph_executable> ended = open.executables.take(executable);
}

}  // namespace hal::plugins::level_zero
