// Launches: checked and copied when they are submitted, run block by block on all compute units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "plugins/host/executor.hpp"
#include "plugins/host/kernel.hpp"
#include "plugins/host/memory.hpp"

namespace hal::plugins::host {

// A launch whose arguments are copied. The pointers go into storage that lives as long as the record.
struct launch_record {
  hal_kernel *kernel = nullptr;
  std::uint32_t grid[3] = {};
  std::uint32_t block[3] = {};
  std::uint64_t dynamic_shared_memory = 0;
  std::uint64_t shared_size = 0;  // of a block in all
  void **arguments = nullptr;     // as hal_native_block.arguments, but for shared ones
  memory **used = nullptr;        // kernel->memory_count of them
  std::uint64_t *shared_offsets = nullptr;

  std::uint64_t blocks() const noexcept { return std::uint64_t{grid[0]} * grid[1] * grid[2]; }
  std::uint32_t items() const noexcept { return block[0] * block[1] * block[2]; }

  // Work in flight keeps the memory and the module.
  void hold() const noexcept;
  void release() const noexcept;
  void run(executor &on) const { on.launch(*this); }
};

// Bytes as aligned as values among arguments can ask for.
class launch_storage {
 public:
  explicit launch_storage(std::size_t size);
  std::byte *bytes() const noexcept { return bytes_.get(); }

 private:
  struct aligned_delete {
    void operator()(std::byte *bytes) const noexcept;
  };
  std::unique_ptr<std::byte, aligned_delete> bytes_;
};

// A launch in a recording: a record and its storage.
struct recorded_launch {
  launch_record record;
  launch_storage storage;
};

// Table entry; the contract is hal/abi/device.h.
struct launch_entries {
  static void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch);
};

}  // namespace hal::plugins::host
