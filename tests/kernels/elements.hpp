// Arrays of either element, as doubles on this side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kernels_test {

enum class element { f32, f16 };
constexpr element elements[] = {element::f32, element::f16};

constexpr std::size_t size_of(element of) {
  return of == element::f32 ? 4 : 2;
}
// copy -> copy_f32.
std::string name_of(std::string_view kernel, element of);

std::vector<std::byte> encode(element of, std::span<const double> values);
std::vector<double> decode(element of, std::span<const std::byte> bytes);

// Numbers that the element holds exactly, evenly spread over [low, high]; the same in every run for a seed.
std::vector<double> random_values(element of, std::size_t count, double low, double high,
                                  std::uint32_t seed = 1);

// What a kernel should give. An element's error is |got - value| / scale.
struct expected {
  std::vector<double> value;
  // The sum of the magnitudes of the terms that make the element, so that a sum near 0 is not asked for
  // digits that its terms do not have; for products and quotients the value's own magnitude.
  std::vector<double> scale;
};

// The bound of that error: 1e-5 for f32. Elements stored as f16 are rounded besides: by 2^-11 for each time.
double bound_of(element of, int roundings = 1);

// The largest error, and where; scales below the element's smallest normal number count as that.
struct deviation {
  double error = 0;
  std::size_t index = 0;
  std::string text;
};
deviation deviation_of(element of, std::span<const double> got, const expected &want);

}  // namespace kernels_test

// Checks the result of a kernel; says the worst element.
#define CHECK_CLOSE(of, got, want, bound)                                         \
  do {                                                                            \
    const auto worst = kernels_test::deviation_of((of), (got), (want));           \
    CHECK_MESSAGE(worst.error <= (bound), worst.text << ", allowed " << (bound)); \
  } while (false)
