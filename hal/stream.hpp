// Streams: in-order queues of work on a device. The hot calls are here, inline: one indirect call into the
// plugin each.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

#include "hal/event.hpp"
#include "hal/graph.hpp"
#include "hal/launch.hpp"
#include "hal/memory.hpp"
#include "hal/module.hpp"

namespace hal {

struct stream_options {
  int priority = 0;  // negative is more urgent; cut to what the device has
};

// A rectangle of bytes for stream::copy_2d.
struct rectangle {
  std::uint64_t width = 0;   // bytes of a row
  std::uint64_t height = 0;  // rows
};

namespace detail {

// Contiguous host memory of trivially copyable elements: vectors, arrays, spans.
template <typename Range>
concept host_range = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>;

template <typename Range>
concept writable_host_range =
    host_range<Range> && !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Range>>>;

template <host_range Range>
std::uint64_t byte_size(const Range &range) noexcept {
  return std::uint64_t{std::ranges::size(range)} * sizeof(std::ranges::range_value_t<Range>);
}

// Copies between memories of two devices, in order of `stream`: by the plugin when both are its own,
// otherwise through the host, and then it returns when the copy is done.
void copy_across(const std::shared_ptr<const device_state> &device, hal_stream *stream,
                 const buffer_view &destination, const buffer_view &source, std::uint64_t size);
[[noreturn]] void raise_size_mismatch(const char *operation, std::uint64_t given, std::uint64_t room,
                                      const device_state *device);

}  // namespace detail

// Used by one thread at a time. Moves, never copies. Destruction waits for the submitted work.
//
// Submissions return at once; host memory given to a copy is left alone until the stream is past it. When
// work fails later, the next call on the device throws, and so does every call after it.
class stream {
 public:
  stream() = default;
  stream(std::shared_ptr<const detail::device_state> device, hal_stream *handle) noexcept
      : table_(device->table), handle_(handle), device_(std::move(device)) {}
  stream(stream &&other) noexcept
      : table_(std::exchange(other.table_, &detail::empty_table)),
        handle_(std::exchange(other.handle_, nullptr)),
        device_(std::move(other.device_)) {}
  stream &operator=(stream &&other) noexcept {
    stream(std::move(other)).swap(*this);
    return *this;
  }
  ~stream();

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  // Runs a kernel. Arguments are buffers, shared_memory, and trivially copyable values of exactly the
  // kernel's types.
  template <detail::kernel_argument... Arguments>
  void launch(const kernel &function, const launch_shape &shape, const Arguments &...arguments) {
    // One element more than needed: an array of none is no array.
    void *const pointers[sizeof...(Arguments) + 1] = {detail::argument_pointer(arguments)..., nullptr};
    const hal_argument types[sizeof...(Arguments) + 1] = {detail::argument_type(arguments)...,
                                                          hal_argument{}};
    const hal_launch record{
        .struct_size = sizeof(hal_launch),
        .flags = shape.cooperative ? std::uint32_t{HAL_LAUNCH_COOPERATIVE} : 0u,
        .grid = {shape.grid.x, shape.grid.y, shape.grid.z},
        .block = {shape.block.x, shape.block.y, shape.block.z},
        .dynamic_shared_memory = shape.dynamic_shared_memory,
        .argument_count = sizeof...(Arguments),
        .reserved = 0,
        .arguments = pointers,
        .argument_types = types,
    };
    launch_record(function, record);
  }

  // The same with a record made by hand. Not an overload: `{.grid = 1, .block = 1}` would fit both.
  void launch_record(const kernel &function, const hal_launch &record) {
    detail::error_record error;
    detail::check(table_->launch(handle_, function.handle(), &record, error.get()), error, device_.get());
  }

  void launch(const graph_executable &work) {
    detail::error_record error;
    detail::check(table_->graph_launch(work.handle(), handle_, error.get()), error, device_.get());
  }

  // Host to device: all of `source`, to the beginning of `destination`.
  template <detail::host_range Range>
  void copy(const buffer_view &destination, const Range &source) {
    const std::uint64_t size = detail::byte_size(source);
    if (size > destination.size()) [[unlikely]] {
      detail::raise_size_mismatch("copy to the device", size, destination.size(), device_.get());
    }
    copy_to_device(destination, std::ranges::data(source), size);
  }

  // Device to host: the beginning of `source`, to all of `destination`.
  template <detail::writable_host_range Range>
  void copy(Range &&destination, const buffer_view &source) {
    const std::uint64_t size = detail::byte_size(destination);
    if (size > source.size()) [[unlikely]] {
      detail::raise_size_mismatch("copy to the host", size, source.size(), device_.get());
    }
    copy_to_host(std::ranges::data(destination), source, size);
  }

  // All of `source` to the beginning of `destination`; both may be any device's, this stream's is one of
  // them.
  void copy(const buffer_view &destination, const buffer_view &source) {
    if (source.size() > destination.size()) [[unlikely]] {
      detail::raise_size_mismatch("copy", source.size(), destination.size(), device_.get());
    }
    if (source.state() == device_.get() && destination.state() == device_.get()) [[likely]] {
      detail::error_record error;
      detail::check(table_->copy(handle_, destination.handle(), destination.offset(), source.handle(),
                                 source.offset(), source.size(), error.get()),
                    error, device_.get());
    } else {
      detail::copy_across(device_, handle_, destination, source, source.size());
    }
  }

  // The same with raw pointers: `size` bytes from or to the beginning of the view.
  void copy_to_device(const buffer_view &destination, const void *source, std::uint64_t size) {
    detail::error_record error;
    detail::check(table_->copy_to_device(handle_, destination.handle(), destination.offset(), source, size,
                                         error.get()),
                  error, device_.get());
  }
  void copy_to_host(void *destination, const buffer_view &source, std::uint64_t size) {
    detail::error_record error;
    detail::check(
        table_->copy_to_host(handle_, destination, source.handle(), source.offset(), size, error.get()),
        error, device_.get());
  }

  // Rows between any two of this device's memory and the host's.
  void copy_2d(const hal_rectangle &destination, const hal_rectangle &source, rectangle size) {
    const hal_copy_2d record{.struct_size = sizeof(hal_copy_2d),
                             .reserved = 0,
                             .destination = destination,
                             .source = source,
                             .width = size.width,
                             .height = size.height};
    detail::error_record error;
    detail::check(table_->copy_2d(handle_, &record, error.get()), error, device_.get());
  }

  // Repeats a value of 1, 2 or 4 bytes over all of `destination`.
  template <typename Value>
  requires(std::is_trivially_copyable_v<Value> &&
           (sizeof(Value) == 1 || sizeof(Value) == 2 ||
            sizeof(Value) == 4)) void fill(const buffer_view &destination, Value value) {
    using bits = std::conditional_t<sizeof(Value) == 1, std::uint8_t,
                                    std::conditional_t<sizeof(Value) == 2, std::uint16_t, std::uint32_t>>;
    detail::error_record error;
    detail::check(table_->fill(handle_, destination.handle(), destination.offset(), destination.size(),
                               std::bit_cast<bits>(value), sizeof(Value), error.get()),
                  error, device_.get());
  }

  // The event now stands for everything submitted so far.
  void record(const event &mark) {
    detail::error_record error;
    detail::check(table_->event_record(mark.handle(), handle_, error.get()), error, device_.get());
  }

  // Work submitted from here on runs after what the event stands for now.
  void wait(const event &mark) {
    detail::error_record error;
    detail::check(table_->stream_wait_event(handle_, mark.handle(), error.get()), error, device_.get());
  }

  // Calls function(user) on a thread of the plugin's, in stream order. It must not call into the HAL.
  void call(hal_host_function function, void *user) {
    detail::error_record error;
    detail::check(table_->stream_host_function(handle_, function, user, error.get()), error, device_.get());
  }

  // Stream-ordered: usable by work submitted after this.
  buffer allocate(std::uint64_t size);
  // Stream-ordered: gone once the stream gets here. Does not block, unlike the buffer's destructor.
  void free(buffer &&memory);

  // Everything that `work` submits to this stream is recorded instead of run.
  template <std::invocable<stream &> Work>
  graph capture(Work &&work) {
    begin_capture();
    try {
      std::forward<Work>(work)(*this);
    } catch (...) {
      discard_capture();
      throw;
    }
    return end_capture();
  }

  // Whether everything submitted has finished. Throws when the device failed.
  bool idle() const {
    detail::error_record error;
    const hal_status status = table_->stream_query(handle_, error.get());
    if (status == HAL_STATUS_NOT_READY) return false;
    detail::check(status, error, device_.get());
    return true;
  }

  void synchronize() {
    detail::error_record error;
    detail::check(table_->stream_synchronize(handle_, HAL_NO_TIMEOUT, error.get()), error, device_.get());
  }

  // Whether everything submitted finished in time.
  template <typename Rep, typename Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) {
    detail::error_record error;
    const hal_status status = table_->stream_synchronize(handle_, detail::timeout_of(timeout), error.get());
    if (status == HAL_STATUS_TIMED_OUT) return false;
    detail::check(status, error, device_.get());
    return true;
  }

  hal_stream *handle() const noexcept { return handle_; }

  void swap(stream &other) noexcept {
    std::swap(table_, other.table_);
    std::swap(handle_, other.handle_);
    std::swap(device_, other.device_);
  }

 private:
  void begin_capture();
  graph end_capture();
  void discard_capture() noexcept;

  const hal_device_table *table_ = &detail::empty_table;
  hal_stream *handle_ = nullptr;
  std::shared_ptr<const detail::device_state> device_;
};

}  // namespace hal
