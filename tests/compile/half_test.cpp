// Half on the CPU: each number there is, and each way of rounding to it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/compile/machine.hpp"
#include "tests/compile/support.hpp"

namespace {

using bits = std::uint16_t;

double value_of(bits half) {
  const int exponent = half >> 10 & 31;
  const int fraction = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

// The half that the rounding (nearbyint, trunc, ceil, floor) gives: what lies between two is a multiple of
// their distance.
bits half_of(double value, double (*rounded)(double)) {
  if (std::isnan(value)) return 0x7e00;
  const bits sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isinf(value)) return sign | 0x7c00;
  if (value == 0) return sign;
  const double step = std::ldexp(1.0, std::max(std::ilogb(value), -14) - 10);
  const double near = std::fabs(rounded(value / step) * step);
  if (near < 65536) {
    const int exponent = near == 0 ? -15 : std::ilogb(near);
    if (exponent < -14) return sign | static_cast<bits>(std::ldexp(near, 24));
    return sign | static_cast<bits>((exponent + 15) << 10 |
                                    (static_cast<int>(std::ldexp(near, 10 - exponent)) & 1023));
  }
  // Away from zero it is infinity, towards zero the largest number.
  const bool outward = rounded(std::copysign(0.5, value)) != 0;
  const bool to_nearest = rounded == static_cast<double (*)(double)>(std::nearbyint);
  return sign | static_cast<bits>(outward || to_nearest ? 0x7c00 : 0x7bff);
}

bool same(bits got, bits right) {
  const auto is_nan = [](bits half) { return (half & 0x7fff) > 0x7c00; };
  return got == right || (is_nan(got) && is_nan(right));
}

class machine : public compile_test::machine {
 public:
  template <typename Out, typename In, typename... More>
  std::vector<Out> run(const hal::program &code, const char *kernel, const std::vector<In> &in,
                       const More &...more) {
    const auto count = static_cast<std::uint32_t>(in.size());
    const hal::buffer to = device().allocate(count * sizeof(Out));
    const hal::buffer first = filled(in);
    std::vector<hal::buffer> others;
    (others.push_back(filled(more)), ...);
    const hal::launch_shape shape{.grid = (count + 255) / 256, .block = 256};
    if constexpr (sizeof...(More) == 0)
      stream().launch(code[kernel], shape, to, first, count);
    else
      stream().launch(code[kernel], shape, to, first, others[0], count);
    std::vector<Out> out(count);
    stream().copy(out, to);
    stream().synchronize();
    return out;
  }

 private:
  template <typename Value>
  hal::buffer filled(const std::vector<Value> &from) {
    hal::buffer made = device().allocate(from.size() * sizeof(Value));
    stream().copy(made, from);
    stream().synchronize();
    return made;
  }
};

std::vector<bits> every_half() {
  std::vector<bits> all(65536);
  for (std::size_t index = 0; index < all.size(); ++index) all[index] = static_cast<bits>(index);
  return all;
}

// Each half, what lies in the middle between two, what lies just beside that, and what no half is near.
std::vector<float> floats_between() {
  std::vector<float> all = {std::numeric_limits<float>::max(),
                            0x1p-30f,
                            0x1p-60f,
                            0x1p-100f,
                            0x1p-112f,
                            0x1p-124f,
                            1e-8f,
                            65519.99f,
                            65520.0f,
                            65535.0f,
                            70000.0f};
  for (unsigned index = 0; index < 0x7c00; ++index) {
    const auto low = static_cast<float>(value_of(static_cast<bits>(index)));
    const float high =
        index == 0x7bff ? 65536.0f : static_cast<float>(value_of(static_cast<bits>(index + 1)));
    const float middle = low + (high - low) / 2;
    for (const float one : {low, middle, std::nextafter(middle, 0.0f), std::nextafter(middle, high)})
      all.push_back(one);
  }
  for (std::size_t index = 0, count = all.size(); index < count; ++index) all.push_back(-all[index]);
  for (const float one : {HUGE_VALF, -HUGE_VALF, std::nanf("")}) all.push_back(one);
  return all;
}

struct rounding {
  const char *kernel;
  double (*to)(double);
};
constexpr rounding roundings[] = {{"vstore_half_", std::nearbyint},
                                  {"vstore_half_rte_", std::nearbyint},
                                  {"vstore_half_rtz_", std::trunc},
                                  {"vstore_half_rtp_", std::ceil},
                                  {"vstore_half_rtn_", std::floor}};

struct operation {
  const char *kernel;
  double (*exact)(double, double);
};
// Exact but for the quotient, which double rounds where half does not: no quotient of two halves is so near a
// middle.
constexpr operation operations[] = {{"add", [](double x, double y) { return x + y; }},
                                    {"subtract", [](double x, double y) { return x - y; }},
                                    {"multiply", [](double x, double y) { return x * y; }},
                                    {"divide", [](double x, double y) { return x / y; }},
                                    {"fuse", [](double x, double y) { return x * y + x; }}};

}  // namespace

TEST_CASE("compile: half is converted and computed with exactly") {
  if (!compile_test::has_compiler("for half")) return;
  machine host;
  for (const char *target : compile_test::own_targets()) {
    INFO(std::string(target));
    const hal::program code = host.load(compile_test::made(compile_test::request_for("half.cl", target)));
    const std::vector<bits> halves = every_half();
    const std::vector<float> wide = host.run<float>(code, "widen", halves);
    std::size_t wrong = 0;
    for (std::size_t index = 0; index < halves.size(); ++index) {
      const double right = value_of(halves[index]);
      const bool is_same = std::isnan(right)
                               ? std::isnan(wide[index])
                               : wide[index] == right && std::signbit(wide[index]) == std::signbit(right);
      wrong += is_same ? 0 : 1;
    }
    CHECK(wrong == 0);

    const std::vector<float> floats = floats_between();
    for (const rounding &way : roundings) {
      const std::vector<bits> got = host.run<bits>(code, way.kernel, floats);
      std::string first;
      for (std::size_t index = 0; index < floats.size() && first.empty(); ++index) {
        const bits right = half_of(floats[index], way.to);
        if (!same(got[index], right))
          first = fmt::format("{} of {:a} is {:#x}, not {:#x}", way.kernel, floats[index], right, got[index]);
      }
      CHECK(first == "");
    }

    std::vector<bits> others = halves;
    std::shuffle(others.begin(), others.end(), std::mt19937(5));
    for (const operation &one : operations) {
      const std::vector<bits> got = host.run<bits>(code, one.kernel, halves, others);
      std::string first;
      for (std::size_t index = 0; index < halves.size() && first.empty(); ++index) {
        const bits right =
            half_of(one.exact(value_of(halves[index]), value_of(others[index])), std::nearbyint);
        if (!same(got[index], right)) {
          first = fmt::format("{} of {:#x} and {:#x} is {:#x}, not {:#x}", one.kernel, halves[index],
                              others[index], right, got[index]);
        }
      }
      CHECK(first == "");
    }
  }
}
