// Graphs: recorded by stream capture.
#pragma once

#include "hal/plugin/native/graph.hpp"
#include "plugins/cuda/traits.hpp"

struct hal_graph : hal::plugin::native::graph<hal::plugins::cuda::traits> {
  using graph::graph;
};

struct hal_graph_executable : hal::plugin::native::executable<hal::plugins::cuda::traits> {
  using executable::executable;
};

namespace hal::plugins::cuda {

using graph_entries = plugin::native::graph_entries<traits>;

}  // namespace hal::plugins::cuda
