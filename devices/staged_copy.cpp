#include "devices/staged_copy.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "hal/units.hpp"

namespace hal::detail {
namespace {

using namespace literals;

constexpr std::uint64_t chunk_size = 4_MiB;

// A stream of the other device, for its half of the copy.
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

// Host memory that a chunk passes through: pinned by the device that is read, where it pins any, so that
// reading does not block; ordinary memory otherwise.
class staging {
 public:
  staging(const device_state &device, std::uint64_t size) : device_(device) {
    hal_memory_options options{};
    options.struct_size = sizeof options;
    options.kind = HAL_MEMORY_HOST;
    options.size = size;
    error_record ignored;
    if (device.info.has_feature(HAL_FEATURE_HOST_MEMORY) &&
        device.table->memory_allocate(device.handle, &options, &pinned_, ignored.get()) == HAL_STATUS_OK)
      return;
    pinned_ = nullptr;
    pageable_.resize(static_cast<std::size_t>(size));
  }
  staging(const staging &) = delete;
  staging &operator=(const staging &) = delete;
  ~staging() {
    error_record ignored;
    if (pinned_ != nullptr) device_.table->memory_free(device_.handle, pinned_, ignored.get());
  }
  void *bytes() noexcept { return pinned_ != nullptr ? pinned_->host : pageable_.data(); }

 private:
  const device_state &device_;
  hal_memory *pinned_ = nullptr;
  std::vector<std::byte> pageable_;
};

// One end of the copy. Waits before it goes, whatever happened: what was submitted reads or writes the
// chunks.
class side {
 public:
  side(const device_state &device, hal_stream *stream) noexcept : device_(device), stream_(stream) {}
  side(const side &) = delete;
  side &operator=(const side &) = delete;
  ~side() {
    error_record ignored;
    if (busy_) device_.table->stream_synchronize(stream_, HAL_NO_TIMEOUT, ignored.get());
  }

  // Throws invalid_state for a stream that is being captured: the copy cannot be part of a graph.
  void check_usable() const {
    error_record error;
    const hal_status status = device_.table->stream_query(stream_, error.get());
    if (status != HAL_STATUS_NOT_READY) check(status, error, &device_);
  }
  void read(void *to, hal_memory *from, std::uint64_t offset, std::uint64_t size) {
    error_record error;
    check(device_.table->copy_to_host(stream_, to, from, offset, size, error.get()), error, &device_);
    busy_ = true;
  }
  void write(hal_memory *to, std::uint64_t offset, const void *from, std::uint64_t size) {
    error_record error;
    check(device_.table->copy_to_device(stream_, to, offset, from, size, error.get()), error, &device_);
    busy_ = true;
  }
  void finish() {
    error_record error;
    check(device_.table->stream_synchronize(stream_, HAL_NO_TIMEOUT, error.get()), error, &device_);
    busy_ = false;
  }

 private:
  const device_state &device_;
  hal_stream *stream_;
  bool busy_ = false;
};

}  // namespace

void copy_through_host(const device_state &here, hal_stream *stream, const buffer_view &destination,
                       const buffer_view &source, std::uint64_t size) {
  if (size == 0) return;
  const bool outward = source.state() == &here;
  const device_state &there = outward ? *destination.state() : *source.state();
  const side_stream other(there);
  const std::uint64_t chunk = std::min(size, chunk_size);
  staging first(*source.state(), chunk);
  std::optional<staging> second;
  if (size > chunk) second.emplace(*source.state(), chunk);
  void *const chunks[] = {first.bytes(), second ? second->bytes() : nullptr};
  side reading(*source.state(), outward ? stream : other.handle());
  side writing(*destination.state(), outward ? other.handle() : stream);
  (outward ? reading : writing).check_usable();
  const auto part = [&](std::uint64_t at) { return std::min(chunk, size - at); };
  const auto read = [&](std::uint64_t at) {
    reading.read(chunks[at / chunk % 2], source.handle(), source.offset() + at, part(at));
  };
  // A chunk is written while the next one is read. A write from memory that its driver does not know as
  // pinned may block, so the read is under way before.
  read(0);
  for (std::uint64_t at = 0; at < size; at += chunk) {
    reading.finish();
    writing.finish();
    if (at + chunk < size) read(at + chunk);
    writing.write(destination.handle(), destination.offset() + at, chunks[at / chunk % 2], part(at));
  }
  writing.finish();
}

}  // namespace hal::detail
