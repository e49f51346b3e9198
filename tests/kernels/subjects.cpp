#include "tests/kernels/subjects.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace kernels_test {
namespace {

constexpr std::size_t margin = 64;
constexpr std::uint64_t reduce_tile = 4096;
constexpr std::uint64_t scan_tile = 1024;

}  // namespace

std::vector<std::unique_ptr<target>> &subjects() {
  static std::vector<std::unique_ptr<target>> all;
  return all;
}

array::array(target &on, element of, std::span<const double> values)
    : target_(&on), element_(of), size_(values.size() * size_of(of)), memory_(on.allocate(size_ + margin)) {
  std::vector<std::byte> bytes = encode(of, values);
  bytes.resize(size_ + margin, std::byte{0xff});
  on.write(*memory_, bytes);
}

array::array(target &on, element of, std::size_t count)
    : target_(&on), element_(of), size_(count * size_of(of)), memory_(on.allocate(size_ + margin)) {
  on.write(*memory_, std::vector(size_ + margin, std::byte{0xff}));
}

std::vector<double> array::values() const {
  std::vector<std::byte> bytes(size_ + margin);
  target_->read(*memory_, bytes);
  const auto behind = std::span(bytes).subspan(size_);
  CHECK_MESSAGE(std::ranges::all_of(behind, [](std::byte one) { return one == std::byte{0xff}; }),
                "something was written behind the array");
  return decode(element_, std::span(bytes).first(size_));
}

std::uint32_t groups_of(std::uint64_t count, std::uint64_t tile) {
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (count + tile - 1) / tile));
}

void launch(target &on, std::string_view kernel, element of, const shape &with,
            std::initializer_list<argument> arguments) {
  on.launch(name_of(kernel, of), with, std::span(arguments.begin(), arguments.size()));
}

double reduce(target &on, element of, const array &x, const array *y, std::uint64_t count) {
  std::uint32_t groups = groups_of(count, reduce_tile);
  array partial(on, element::f32, groups);
  if (y != nullptr) {
    launch(on, "dot", of, {{groups, 1, 1}, {64, 1, 1}},
           {x.on_device(), y->on_device(), partial.on_device(), count});
  } else {
    launch(on, "sum", of, {{groups, 1, 1}, {64, 1, 1}}, {x.on_device(), partial.on_device(), count});
  }
  while (groups > 1) {
    const std::uint64_t before = groups;
    groups = groups_of(before, reduce_tile);
    array next(on, element::f32, groups);
    launch(on, "sum", element::f32, {{groups, 1, 1}, {64, 1, 1}},
           {partial.on_device(), next.on_device(), before});
    on.synchronize();
    partial = std::move(next);
  }
  return partial.values().front();
}

void scan(target &on, element of, std::string_view kernel, const array &x, const array &y,
          std::uint64_t count) {
  const std::uint32_t groups = groups_of(count, scan_tile);
  const array totals(on, element::f32, groups);
  const shape with{{groups, 1, 1}, {64, 1, 1}};
  launch(on, kernel, of, with, {x.on_device(), y.on_device(), totals.on_device(), count});
  if (groups > 1) {
    const array offsets(on, element::f32, groups);
    scan(on, element::f32, "exclusive_scan", totals, offsets, groups);
    launch(on, "add_offsets", of, with, {y.on_device(), offsets.on_device(), count});
    on.synchronize();
  }
}

}  // namespace kernels_test
