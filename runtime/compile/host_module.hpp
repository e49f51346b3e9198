// The C part of a module for a CPU: the functions that kernels call, and the table of the kernels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/bundle.hpp"

namespace hal::rt {

struct host_kernel {
  bundle_kernel told;
  bool uses_barrier = false;
  std::uint64_t static_shared_memory = 0;
};

// In the order of the kernels in the text that host_entries() got.
std::string host_module(const std::vector<host_kernel> &kernels);

// Built-in functions after which all items of a block are at the same place.
bool is_barrier(std::string_view mangled) noexcept;

}  // namespace hal::rt
