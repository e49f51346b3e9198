// Accounts and addresses of the stand-in's memory. All of it under the world's lock.
#pragma once

#include <algorithm>

#include "tests/sim/cuda/world.hpp"

namespace sim {

// False when the device has not that much left. Host memory is not counted.
bool take_device_memory(int device, owner made_by, std::size_t size);
void give_device_memory(int device, owner made_by, std::size_t size);
// Frees what a context that ends still has.
void release_allocations(driver::context ended);
// cuMemFree of a mapped import.
result unmap_external(std::uint64_t address);

}  // namespace sim
