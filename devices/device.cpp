#include "hal/device.hpp"

#include "devices/describe.hpp"
#include "devices/same_plugin.hpp"
#include "hal/error.hpp"

namespace hal {
namespace {

const detail::device_state &opened(const std::shared_ptr<const detail::device_state> &state) {
  if (state == nullptr) throw error(status::invalid_handle, "The device is empty: nothing was opened.");
  return *state;
}

}  // namespace

const device_info &device::info() const {
  return opened(state_).info;
}

std::vector<device_property> device::properties() const {
  const detail::device_state &state = opened(state_);
  return devices::properties(*state.plugin, state.info.index);
}

device_metrics device::metrics() const {
  const detail::device_state &state = opened(state_);
  return devices::metrics(*state.plugin, state.info.index);
}

memory_usage device::memory() const {
  memory_usage usage;
  detail::error_record error;
  detail::check(opened(state_).table->memory_info(state_->handle, &usage.free, &usage.total, error.get()),
                error, state_.get());
  return usage;
}

buffer device::allocate(std::uint64_t size, const memory_options &options) const {
  hal_memory_options record{};
  record.struct_size = sizeof record;
  record.kind = static_cast<hal_memory_kind>(options.kind);
  record.size = size;
  record.alignment = options.alignment;
  record.flags = options.export_kinds;
  if (options.exportable) record.flags |= HAL_MEMORY_EXPORTABLE;
  hal_memory *memory = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->memory_allocate(state_->handle, &record, &memory, error.get()), error,
                state_.get());
  return buffer(state_, memory);
}

buffer device::import_buffer(const external_handle &handle) const {
  hal_memory *memory = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->memory_import(state_->handle, &handle.record(), &memory, error.get()),
                error, state_.get());
  return buffer(state_, memory);
}

buffer device::adopt(memory_kind kind, std::uint64_t address, std::uint64_t size) const {
  hal_memory *memory = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->memory_adopt(state_->handle, static_cast<hal_memory_kind>(kind),
                                                   address, size, &memory, error.get()),
                error, state_.get());
  return buffer(state_, memory);
}

hal_pointer_info device::pointer_info(std::uint64_t address) const {
  hal_pointer_info info{};
  info.struct_size = sizeof info;
  detail::error_record error;
  detail::check(opened(state_).table->pointer_info(state_->handle, address, &info, error.get()), error,
                state_.get());
  return info;
}

stream device::create_stream(const stream_options &options) const {
  hal_stream_options record{};
  record.struct_size = sizeof record;
  record.priority = options.priority;
  hal_stream *made = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->stream_create(state_->handle, &record, &made, error.get()), error,
                state_.get());
  return stream(state_, made);
}

stream device::adopt_stream(void *native) const {
  hal_stream *made = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->stream_adopt(state_->handle, native, &made, error.get()), error,
                state_.get());
  return stream(state_, made);
}

event device::create_event(const event_options &options) const {
  hal_event_options record{};
  record.struct_size = sizeof record;
  if (options.timing) record.flags = HAL_EVENT_TIMING;
  hal_event *made = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->event_create(state_->handle, &record, &made, error.get()), error,
                state_.get());
  return event(state_, made);
}

module device::load(const module_source &source) const {
  constexpr std::size_t log_room = 64 * 1024;
  const std::string format(source.format);
  const std::string options(source.options);
  hal_module_source record{};
  record.struct_size = sizeof record;
  record.format = format.c_str();
  record.bytes = source.bytes.data();
  record.size = source.bytes.size();
  record.options = options.empty() ? nullptr : options.c_str();
  if (source.keep_binary) record.flags = HAL_MODULE_KEEP_BINARY;
  std::string log;
  if (source.log != nullptr) {
    log.resize(log_room);
    record.log = log.data();
    record.log_size = log.size();
  }
  hal_module *loaded = nullptr;
  detail::error_record error;
  const hal_status status = opened(state_).table->module_load(state_->handle, &record, &loaded, error.get());
  if (source.log != nullptr) {
    *source.log = log.c_str();
    if (record.log_length >= log.size()) {
      *source.log += "\n[cut: the whole log has " + std::to_string(record.log_length) + " bytes]";
    }
  }
  detail::check(status, error, state_.get());
  return module(state_, loaded);
}

bool device::can_access(const device &peer) const {
  // Two plugins' devices know nothing of each other.
  if (!devices::same_plugin(opened(state_), opened(peer.state_))) return false;
  hal_peer_info info{};
  info.struct_size = sizeof info;
  detail::error_record error;
  const hal_status status = state_->table->peer_info(state_->handle, peer.state_->handle, &info, error.get());
  if (status == HAL_STATUS_UNSUPPORTED) return false;
  detail::check(status, error, state_.get());
  return info.accessible != 0;
}

void device::enable_peer(const device &peer) const {
  if (!devices::same_plugin(opened(state_), opened(peer.state_))) {
    throw error(status::unsupported, "Devices of two plugins cannot reach each other's memory.",
                state_->info.selector());
  }
  detail::error_record error;
  detail::check(state_->table->peer_enable(state_->handle, peer.state_->handle, error.get()), error,
                state_.get());
}

void device::synchronize() const {
  detail::error_record error;
  detail::check(opened(state_).table->device_synchronize(state_->handle, HAL_NO_TIMEOUT, error.get()), error,
                state_.get());
}

void *device::native(hal_object_kind kind, const void *object) const {
  void *handle = nullptr;
  detail::error_record error;
  detail::check(opened(state_).table->native_handle(state_->handle, kind, object, &handle, error.get()),
                error, state_.get());
  return handle;
}

void *device::native() const {
  return native(HAL_OBJECT_DEVICE, opened(state_).handle);
}

}  // namespace hal
