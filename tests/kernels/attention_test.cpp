#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/kernels/subjects.hpp"

using namespace kernels_test;

namespace {

struct extents {
  std::uint32_t queries, keys, depth;
};

expected attention(const std::vector<double> &q, const std::vector<double> &k, const std::vector<double> &v,
                   const extents &of, double scale, bool causal) {
  expected want;
  for (std::size_t i = 0; i < of.queries; ++i) {
    std::vector<double> scores;
    for (std::size_t j = 0; j < of.keys; ++j) {
      if (causal && j + of.queries > i + of.keys) break;
      double score = 0;
      for (std::size_t c = 0; c < of.depth; ++c) score += q[i * of.depth + c] * k[j * of.depth + c];
      scores.push_back(score * scale);
    }
    const double most = scores.empty() ? 0 : std::ranges::max(scores);
    double sum = 0;
    for (double &score : scores) sum += score = std::exp(score - most);
    for (std::size_t c = 0; c < of.depth; ++c) {
      double value = 0;
      double magnitude = 0;
      for (std::size_t j = 0; j < scores.size(); ++j) {
        value += scores[j] / sum * v[j * of.depth + c];
        magnitude += scores[j] / sum * std::fabs(v[j * of.depth + c]);
      }
      want.value.push_back(value);
      want.scale.push_back(magnitude);
    }
  }
  return want;
}

}  // namespace

TEST_CASE("attention") {
  for (const auto &on : subjects()) {
    for (const element of : elements) {
      for (const extents &size : {extents{0, 0, 0},
                                  {0, 5, 8},
                                  {5, 0, 8},
                                  {1, 1, 1},
                                  {3, 2, 1},
                                  {16, 16, 16},
                                  {17, 33, 40},
                                  {40, 100, 128},
                                  {100, 40, 64},
                                  {33, 33, 17}}) {
        for (const std::uint32_t causal : {0u, 1u}) {
          INFO(on->name(), ", ", name_of("", of), ", ", size.queries, " queries, ", size.keys,
               " keys, depth ", size.depth, causal ? ", causal" : "");
          // Large enough for scores that rescale the sums on the way.
          const auto q = random_values(of, std::size_t{size.queries} * size.depth, -3, 3, 1);
          const auto k = random_values(of, std::size_t{size.keys} * size.depth, -3, 3, 2);
          const auto v = random_values(of, std::size_t{size.keys} * size.depth, -1, 1, 3);
          const float scale = 1.0f / std::sqrt(static_cast<float>(std::max(size.depth, 1u)));
          const array q_array(*on, of, q);
          const array k_array(*on, of, k);
          const array v_array(*on, of, v);
          const array out(*on, of, q.size());
          launch(*on, "attention", of, {{groups_of(size.queries, 16), 1, 1}, {4, 16, 1}},
                 {q_array.on_device(), k_array.on_device(), v_array.on_device(), out.on_device(),
                  size.queries, size.keys, size.depth, scale, causal});
          CHECK_CLOSE(of, out.values(), attention(q, k, v, size, static_cast<double>(scale), causal != 0),
                      bound_of(of));
        }
      }
    }
  }
}
