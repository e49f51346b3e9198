#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/kernels/subjects.hpp"

using namespace kernels_test;

namespace {

template <typename Check>
void for_each_case(Check &&check) {
  struct extents {
    std::uint32_t rows, columns;
  };
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const auto [rows, columns] : {extents{0, 0},
                                         {0, 9},
                                         {3, 0},
                                         {1, 1},
                                         {4, 1},
                                         {2, 255},
                                         {3, 256},
                                         {5, 257},
                                         {3, 1000},
                                         {2, 5003}}) {
        INFO(on->name(), ", ", name_of("", of), ", ", rows, " x ", columns);
        check(*on, of, rows, columns, shape{{groups_of(rows, 1), 1, 1}, {64, 1, 1}});
      }
    }
  }
}

std::span<const double> row_of(const std::vector<double> &values, std::size_t row, std::size_t columns) {
  return std::span(values).subspan(row * columns, columns);
}

}  // namespace

TEST_CASE("softmax") {
  for_each_case([](target &on, element of, std::uint32_t rows, std::uint32_t columns, const shape &with) {
    // Exponentials of 300 overflow f32: only a stable one passes.
    auto values = random_values(of, std::size_t{rows} * columns, 290, 300);
    if (columns > 100) values[7] = -INFINITY;
    const array x(on, of, values);
    const array y(on, of, values.size());
    launch(on, "softmax", of, with, {x.on_device(), y.on_device(), rows, columns});
    expected want;
    for (std::size_t row = 0; row < rows && columns > 0; ++row) {
      const auto of_row = row_of(values, row, columns);
      const double most = std::ranges::max(of_row);
      double sum = 0;
      for (const double value : of_row) sum += std::exp(value - most);
      for (const double value : of_row) want.value.push_back(std::exp(value - most) / sum);
    }
    want.scale = want.value;
    CHECK_CLOSE(of, y.values(), want, bound_of(of));
  });
}

TEST_CASE("layer norm") {
  for_each_case([](target &on, element of, std::uint32_t rows, std::uint32_t columns, const shape &with) {
    // A mean that is large beside the deviation.
    const auto values = random_values(of, std::size_t{rows} * columns, 3, 5, 1);
    const auto weights = random_values(of, columns, -2, 2, 2);
    const auto biases = random_values(of, columns, -2, 2, 3);
    const float epsilon = 1e-5f;
    const array x(on, of, values);
    const array weight(on, of, weights);
    const array bias(on, of, biases);
    const array y(on, of, values.size());
    launch(on, "layer_norm", of, with,
           {x.on_device(), weight.on_device(), bias.on_device(), y.on_device(), rows, columns, epsilon});
    expected want;
    for (std::size_t row = 0; row < rows && columns > 0; ++row) {
      const auto of_row = row_of(values, row, columns);
      double mean = 0;
      for (const double value : of_row) mean += value / columns;
      double variance = 0;
      for (const double value : of_row) variance += (value - mean) * (value - mean) / columns;
      const double factor = 1 / std::sqrt(variance + static_cast<double>(epsilon));
      for (std::size_t c = 0; c < columns; ++c) {
        want.value.push_back((of_row[c] - mean) * factor * weights[c] + biases[c]);
        want.scale.push_back((std::fabs(of_row[c]) + std::fabs(mean)) * factor * std::fabs(weights[c]) +
                             std::fabs(biases[c]));
      }
    }
    CHECK_CLOSE(of, y.values(), want, bound_of(of));
  });
}

TEST_CASE("rms norm") {
  for_each_case([](target &on, element of, std::uint32_t rows, std::uint32_t columns, const shape &with) {
    const auto values = random_values(of, std::size_t{rows} * columns, -3, 3, 1);
    const auto weights = random_values(of, columns, -2, 2, 2);
    const float epsilon = 1e-6f;
    const array x(on, of, values);
    const array weight(on, of, weights);
    const array y(on, of, values.size());
    launch(on, "rms_norm", of, with,
           {x.on_device(), weight.on_device(), y.on_device(), rows, columns, epsilon});
    expected want;
    for (std::size_t row = 0; row < rows && columns > 0; ++row) {
      const auto of_row = row_of(values, row, columns);
      double squares = 0;
      for (const double value : of_row) squares += value * value / columns;
      const double factor = 1 / std::sqrt(squares + static_cast<double>(epsilon));
      for (std::size_t c = 0; c < columns; ++c) want.value.push_back(of_row[c] * factor * weights[c]);
    }
    want.scale = want.value;
    CHECK_CLOSE(of, y.values(), want, bound_of(of));
  });
}
