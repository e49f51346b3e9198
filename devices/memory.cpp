#include "hal/memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "hal/error.hpp"

namespace hal {

buffer_view buffer_view::part(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) {
    throw error(status::out_of_range,
                fmt::format("A part of {} bytes at offset {} reaches beyond {} bytes.", size, offset, size_));
  }
  buffer_view view = *this;
  view.offset_ += offset;
  view.size_ = size;
  return view;
}

buffer::~buffer() {
  if (memory_ == nullptr) return;
  detail::error_record ignored;
  device_->table->memory_free(device_->handle, memory_, ignored.get());
}

buffer buffer::slice(std::uint64_t offset, std::uint64_t size) const {
  if (memory_ == nullptr) throw error(status::invalid_handle, "An empty buffer has no slices.");
  hal_memory *part = nullptr;
  detail::error_record error;
  detail::check(device_->table->memory_slice(device_->handle, memory_, offset, size, &part, error.get()),
                error, device_.get());
  return buffer(device_, part);
}

mapping buffer::map(std::uint64_t offset, std::uint64_t size) const {
  if (memory_ == nullptr) throw error(status::invalid_handle, "An empty buffer cannot be mapped.");
  void *host = nullptr;
  detail::error_record error;
  detail::check(device_->table->memory_map(device_->handle, memory_, offset, size,
                                           HAL_MAP_READ | HAL_MAP_WRITE, &host, error.get()),
                error, device_.get());
  return mapping(device_, memory_, {static_cast<std::byte *>(host), static_cast<std::size_t>(size)});
}

external_handle buffer::export_handle(hal_external_kind kind) const {
  if (memory_ == nullptr) throw error(status::invalid_handle, "An empty buffer cannot be exported.");
  hal_external_handle record{};
  record.struct_size = sizeof record;
  record.fd = -1;
  detail::error_record error;
  detail::check(device_->table->memory_export(device_->handle, memory_, kind, &record, error.get()), error,
                device_.get());
  return external_handle(record);
}

mapping::~mapping() {
  if (memory_ == nullptr) return;
  detail::error_record ignored;
  device_->table->memory_unmap(device_->handle, memory_, ignored.get());
}

external_handle::~external_handle() {
  // A plugin that exports bytes may leave the descriptor at 0, which is somebody else's.
  const bool is_descriptor = record_.kind == HAL_EXTERNAL_FD || record_.kind == HAL_EXTERNAL_DMA_BUF;
  if (is_descriptor && record_.fd >= 0) ::close(record_.fd);
}

}  // namespace hal
