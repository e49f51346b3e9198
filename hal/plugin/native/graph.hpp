// Graphs: recorded by stream capture.
#pragma once

#include <memory>
#include <utility>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// The vendor adds native_graph and native_executable.
template <typename Vendor>
struct graph {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;

  graph(typename Vendor::device &owner, typename Vendor::native_graph recorded)
      : device(owner), native(recorded) {}
  ~graph() {
    ending ignored(device);
    end(ignored);
  }
  graph(const graph &) = delete;
  graph &operator=(const graph &) = delete;

  void end(ending &told) noexcept {
    if (native == nullptr) return;
    const typename Vendor::current_or_none current(told);
    if (current) told(device.api.graph_destroy(native), Vendor::names::graph_destroy);
    native = nullptr;
  }

  typename Vendor::device &device;
  typename Vendor::native_graph native;
};

// The vendor adds instantiate(device &, native_graph, native_executable *), which throws, and
// executables_outlive_launches: whether the API keeps one that runs until it is done.
template <typename Vendor>
struct executable {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;

  explicit executable(const typename Vendor::graph &recorded) : device(recorded.device) {
    Vendor::instantiate(device, recorded.native, &native);
  }
  ~executable() {
    ending ignored(device);
    end(ignored);
  }
  executable(const executable &) = delete;
  executable &operator=(const executable &) = delete;

  void end(ending &told) noexcept {
    if (native == nullptr) return;
    const typename Vendor::current_or_none current(told);
    if (current) {
      if constexpr (!Vendor::executables_outlive_launches) device.finish_streams(told);
      told(device.api.graph_exec_destroy(native), Vendor::names::graph_exec_destroy);
    }
    native = nullptr;
  }

  typename Vendor::device &device;
  typename Vendor::native_executable native = nullptr;
};

// The vendor adds capture_relaxed, a mode, and update(device &, native_executable, native_graph), which
// answers a result.
template <typename Vendor>
struct graph_entries {
  using names = typename Vendor::names;

  static void graph_begin_capture(hal_stream *stream) {
    typename Vendor::stream &open = open_for_work(stream);
    if (open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is already being captured.");
    const typename Vendor::current current(open.device);
    // Relaxed: what other threads and streams do meanwhile is their own business.
    open.device.check(open.device.api.stream_begin_capture(open.native, Vendor::capture_relaxed),
                      names::stream_begin_capture);
    open.capturing = true;
  }

  static void graph_end_capture(hal_stream *stream, hal_graph **out_graph) {
    typename Vendor::stream &open = checked(stream);
    if (!open.capturing) throw failure(HAL_STATUS_INVALID_STATE, "The stream is not being captured.");
    typename Vendor::device &device = open.device;
    const typename Vendor::current current(device);
    typename Vendor::native_graph recorded = nullptr;
    const auto ended = device.api.stream_end_capture(open.native, &recorded);
    open.capturing = false;
    device.check(ended, names::stream_end_capture);
    std::unique_ptr<typename Vendor::graph> owned;
    try {
      owned = std::make_unique<typename Vendor::graph>(device, recorded);
    } catch (...) {
      device.api.graph_destroy(recorded);
      throw;
    }
    hal_graph *&graph = output(out_graph, "out_graph");
    device.failed.check();
    graph = device.graphs.insert(std::move(owned));
  }

  static void graph_destroy(hal_device *device, hal_graph *graph) {
    typename Vendor::device &open = checked(device);
    destroy(open, open.graphs, graph);
  }

  static void graph_instantiate(hal_device *device, hal_graph *graph, hal_graph_executable **out_executable) {
    typename Vendor::device &open = open_for_work(device);
    hal_graph_executable *&made = output(out_executable, "out_executable");
    const typename Vendor::graph &recorded = *open.graphs.find(graph);
    const typename Vendor::current current(open);
    made = open.executables.insert(std::make_unique<typename Vendor::executable>(recorded));
  }

  static void graph_update(hal_graph_executable *executable, hal_graph *graph) {
    typename Vendor::executable &ready = open_for_work(executable);
    typename Vendor::device &device = ready.device;
    const typename Vendor::graph &recorded = *device.graphs.find(graph);
    const typename Vendor::current current(device);
    const auto result = Vendor::update(device, ready.native, recorded.native);
    if (result != Vendor::success)
      device.fail(result, std::string(names::graph_exec_update) + " with a graph that may differ in kind");
  }

  static void graph_launch(hal_graph_executable *executable, hal_stream *stream) {
    typename Vendor::stream &open = open_outside_capture(stream, "graph_launch");
    const typename Vendor::executable &work = checked(executable);
    check_same_device(work, open);
    const typename Vendor::current current(open.device);
    open.device.check(open.device.api.graph_launch(work.native, open.native), names::graph_launch);
  }

  static void graph_executable_destroy(hal_device *device, hal_graph_executable *executable) {
    typename Vendor::device &open = checked(device);
    destroy(open, open.executables, executable);
  }
};

}  // namespace hal::plugin::native
