#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "devices/same_plugin.hpp"
#include "hal/error.hpp"
#include "hal/stream.hpp"
#include "hal/units.hpp"

namespace hal::detail {
namespace {

// A stream of the other device, for its half of a copy through the host.
class side_stream {
 public:
  explicit side_stream(const device_state &device) : device_(device) {
    error_record error;
    check(device.table->stream_create(device.handle, nullptr, &handle_, error.get()), error, &device);
  }
  side_stream(const side_stream &) = delete;
  side_stream &operator=(const side_stream &) = delete;
  ~side_stream() {
    error_record ignored;
    device_.table->stream_destroy(device_.handle, handle_, ignored.get());
  }
  hal_stream *handle() const noexcept { return handle_; }

 private:
  const device_state &device_;
  hal_stream *handle_ = nullptr;
};

void synchronize(const device_state &device, hal_stream *stream) {
  error_record error;
  check(device.table->stream_synchronize(stream, HAL_NO_TIMEOUT, error.get()), error, &device);
}

void copy_through_host(const device_state &here, hal_stream *stream, const buffer_view &destination,
                       const buffer_view &source, std::uint64_t size) {
  using namespace literals;
  const bool outward = source.state() == &here;
  const device_state &there = outward ? *destination.state() : *source.state();
  const side_stream other(there);
  hal_stream *reading = outward ? stream : other.handle();
  hal_stream *writing = outward ? other.handle() : stream;
  std::vector<std::byte> chunk(static_cast<std::size_t>(std::min<std::uint64_t>(size, 4_MiB)));
  for (std::uint64_t done = 0; done < size; done += chunk.size()) {
    const std::uint64_t bytes = std::min<std::uint64_t>(chunk.size(), size - done);
    error_record error;
    check(source.state()->table->copy_to_host(reading, chunk.data(), source.handle(), source.offset() + done,
                                              bytes, error.get()),
          error, source.state());
    synchronize(*source.state(), reading);
    check(destination.state()->table->copy_to_device(
              writing, destination.handle(), destination.offset() + done, chunk.data(), bytes, error.get()),
          error, destination.state());
    synchronize(*destination.state(), writing);
  }
}

}  // namespace

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
