#include <doctest/doctest.h>

#include <cmath>

#include "tests/kernels/subjects.hpp"

using namespace kernels_test;

namespace {

// Across the edges of items, groups and steps; the last one needs three steps.
constexpr std::uint64_t counts[] = {0, 1, 2, 255, 256, 257, 4095, 4096, 4097, 10007, 100003};
constexpr std::uint64_t scan_counts[] = {0, 1, 2, 255, 257, 1023, 1024, 1025, 5000};
constexpr std::uint64_t three_levels = 1024 * 1024 + 1;

}  // namespace

TEST_CASE("sum and dot") {
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const std::uint64_t count : counts) {
        INFO(on->name(), ", ", name_of("", of), ", ", count, " elements");
        const auto x_values = random_values(of, count, -10, 10, 1);
        const auto y_values = random_values(of, count, -10, 10, 2);
        const array x(*on, of, x_values);
        const array y(*on, of, y_values);
        expected sum{{0.0}, {0.0}};
        expected dot{{0.0}, {0.0}};
        for (std::size_t i = 0; i < count; ++i) {
          sum.value[0] += x_values[i];
          sum.scale[0] += std::fabs(x_values[i]);
          dot.value[0] += x_values[i] * y_values[i];
          dot.scale[0] += std::fabs(x_values[i] * y_values[i]);
        }
        // The result is f32 for both elements.
        const std::vector<double> sums{reduce(*on, of, x, nullptr, count)};
        CHECK_CLOSE(element::f32, sums, sum, bound_of(element::f32));
        CHECK_CLOSE(element::f32, (std::vector<double>{reduce(*on, of, x, &y, count)}), dot,
                    bound_of(element::f32));
        CHECK(reduce(*on, of, x, nullptr, count) == sums[0]);  // the same bits in every run
      }
    }
  }
}

namespace {

void check_scan(target &on, element of, bool inclusive, std::uint64_t count) {
  INFO(on.name(), ", ", name_of("", of), ", ", count, " elements");
  // Small enough for the largest f16.
  const double most = of == element::f16 ? 2 : 10;
  const auto values = random_values(of, count, -most, most);
  const array x(on, of, values);
  const array y(on, of, count);
  scan(on, of, inclusive ? "inclusive_scan" : "exclusive_scan", x, y, count);
  expected want;
  double sum = 0;
  double scale = 0;
  for (const double value : values) {
    if (!inclusive) want.value.push_back(sum);
    if (!inclusive) want.scale.push_back(scale);
    sum += value;
    scale += std::fabs(value);
    if (inclusive) want.value.push_back(sum);
    if (inclusive) want.scale.push_back(scale);
  }
  CHECK_CLOSE(of, y.values(), want, bound_of(of, 2));
}

}  // namespace

TEST_CASE("inclusive and exclusive scan") {
  for (const auto &on : subjects()) {
    for (const bool inclusive : {true, false}) {
      for (const element of : elements) {
        for (const std::uint64_t count : scan_counts) check_scan(*on, of, inclusive, count);
      }
      check_scan(*on, element::f32, inclusive, three_levels);
    }
  }
}

TEST_CASE("histogram") {
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const std::uint64_t count : {0, 1, 255, 1000, 16384, 50001}) {
        for (const std::uint32_t bins : {1u, 7u, 256u, 1024u}) {
          INFO(on->name(), ", ", name_of("", of), ", ", count, " elements, ", bins, " bins");
          // Whole numbers of 1/256 and a scale that is a power of two: every product is exact, so that no
          // value lies on the other side of a bin's edge. Some lie below the first bin, some above the last.
          auto values = random_values(of, count, -1.25, 1.25);
          for (double &value : values) value = std::floor(value * 256) / 256;
          if (count > 100) values[50] = NAN;
          const float low = -1;
          const float scale = bins == 1 ? 0.5f : bins == 7 ? 4.0f : static_cast<float>(bins) / 2;
          const array x(*on, of, values);
          const auto memory = on->allocate(bins * sizeof(std::uint32_t));
          std::vector<std::uint32_t> counted(bins);
          on->write(*memory, std::as_bytes(std::span(counted)));
          launch(*on, "histogram", of, {{groups_of(count, 16384), 1, 1}, {256, 1, 1}},
                 {x.on_device(), memory, count, low, scale, bins});
          on->read(*memory, std::as_writable_bytes(std::span(counted)));
          std::vector<std::uint32_t> want(bins);
          for (const double value : values) {
            const double place = (value + 1) * static_cast<double>(scale);
            if (place >= 0 && place < bins) ++want[static_cast<std::size_t>(place)];
          }
          CHECK(counted == want);
        }
      }
    }
  }
}
