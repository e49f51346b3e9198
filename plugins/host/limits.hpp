// The figures that this plugin chooses, because a CPU sets none.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hal::plugins::host {

// Blocks as large as on GPUs, so that what runs here runs there.
inline constexpr std::uint32_t max_block_items = 1024;
inline constexpr std::uint32_t max_block[3] = {1024, 1024, 1024};
// The number of blocks fits into 64 bits.
inline constexpr std::uint32_t max_grid[3] = {2147483647, 65535, 65535};
inline constexpr std::uint32_t max_arguments_size = 4096;
// Static, dynamic and that of arguments together; stays within a core's own cache on common machines.
inline constexpr std::uint64_t max_shared_memory = std::uint64_t{256} << 10;
// Of values among arguments and of a block's shared memory.
inline constexpr std::uint32_t max_value_alignment = 64;
inline constexpr std::uint32_t allocation_alignment = 256;

}  // namespace hal::plugins::host
