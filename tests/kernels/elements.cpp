#include "tests/kernels/elements.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <sstream>

#include "tests/support/half.hpp"

namespace kernels_test {

std::string name_of(std::string_view kernel, element of) {
  return std::string(kernel) + (of == element::f32 ? "_f32" : "_f16");
}

std::vector<std::byte> encode(element of, std::span<const double> values) {
  std::vector<std::byte> bytes(values.size() * size_of(of));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (of == element::f32) {
      const auto value = static_cast<float>(values[i]);
      std::memcpy(&bytes[i * sizeof value], &value, sizeof value);
    } else {
      const std::uint16_t value = hal::test::half_bits(values[i]);
      std::memcpy(&bytes[i * sizeof value], &value, sizeof value);
    }
  }
  return bytes;
}

std::vector<double> decode(element of, std::span<const std::byte> bytes) {
  std::vector<double> values(bytes.size() / size_of(of));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (of == element::f32) {
      float value = 0;
      std::memcpy(&value, &bytes[i * sizeof value], sizeof value);
      values[i] = value;
    } else {
      std::uint16_t value = 0;
      std::memcpy(&value, &bytes[i * sizeof value], sizeof value);
      values[i] = hal::test::half_value(value);
    }
  }
  return values;
}

std::vector<double> random_values(element of, std::size_t count, double low, double high,
                                  std::uint32_t seed) {
  // Not std::uniform_real_distribution: that differs between libraries.
  std::mt19937 numbers(seed);
  std::vector<double> values(count);
  for (double &value : values) value = low + (high - low) * (numbers() / 4294967296.0);
  return decode(of, encode(of, values));
}

double bound_of(element of, int roundings) {
  constexpr double f32_bound = 1e-5;
  return of == element::f32 ? f32_bound : f32_bound + roundings * std::ldexp(1, -11);
}

deviation deviation_of(element of, std::span<const double> got, const expected &want) {
  if (got.size() != want.value.size()) {
    return {INFINITY, 0, std::to_string(got.size()) + " elements, not " + std::to_string(want.value.size())};
  }
  const double smallest = std::ldexp(1, of == element::f32 ? -126 : -14);
  deviation worst;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::fabs(got[i] - want.value[i]) / std::max(std::fabs(want.scale[i]), smallest);
    if (error <= worst.error) continue;
    worst.error = std::isnan(error) ? INFINITY : error;
    worst.index = i;
    if (worst.error == INFINITY) break;
  }
  if (worst.error > 0) {
    std::ostringstream text;
    text.precision(9);
    text << "element " << worst.index << " is " << got[worst.index] << ", not " << want.value[worst.index]
         << ": error " << worst.error;
    worst.text = text.str();
  }
  return worst;
}

}  // namespace kernels_test
