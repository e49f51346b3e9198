// Device memory: the owner, a view of a part, and a mapping for the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "hal/detail/device_state.hpp"

namespace hal {

class buffer;

enum class memory_kind : std::uint32_t {
  device = HAL_MEMORY_DEVICE,  // the host reaches it by copies
  host = HAL_MEMORY_HOST,      // pinned, visible to the device
  shared = HAL_MEMORY_SHARED,  // one address for both sides; the driver moves the pages
};

// How memory is allocated.
struct memory_options {
  memory_kind kind = memory_kind::device;
  std::uint64_t alignment = 0;  // a power of two; 0: the device's own
  bool exportable = false;      // export_handle will be called, of any kind the device exports this way
  // export_handle will be called of these kinds and no other (HAL_MEMORY_EXPORT_*), instead of `exportable`;
  // the features memory_export_fd, _dma_buf, _ipc say which there are.
  std::uint32_t export_kinds = 0;
};

// A range of a buffer. Cheap to copy; does not keep the buffer alive.
class buffer_view {
 public:
  buffer_view(
      const buffer &whole) noexcept;  // NOLINT(google-explicit-constructor): a buffer is a view of itself
  buffer_view(const detail::device_state &device, hal_memory *memory, std::uint64_t offset,
              std::uint64_t size) noexcept
      : device_(&device), memory_(memory), offset_(offset), size_(size) {}

  std::uint64_t size() const noexcept { return size_; }
  std::uint64_t offset() const noexcept { return offset_; }
  hal_memory *handle() const noexcept { return memory_; }
  const detail::device_state *state() const noexcept { return device_; }

  // A part of this view. Throws out_of_range when it reaches beyond it.
  buffer_view part(std::uint64_t offset, std::uint64_t size) const;

 private:
  const detail::device_state *device_;
  hal_memory *memory_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

// The host's access to a range of a buffer, for as long as it lives. The device does not write the range
// meanwhile.
class mapping {
 public:
  mapping(std::shared_ptr<const detail::device_state> device, hal_memory *memory,
          std::span<std::byte> bytes) noexcept
      : device_(std::move(device)), memory_(memory), bytes_(bytes) {}
  mapping(mapping &&other) noexcept
      : device_(std::move(other.device_)),
        memory_(std::exchange(other.memory_, nullptr)),
        bytes_(std::exchange(other.bytes_, {})) {}
  mapping &operator=(mapping &&other) noexcept {
    mapping(std::move(other)).swap(*this);
    return *this;
  }
  ~mapping();

  std::span<std::byte> bytes() const noexcept { return bytes_; }
  template <typename Value>
  requires std::is_trivially_copyable_v<Value> std::span<Value> as()
  const noexcept { return {reinterpret_cast<Value *>(bytes_.data()), bytes_.size() / sizeof(Value)}; }

  void swap(mapping &other) noexcept {
    std::swap(device_, other.device_);
    std::swap(memory_, other.memory_);
    std::swap(bytes_, other.bytes_);
  }

 private:
  std::shared_ptr<const detail::device_state> device_;
  hal_memory *memory_;
  std::span<std::byte> bytes_;
};

// A handle through which another process or driver reaches a buffer. Owns its file descriptor, if it has one.
class external_handle {
 public:
  explicit external_handle(const hal_external_handle &record) noexcept : record_(record) {}
  external_handle(external_handle &&other) noexcept : record_(other.record_) { other.record_.fd = -1; }
  external_handle &operator=(external_handle &&other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  ~external_handle();

  const hal_external_handle &record() const noexcept { return record_; }

 private:
  hal_external_handle record_;
};

// Owns memory. Moves, never copies: a copy of device memory is a stream operation. Freed on destruction,
// after the work that uses it has finished, so the destructor may block; stream::free does not.
class buffer {
 public:
  buffer() = default;
  // Takes over a handle of that device, as from memory_allocate.
  buffer(std::shared_ptr<const detail::device_state> device, hal_memory *memory) noexcept
      : device_(std::move(device)), memory_(memory) {}
  buffer(buffer &&other) noexcept
      : device_(std::move(other.device_)), memory_(std::exchange(other.memory_, nullptr)) {}
  buffer &operator=(buffer &&other) noexcept {
    buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~buffer();

  explicit operator bool() const noexcept { return memory_ != nullptr; }
  std::uint64_t size() const noexcept { return memory_ == nullptr ? 0 : memory_->size; }
  // On the device; 0 where its API has no addresses.
  std::uint64_t address() const noexcept { return memory_ == nullptr ? 0 : memory_->address; }
  memory_kind kind() const noexcept {
    return memory_ == nullptr ? memory_kind::device : static_cast<memory_kind>(memory_->kind);
  }
  // Where the host reads and writes it; empty for device memory, which is copied or mapped.
  std::span<std::byte> host_bytes() const noexcept {
    if (memory_ == nullptr || memory_->host == nullptr) return {};
    return {static_cast<std::byte *>(memory_->host), static_cast<std::size_t>(memory_->size)};
  }
  template <typename Value>
  requires std::is_trivially_copyable_v<Value> std::span<Value> host_span()
  const noexcept {
    const auto bytes = host_bytes();
    return {reinterpret_cast<Value *>(bytes.data()), bytes.size() / sizeof(Value)};
  }

  // Throws out_of_range when it reaches beyond the buffer.
  buffer_view part(std::uint64_t offset, std::uint64_t size) const {
    return buffer_view(*this).part(offset, size);
  }
  // A part as a buffer of its own, for kernel arguments. Dies before this one.
  buffer slice(std::uint64_t offset, std::uint64_t size) const;
  mapping map(std::uint64_t offset, std::uint64_t size) const;
  mapping map() const { return map(0, size()); }
  external_handle export_handle(hal_external_kind kind) const;

  hal_memory *handle() const noexcept { return memory_; }
  const std::shared_ptr<const detail::device_state> &state() const noexcept { return device_; }
  // Gives up ownership without freeing.
  hal_memory *release() noexcept { return std::exchange(memory_, nullptr); }

  void swap(buffer &other) noexcept {
    std::swap(device_, other.device_);
    std::swap(memory_, other.memory_);
  }

 private:
  std::shared_ptr<const detail::device_state> device_;
  hal_memory *memory_ = nullptr;
};

inline buffer_view::buffer_view(const buffer &whole) noexcept
    : device_(whole.state().get()), memory_(whole.handle()), offset_(0), size_(whole.size()) {}

}  // namespace hal
