// What runs the work of one queue: copies, fills and launches, spread over the compute units when that pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "plugins/host/parallel.hpp"

struct hal_device;

namespace hal::plugins::host {

class fiber_group;
struct launch_record;

// Memory for the blocks of one participant.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(scratch &&) noexcept;

  // At least `size` bytes, aligned to 64, contents undefined. Valid until the next call.
  std::byte *shared_memory(std::size_t size);
  fiber_group &fibers();

 private:
  struct aligned_delete {
    void operator()(std::byte *bytes) const noexcept;
  };

  std::unique_ptr<std::byte, aligned_delete> shared_;
  std::size_t shared_size_ = 0;
  std::unique_ptr<fiber_group> fibers_;
};

// Used by one thread, the queue's own.
class executor {
 public:
  explicit executor(hal_device &device);
  ~executor();

  // Copies bytes; correct for ranges that overlap, too.
  void copy(void *destination, const void *source, std::size_t size);
  // Repeats the low `width` bytes of `value` (1, 2 or 4), whatever the alignment of `destination`.
  void fill(void *destination, std::size_t size, std::uint32_t value, std::uint32_t width);
  // Rows of one pitch to rows of another.
  void copy_rows(std::byte *destination, std::size_t destination_pitch, const std::byte *source,
                 std::size_t source_pitch, std::size_t width, std::size_t height);
  void fill_rows(std::byte *destination, std::size_t pitch, std::size_t row_size, std::size_t height,
                 std::uint32_t value, std::uint32_t width);
  // Runs all blocks. Throws HAL_STATUS_LAUNCH_FAILED when one of them reported that it failed.
  void launch(const launch_record &launch);

  hal_device &device() const noexcept { return device_; }

 private:
  // Calls body(begin, end) for parts of 0 ... count, in parallel when `bytes` in all are worth it.
  template <typename Body>
  void split(std::size_t count, std::size_t bytes, Body &&body);

  hal_device &device_;
  parallel parallel_;
  std::vector<scratch> scratch_;
};

}  // namespace hal::plugins::host
