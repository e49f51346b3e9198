#include <doctest/doctest.h>

#include <cmath>

#include "tests/kernels/subjects.hpp"

using namespace kernels_test;

TEST_CASE("transpose") {
  struct extents {
    std::uint32_t rows, columns;
  };
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const auto [rows, columns] : {extents{0, 0},
                                         {0, 5},
                                         {5, 0},
                                         {1, 1},
                                         {1, 100},
                                         {100, 1},
                                         {32, 32},
                                         {33, 31},
                                         {64, 96},
                                         {100, 70},
                                         {129, 257}}) {
        INFO(on->name(), ", ", name_of("", of), ", ", rows, " x ", columns);
        const auto values = random_values(of, std::size_t{rows} * columns, -100, 100);
        const array x(*on, of, values);
        const array y(*on, of, values.size());
        launch(*on, "transpose", of, {{groups_of(columns, 64), groups_of(rows, 64), 1}, {8, 8, 1}},
               {x.on_device(), y.on_device(), rows, columns});
        std::vector<double> want(values.size());
        for (std::size_t r = 0; r < rows; ++r) {
          for (std::size_t c = 0; c < columns; ++c) want[c * rows + r] = values[r * columns + c];
        }
        CHECK(y.values() == want);
      }
    }
  }
}

TEST_CASE("matmul") {
  struct extents {
    std::uint32_t m, n, k;
  };
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const auto [m, n, k] : {extents{0, 0, 0},
                                   {0, 5, 3},
                                   {5, 0, 3},
                                   {3, 5, 0},
                                   {1, 1, 1},
                                   {1, 33, 7},
                                   {33, 1, 64},
                                   {8, 8, 8},
                                   {32, 32, 32},
                                   {33, 31, 65},
                                   {64, 96, 128},
                                   {70, 101, 50},
                                   {17, 40, 300}}) {
        INFO(on->name(), ", ", name_of("", of), ", ", m, " x ", n, " x ", k);
        const auto a_values = random_values(of, std::size_t{m} * k, -1, 1, 1);
        const auto b_values = random_values(of, std::size_t{k} * n, -1, 1, 2);
        const array a(*on, of, a_values);
        const array b(*on, of, b_values);
        const array c(*on, of, std::size_t{m} * n);
        launch(*on, "matmul", of, {{groups_of(n, 64), groups_of(m, 64), 1}, {8, 8, 1}},
               {a.on_device(), b.on_device(), c.on_device(), m, n, k});
        expected want;
        for (std::size_t row = 0; row < m; ++row) {
          for (std::size_t column = 0; column < n; ++column) {
            double sum = 0;
            double scale = 0;
            for (std::size_t i = 0; i < k; ++i) {
              const double product = a_values[row * k + i] * b_values[i * n + column];
              sum += product;
              scale += std::fabs(product);
            }
            want.value.push_back(sum);
            want.scale.push_back(scale);
          }
        }
        CHECK_CLOSE(of, c.values(), want, bound_of(of));
      }
    }
  }
}
