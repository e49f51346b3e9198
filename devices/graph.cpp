#include "hal/graph.hpp"

#include "hal/error.hpp"

namespace hal {

graph::~graph() {
  if (handle_ == nullptr) return;
  detail::error_record ignored;
  device_->table->graph_destroy(device_->handle, handle_, ignored.get());
}

graph_executable::graph_executable(const graph &recorded) : device_(recorded.state()) {
  if (device_ == nullptr) throw error(status::invalid_handle, "An empty graph cannot be instantiated.");
  detail::error_record error;
  detail::check(device_->table->graph_instantiate(device_->handle, recorded.handle(), &handle_, error.get()),
                error, device_.get());
}

graph_executable::~graph_executable() {
  if (handle_ == nullptr) return;
  detail::error_record ignored;
  device_->table->graph_executable_destroy(device_->handle, handle_, ignored.get());
}

void graph_executable::update(const graph &recorded) {
  const hal_device_table &table = device_ == nullptr ? detail::empty_table : *device_->table;
  detail::error_record error;
  detail::check(table.graph_update(handle_, recorded.handle(), error.get()), error, device_.get());
}

}  // namespace hal
