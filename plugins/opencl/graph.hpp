// Graphs: work that the plugin records and enqueues again.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/objects.h"

namespace hal::plugins::opencl {

enum class step_kind { copy_to_device, copy_to_host, copy, copy_2d, fill, fill_2d, host_function, launch };

struct step {
  step_kind kind;
  const hal_kernel *kernel;  // of a launch
  std::function<void(hal_stream &)> enqueue;
};

// Recorded work in order. Constant once complete, so that a graph and its executables can share it.
struct program {
  // The same sequence of operations and kernels.
  bool same_shape(const program &other) const noexcept;

  std::vector<step> steps;
};

}  // namespace hal::plugins::opencl

struct hal_graph {
  hal_device &device;
  std::shared_ptr<const hal::plugins::opencl::program> recorded;
};

struct hal_graph_executable {
  hal_device &device;
  std::mutex mutex;
  std::shared_ptr<const hal::plugins::opencl::program> recorded;
};

namespace hal::plugins::opencl {

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

}  // namespace hal::plugins::opencl
