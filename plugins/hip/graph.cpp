#include "plugins/hip/graph.hpp"

#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {

void traits::instantiate(hal_device &device, driver::graph recorded, driver::graph_exec *made) {
  device.check(device.api.graph_instantiate(made, recorded, nullptr, nullptr, 0), names::graph_instantiate);
}

driver::result traits::update(const hal_device &device, driver::graph_exec ready, driver::graph recorded) {
  driver::graph_node where = nullptr;
  driver::graph_update_result why{};
  return device.api.graph_exec_update(ready, recorded, &where, &why);
}

}  // namespace hal::plugins::hip
