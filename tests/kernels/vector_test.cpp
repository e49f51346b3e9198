#include <doctest/doctest.h>

#include <cmath>

#include "tests/kernels/subjects.hpp"

using namespace kernels_test;

namespace {

constexpr std::uint64_t counts[] = {0, 1, 63, 64, 65, 255, 256, 257, 1000, 40003};
// One that is no power of two: these kernels take any.
constexpr std::uint32_t blocks[] = {1, 96, 256};

template <typename Check>
void for_each_case(Check &&check) {
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const std::uint64_t count : counts) {
        for (const std::uint32_t block : blocks) {
          if (block == 1 && count > 256) continue;
          INFO(on->name(), ", ", name_of("", of), ", ", count, " elements in groups of ", block);
          check(*on, of, count, shape{{groups_of(count, 8 * block), 1, 1}, {block, 1, 1}});
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("copy") {
  for_each_case([](target &on, element of, std::uint64_t count, const shape &with) {
    const auto values = random_values(of, count, -100, 100);
    const array x(on, of, values);
    const array y(on, of, count);
    launch(on, "copy", of, with, {x.on_device(), y.on_device(), count});
    CHECK(y.values() == values);
  });
}

TEST_CASE("copy keeps every bit") {
  for (const auto &on : subjects()) {
    INFO(on->name());
    const auto values = std::vector<double>{0.0, -0.0, INFINITY, -INFINITY, 0x1p-24};
    const array x(*on, element::f16, values);
    const array y(*on, element::f16, values.size());
    launch(*on, "copy", element::f16, {{1, 1, 1}, {64, 1, 1}},
           {x.on_device(), y.on_device(), std::uint64_t{values.size()}});
    CHECK(encode(element::f16, y.values()) == encode(element::f16, values));
  }
}

TEST_CASE("fill") {
  for_each_case([](target &on, element of, std::uint64_t count, const shape &with) {
    const array y(on, of, count);
    launch(on, "fill", of, with, {0.1f, y.on_device(), count});
    const std::vector<double> tenth(count, static_cast<double>(0.1f));
    CHECK(y.values() == decode(of, encode(of, tenth)));
  });
}

TEST_CASE("axpy") {
  for_each_case([](target &on, element of, std::uint64_t count, const shape &with) {
    const auto x_values = random_values(of, count, -10, 10, 1);
    const auto y_values = random_values(of, count, -10, 10, 2);
    const float a = 1.7f;
    const array x(on, of, x_values);
    const array y(on, of, y_values);
    launch(on, "axpy", of, with, {a, x.on_device(), y.on_device(), count});
    expected want;
    for (std::size_t i = 0; i < count; ++i) {
      const double product = static_cast<double>(a) * x_values[i];
      want.value.push_back(product + y_values[i]);
      want.scale.push_back(std::fabs(product) + std::fabs(y_values[i]));
    }
    CHECK_CLOSE(of, y.values(), want, bound_of(of));
  });
}
