#include <algorithm>
#include <cstring>
#include <utility>

#include "plugins/cuda/api.hpp"
#include "tests/sim/cuda/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace {

bool same_kind(const std::vector<sim::operation> &one, const std::vector<sim::operation> &other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const auto &left, const auto &right) {
                      return std::strcmp(left.what, right.what) == 0 && left.function == right.function;
                    });
}

result update(graph_exec ready, graph from) {
  if (!same_kind(ready->operations, from->operations)) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
  ready->operations = from->operations;
  return CUDA_SUCCESS;
}

}  // namespace

SIM_EXPORT result cuStreamBeginCapture_v2(stream given, capture_mode) {
  SIM_ENTER_CONTEXT(cuStreamBeginCapture_v2)
  if (given == nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  guard lock(all().mutex);
  stream on = nullptr;
  if (const result state = sim::find_stream(lock, given, on); state != CUDA_SUCCESS) return state;
  if (on->capture != nullptr) return CUDA_ERROR_ILLEGAL_STATE;
  on->capture = new graph_record;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuStreamEndCapture(stream given, graph *out) {
  SIM_ENTER_CONTEXT(cuStreamEndCapture)
  guard lock(all().mutex);
  stream on = nullptr;
  if (const result state = sim::find_stream(lock, given, on); state != CUDA_SUCCESS) return state;
  if (on->capture == nullptr) return CUDA_ERROR_ILLEGAL_STATE;
  *out = std::exchange(on->capture, nullptr);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuGraphDestroy(graph given) {
  SIM_ENTER(cuGraphDestroy)
  delete given;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuGraphInstantiate_v2(graph_exec *out, graph given, graph_node *, char *, std::size_t) {
  SIM_ENTER_CONTEXT(cuGraphInstantiate_v2)
  if (given == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *out = new graph_exec_record{given->operations};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuGraphInstantiateWithFlags(graph_exec *out, graph given, unsigned long long flags) {
  SIM_ENTER_CONTEXT(cuGraphInstantiateWithFlags)
  if (given == nullptr || flags != 0) return CUDA_ERROR_INVALID_VALUE;
  *out = new graph_exec_record{given->operations};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuGraphExecUpdate(graph_exec ready, graph from, graph_node *, graph_update_result *) {
  SIM_ENTER_CONTEXT(cuGraphExecUpdate)
  return update(ready, from);
}

SIM_EXPORT result cuGraphExecUpdate_v2(graph_exec ready, graph from, graph_update_result_info *) {
  SIM_ENTER_CONTEXT(cuGraphExecUpdate_v2)
  return update(ready, from);
}

SIM_EXPORT result cuGraphLaunch(graph_exec ready, stream at) {
  SIM_ENTER_CONTEXT(cuGraphLaunch)
  if (ready == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return sim::submit(at, {"graph", nullptr, [operations = ready->operations] {
                            for (const sim::operation &one : operations) {
                              if (const result done = one.run(); done != CUDA_SUCCESS) return done;
                            }
                            return CUDA_SUCCESS;
                          }});
}

SIM_EXPORT result cuGraphExecDestroy(graph_exec given) {
  SIM_ENTER(cuGraphExecDestroy)
  delete given;
  return CUDA_SUCCESS;
}
