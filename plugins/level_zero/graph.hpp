// Graphs: the operations that a stream was given while it recorded.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/level_zero/operation.hpp"

struct hal_graph {
  explicit hal_graph(hal_device &owner) : device(owner) {}
  hal_graph(const hal_graph &) = delete;
  hal_graph &operator=(const hal_graph &) = delete;

  hal_device &device;
  std::vector<hal::plugins::level_zero::operation> operations;
};

struct hal_graph_executable {
  explicit hal_graph_executable(const hal_graph &graph)
      : device(graph.device), operations(graph.operations) {}
  hal_graph_executable(const hal_graph_executable &) = delete;
  hal_graph_executable &operator=(const hal_graph_executable &) = delete;

  hal_device &device;
  std::vector<hal::plugins::level_zero::operation> operations;
};

namespace hal::plugins::level_zero {

// Table entries; the contract is hal/abi/device.h.
void graph_begin_capture(hal_stream *stream);
void graph_end_capture(hal_stream *stream, hal_graph **out_graph);
void graph_destroy(hal_device *device, hal_graph *graph);
void graph_instantiate(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable);
void graph_update(hal_graph_executable *executable, hal_graph *graph);
void graph_launch(hal_graph_executable *executable, hal_stream *stream);
void graph_executable_destroy(hal_device *device, hal_graph_executable *executable);

}  // namespace hal::plugins::level_zero
