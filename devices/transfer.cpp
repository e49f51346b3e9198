#include <fmt/format.h>

#include "devices/same_plugin.hpp"
#include "devices/staged_copy.hpp"
#include "hal/error.hpp"
#include "hal/stream.hpp"

namespace hal::detail {

void copy_across(const std::shared_ptr<const device_state> &device, hal_stream *stream,
                 const buffer_view &destination, const buffer_view &source, std::uint64_t size) {
  if (device == nullptr || destination.state() == nullptr || source.state() == nullptr) {
    throw error(status::invalid_handle, "A copy needs a stream and two buffers; one of them is empty.");
  }
  if (device.get() != destination.state() && device.get() != source.state()) {
    throw error(status::invalid_handle,
                fmt::format("A stream of {} cannot copy from {} to {}.", device->info.selector(),
                            source.state()->info.selector(), destination.state()->info.selector()),
                device->info.selector());
  }
  const bool one_plugin = devices::same_plugin(*destination.state(), *source.state());
  if (one_plugin && device->info.has_feature(HAL_FEATURE_PEER_COPY)) {
    error_record error;
    check(device->table->copy_peer(stream, destination.handle(), destination.offset(), source.handle(),
                                   source.offset(), size, error.get()),
          error, device.get());
    return;
  }
  copy_through_host(*device, stream, destination, source, size);
}

}  // namespace hal::detail
