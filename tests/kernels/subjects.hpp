// The targets of this run, and what every test needs of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tests/kernels/elements.hpp"
#include "tests/kernels/target.hpp"

namespace kernels_test {

std::vector<std::unique_ptr<target>> &subjects();

// An array in a target's memory with a margin behind it that nothing may write to.
class array {
 public:
  // With these values.
  array(target &on, element of, std::span<const double> values);
  // For results: every byte is 0xff, a NaN to every element.
  array(target &on, element of, std::size_t count);

  const std::unique_ptr<memory> &on_device() const { return memory_; }
  // Checks the margin, too.
  std::vector<double> values() const;

 private:
  target *target_;
  element element_;
  std::size_t size_;
  std::unique_ptr<memory> memory_;
};

// The launches that the contracts in runtime/kernels/ ask for. A launch always has one group at least: every
// kernel accepts extents of 0, and a device need not accept an empty launch.
std::uint32_t groups_of(std::uint64_t count, std::uint64_t tile);

void launch(target &on, std::string_view kernel, element of, const shape &with,
            std::initializer_list<argument> arguments);

// sum, and dot when there is a y: all steps. The result is f32.
double reduce(target &on, element of, const array &x, const array *y, std::uint64_t count);
// Both passes, with as many levels as it takes.
void scan(target &on, element of, std::string_view kernel, const array &x, const array &y,
          std::uint64_t count);

}  // namespace kernels_test
