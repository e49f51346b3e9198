#include <utility>

#include "plugins/hip/api.hpp"
#include "tests/sim/hip/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;
using sim::queues;

SIM_EXPORT result hipStreamBeginCapture(stream given, capture_mode) {
  SIM_ENTER_DEVICE(hipStreamBeginCapture)
  if (given == nullptr) return sim::remember(hipErrorStreamCaptureUnsupported);
  const guard lock(queues().mutex);
  stream on = sim::find_stream(given);
  if (on == nullptr) return sim::remember(hipErrorContextIsDestroyed);
  if (on->capture != nullptr) return sim::remember(hipErrorIllegalState);
  on->capture = std::make_unique<sim::recording>();
  return hipSuccess;
}

SIM_EXPORT result hipStreamEndCapture(stream given, graph *out) {
  SIM_ENTER_DEVICE(hipStreamEndCapture)
  const guard lock(queues().mutex);
  stream on = sim::find_stream(given);
  if (on == nullptr) return sim::remember(hipErrorContextIsDestroyed);
  if (on->capture == nullptr) return sim::remember(hipErrorIllegalState);
  *out = new graph_record{std::move(*on->capture)};
  on->capture = nullptr;
  ++all().others;
  return hipSuccess;
}

SIM_EXPORT result hipGraphDestroy(graph given) {
  SIM_ENTER(hipGraphDestroy)
  if (given == nullptr) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  delete given;
  --all().others;
  return hipSuccess;
}

SIM_EXPORT result hipGraphInstantiate(graph_exec *out, graph given, graph_node *, char *, std::size_t) {
  SIM_ENTER_DEVICE(hipGraphInstantiate)
  if (given == nullptr) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  *out = new graph_exec_record{given->operations};
  ++all().others;
  return hipSuccess;
}

SIM_EXPORT result hipGraphExecUpdate(graph_exec ready, graph from, graph_node *, graph_update_result *) {
  SIM_ENTER_DEVICE(hipGraphExecUpdate)
  if (!sim::same_kind(ready->operations, from->operations))
    return sim::remember(hipErrorGraphExecUpdateFailure);
  ready->operations = from->operations;
  return hipSuccess;
}

SIM_EXPORT result hipGraphLaunch(graph_exec ready, stream at) {
  SIM_ENTER_DEVICE(hipGraphLaunch)
  if (ready == nullptr) return sim::remember(hipErrorInvalidValue);
  return sim::submit(at, sim::replay(ready->operations));
}

SIM_EXPORT result hipGraphExecDestroy(graph_exec given) {
  SIM_ENTER(hipGraphExecDestroy)
  if (given == nullptr) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  delete given;
  --all().others;
  return hipSuccess;
}
