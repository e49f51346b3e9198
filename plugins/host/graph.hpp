// Graphs: recorded work, and the same made ready to be launched again and again.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/host/copy.hpp"
#include "plugins/host/launch.hpp"

namespace hal::plugins::host {

struct host_function_work {
  hal_host_function function = nullptr;
  void *user = nullptr;

  void hold() const noexcept {}
  void release() const noexcept {}
  void run(executor &on) const;
};

// Recorded work in order. Constant once complete, so that launches in flight and a graph that is updated
// meanwhile can share it.
struct program {
  using node = std::variant<copy_work, copy_rows_work, fill_work, host_function_work, recorded_launch>;

  // Ends the recording: notes what is used, each object once.
  void complete();
  void hold() const noexcept;
  void release() const noexcept;
  void run(executor &on) const;

  // The same sequence of operations and kernels.
  bool same_shape(const program &other) const noexcept;

  std::vector<node> nodes;
  std::vector<memory *> memories;
  std::vector<hal_module *> modules;
};

}  // namespace hal::plugins::host

struct hal_graph {
  hal_device &device;
  std::shared_ptr<const hal::plugins::host::program> recorded;
};

struct hal_graph_executable {
  std::shared_ptr<const hal::plugins::host::program> current() const {
    const std::lock_guard lock(mutex);
    return recorded;
  }

  hal_device &device;
  std::shared_ptr<const hal::plugins::host::program> recorded;
  mutable std::mutex mutex;
};

namespace hal::plugins::host {

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

}  // namespace hal::plugins::host
