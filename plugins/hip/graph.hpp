// Graphs: recorded by stream capture.
#pragma once

#include "hal/plugin/native/graph.hpp"
#include "plugins/hip/traits.hpp"

struct hal_graph : hal::plugin::native::graph<hal::plugins::hip::traits> {
  using graph::graph;
};

struct hal_graph_executable : hal::plugin::native::executable<hal::plugins::hip::traits> {
  using executable::executable;
};

namespace hal::plugins::hip {

using graph_entries = plugin::native::graph_entries<traits>;

}  // namespace hal::plugins::hip
