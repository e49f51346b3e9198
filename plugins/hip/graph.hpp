// Graphs: recorded by stream capture.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/hip/api.hpp"

struct hal_graph {
  hal_graph(hal_device &owner, hal::plugins::hip::driver::graph recorded) : device(owner), native(recorded) {}
  ~hal_graph();
  void end(hal::plugins::hip::ending &told) noexcept;
  hal_graph(const hal_graph &) = delete;
  hal_graph &operator=(const hal_graph &) = delete;

  hal_device &device;
  hal::plugins::hip::driver::graph native;
};

struct hal_graph_executable {
  explicit hal_graph_executable(const hal_graph &graph);
  ~hal_graph_executable();
  void end(hal::plugins::hip::ending &told) noexcept;
  hal_graph_executable(const hal_graph_executable &) = delete;
  hal_graph_executable &operator=(const hal_graph_executable &) = delete;

  hal_device &device;
  hal::plugins::hip::driver::graph_exec native = nullptr;
};

namespace hal::plugins::hip {

// Table entries; the contract is hal/abi/device.h.
struct graph_entries {
  static void graph_begin_capture(hal_stream *stream);
  static void graph_end_capture(hal_stream *stream, hal_graph **out_graph);
  static void graph_destroy(hal_device *device, hal_graph *graph);
  static void graph_instantiate(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable);
  static void graph_update(hal_graph_executable *executable, hal_graph *graph);
  static void graph_launch(hal_graph_executable *executable, hal_stream *stream);
  static void graph_executable_destroy(hal_device *device, hal_graph_executable *executable);
};

}  // namespace hal::plugins::hip
