#include "plugins/cuda/graph.hpp"

#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

void traits::instantiate(hal_device &device, driver::graph recorded, driver::graph_exec *made) {
  const auto &api = device.api;
  if (api.graph_instantiate_with_flags != nullptr) {
    device.check(api.graph_instantiate_with_flags(made, recorded, 0), names::graph_instantiate_with_flags);
    return;
  }
  device.check(api.graph_instantiate_v2(made, recorded, nullptr, nullptr, 0), names::graph_instantiate_v2);
}

driver::result traits::update(const hal_device &device, driver::graph_exec ready, driver::graph recorded) {
  if (device.api.graph_exec_update_v2 != nullptr) {
    driver::graph_update_result_info why{};
    return device.api.graph_exec_update_v2(ready, recorded, &why);
  }
  driver::graph_node where = nullptr;
  driver::graph_update_result why{};
  return device.api.graph_exec_update(ready, recorded, &where, &why);
}

}  // namespace hal::plugins::cuda
