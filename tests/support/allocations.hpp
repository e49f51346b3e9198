// Counts what operator new hands out.
#pragma once

#include <cstdint>

namespace hal::test {

// Allocations by this thread since the object was made. Only in a program that links allocations.cpp, which
// replaces the global operator new.
class allocation_count {
 public:
  allocation_count() noexcept;
  std::uint64_t get() const noexcept;

 private:
  std::uint64_t before_;
};

}  // namespace hal::test
