#include "hal/stream.hpp"

#include <fmt/format.h>

#include "hal/error.hpp"

namespace hal {

stream::~stream() {
  if (handle_ == nullptr) return;
  detail::error_record ignored;
  table_->stream_destroy(device_->handle, handle_, ignored.get());
}

buffer stream::allocate(std::uint64_t size) {
  hal_memory_options options{};
  options.struct_size = sizeof options;
  options.kind = HAL_MEMORY_DEVICE;
  options.size = size;
  hal_memory *memory = nullptr;
  detail::error_record error;
  detail::check(table_->memory_allocate_async(handle_, &options, &memory, error.get()), error, device_.get());
  return buffer(device_, memory);
}

void stream::free(buffer &&memory) {
  detail::error_record error;
  const hal_status status = table_->memory_free_async(handle_, memory.handle(), error.get());
  switch (status) {
    // These leave the memory its owner's; whatever else is answered took it (hal/abi/device.h, "Ending").
    case HAL_STATUS_INVALID_HANDLE:
    case HAL_STATUS_INVALID_STATE:
    case HAL_STATUS_BUSY:
    case HAL_STATUS_UNSUPPORTED:
    case HAL_STATUS_OUT_OF_HOST_MEMORY:
    case HAL_STATUS_LAUNCH_FAILED:
    case HAL_STATUS_DEVICE_LOST:
      break;
    default:
      memory.release();
  }
  detail::check(status, error, device_.get());
}

void stream::begin_capture() {
  detail::error_record error;
  detail::check(table_->graph_begin_capture(handle_, error.get()), error, device_.get());
}

graph stream::end_capture() {
  hal_graph *recorded = nullptr;
  detail::error_record error;
  detail::check(table_->graph_end_capture(handle_, &recorded, error.get()), error, device_.get());
  return graph(device_, recorded);
}

void stream::discard_capture() noexcept {
  hal_graph *recorded = nullptr;
  detail::error_record ignored;
  if (table_->graph_end_capture(handle_, &recorded, ignored.get()) == HAL_STATUS_OK) {
    table_->graph_destroy(device_->handle, recorded, ignored.get());
  }
}

void detail::raise_size_mismatch(const char *operation, std::uint64_t given, std::uint64_t room,
                                 const device_state *device) {
  throw error(status::out_of_range,
              fmt::format("A {} of {} bytes reaches beyond {} bytes.", operation, given, room),
              device == nullptr ? std::string() : device->info.selector());
}

}  // namespace hal
