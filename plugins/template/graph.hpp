// Graphs: the vendor's recordings.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/template/api.hpp"

struct hal_graph {
  hal_graph(hal_device &owner, vendor_recording recorded) : device(owner), recording(recorded) {}
  ~hal_graph();

  hal_device &device;
  const vendor_recording recording;
};

struct hal_graph_executable {
  // Takes a copy, so that the graph may be destroyed at once.
  explicit hal_graph_executable(const hal_graph &graph);
  ~hal_graph_executable();

  hal_device &device;
  vendor_recording recording = nullptr;
};

namespace template_plugin {

// Table entries; the contract is hal/abi/device.h.
struct graph_entries {
  static void graph_begin_capture(hal_stream *stream);
  static void graph_end_capture(hal_stream *stream, hal_graph **out_graph);
  static void graph_destroy(hal_device *device, hal_graph *graph);
  static void graph_instantiate(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable);
  static void graph_launch(hal_graph_executable *executable, hal_stream *stream);
  static void graph_executable_destroy(hal_device *device, hal_graph_executable *executable);
};

}  // namespace template_plugin
