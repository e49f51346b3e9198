// Graphs: the operations that a stream was given while it recorded, and what launches them.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/level_zero/operation.hpp"
#include "plugins/level_zero/replay.hpp"

struct hal_graph {
  explicit hal_graph(hal_device &owner) : device(owner) {}
  hal_graph(const hal_graph &) = delete;
  hal_graph &operator=(const hal_graph &) = delete;

  hal_device &device;
  std::vector<hal::plugins::level_zero::operation> operations;
};

struct hal_graph_executable {
  explicit hal_graph_executable(const hal_graph &graph);
  ~hal_graph_executable();
  hal_graph_executable(const hal_graph_executable &) = delete;
  hal_graph_executable &operator=(const hal_graph_executable &) = delete;
  // Waits for what is in flight.
  void end(hal::plugins::level_zero::ending &told) noexcept;

  void update(const hal_graph &graph);
  void launch(hal_stream &on);

  hal_device &device;

 private:
  using replay = hal::plugins::level_zero::replay;
  // What streams of one priority launch.
  struct lane {
    hal::plugins::level_zero::driver::command_queue queue = nullptr;
    std::vector<std::unique_ptr<replay>> current;
  };
  lane &lane_of(hal::plugins::level_zero::driver::queue_priority priority);
  replay *next_replay(lane &from);

  // What is below is under the lock: an executable is launched from several threads.
  std::mutex mutex_;
  std::vector<hal::plugins::level_zero::operation> operations_;
  const bool has_lists_;  // something is worth one
  std::map<hal::plugins::level_zero::driver::queue_priority, lane> lanes_;
  std::vector<std::unique_ptr<replay>> old_;  // of the operations before an update, or broken
};

namespace hal::plugins::level_zero {

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

}  // namespace hal::plugins::level_zero
