// The memory of a stand-in's devices: host memory, within the limit of each device. All of it under the lock
// of common/queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace sim {

enum class owner { device, pool, host, managed, registered, external };

struct allocation {
  owner made_by = owner::device;
  std::size_t size = 0;
  int device = 0;
  int descriptor = -1;  // of an anonymous file whose pages it is; -1: it is on the heap
};

class memory_book {
 public:
  // One limit for each device.
  void open(std::vector<std::uint64_t> limits) {
    limits_ = std::move(limits);
    used_.assign(limits_.size(), 0);
  }

  // 0 when the device, or the machine, has not that much left. Host memory is not counted.
  std::uint64_t allocate(int device, owner made_by, std::size_t size);
  // The same as pages of an anonymous file, which can be shared.
  std::uint64_t allocate_shared(int device, std::size_t size);
  // Maps the pages of such a file, which somebody else may have made; 0 when it is none or has fewer.
  std::uint64_t import(int device, int descriptor, std::size_t size);
  // Takes note of memory that is somebody else's.
  void note(std::uint64_t address, const allocation &what) { all_.emplace(address, what); }
  // Gives back what `allocate` and its kin made and forgets what was noted; false when nothing begins there.
  bool release(std::uint64_t address);

  // The allocation that holds the whole range; NULL when none does.
  const allocation *find(std::uint64_t address, std::uint64_t size, std::uint64_t *base = nullptr) const;
  std::uint64_t free_of(int device) const {
    const auto index = static_cast<std::size_t>(device);
    return limits_[index] - used_[index];
  }
  std::size_t count() const { return all_.size(); }

 private:
  bool take(int device, owner made_by, std::size_t size);

  std::vector<std::uint64_t> limits_, used_;
  std::map<std::uint64_t, allocation> all_;
};

// Size of a file that allocate_shared made; 0 for any other descriptor.
std::size_t shared_size(int descriptor);

}  // namespace sim
