// The little that belongs to the process and not to one opening: whether a probe was made, which devices are
// open, which pages are pinned, the last reading of the machine's counters. All of it is constant at the
// start, has no destructor, and is empty again when the last device is closed.
//
// It must be shared: a closed device is recognised only by a list that outlives it, and munlock undoes every
// lock of a page in the process, whoever made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

struct hal_device;

namespace hal::plugins::host {

class queue;

void note_probe() noexcept;
bool was_probed() noexcept;

// The list of open devices. Safe from any thread.
void add_device(hal_device &device) noexcept;
// Whether the handle, which may be anything, is an open device.
bool is_open(const hal_device *device) noexcept;
// Takes a device off the list, and off the other devices' peers.
void remove_device(hal_device &device) noexcept;

// The queues of this device and of those whose kernels may use its memory.
std::vector<std::shared_ptr<queue>> queues_reaching(const hal_device &device);

// Memory that the kernel keeps in place. One of these stands for one range; ranges may overlap.
class pinned_range {
 public:
  pinned_range() = default;
  ~pinned_range() { release(); }

  pinned_range(const pinned_range &) = delete;
  pinned_range &operator=(const pinned_range &) = delete;

  // Locks the pages that hold `size` bytes at `address`. Throws HAL_STATUS_RESOURCE_EXHAUSTED with the limit
  // and its use when the limit on locked memory forbids it.
  void pin(void *address, std::size_t size);
  // Unlocks the pages that no other range needs.
  void release() noexcept;

 private:
  void unlock_alone() const noexcept;

  std::uintptr_t begin_ = 0;
  std::uintptr_t end_ = 0;
  pinned_range *next_ = nullptr;
};

// Counters of the machine at one moment; the difference of two readings is a rate.
struct machine_counters {
  std::uint64_t time = 0;  // nanoseconds; 0: no reading
  std::uint64_t busy = 0;  // ticks of all processors
  std::uint64_t total = 0;
  std::uint64_t energy = 0;  // microjoules; meaningless unless both readings have it
  bool has_energy = false;
};

// Keeps a reading and answers the one before.
machine_counters exchange_counters(const machine_counters &reading) noexcept;

}  // namespace hal::plugins::host
