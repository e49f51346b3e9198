// The accuracy of the built-in functions on the CPU: against the host's <cmath> in a wider type, within the
// bounds of OpenCL C 3.0's tables of relative error as ULP, full profile, for single and double precision.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "hal/program.hpp"
#include "hal/runtime.hpp"
#include "tests/compile/support.hpp"

namespace {

using wide = long double;
constexpr wide pi = std::numbers::pi_v<wide>;

struct function {
  const char *name;
  double ulps;  // 0: correctly rounded, or exact
  wide (*reference)(wide x, wide y);
  double from, to;           // of x
  double low = 0, high = 0;  // of y
};

#define HAL_ONE(name, ulps, from, to)                                        \
  {                                                                          \
#name, ulps, [](wide x, wide) -> wide { return std::name(x); }, from, to \
  }
#define HAL_PI(name, ulps, from, to)                                                   \
  {                                                                                    \
#name "pi", ulps, [](wide x, wide) -> wide { return std::name(x) / pi; }, from, to \
  }
#define HAL_TWO(name, ulps, from, to, low, high)                                             \
  {                                                                                          \
#name, ulps, [](wide x, wide y) -> wide { return std::name(x, y); }, from, to, low, high \
  }

// Of a multiple of pi: reduced before it is multiplied, which is exact.
wide sinpi(wide x) {
  const wide whole = std::round(x);
  const wide sine = std::sin(pi * (x - whole));
  return std::fmod(whole, wide{2}) == 0 ? sine : -sine;
}

wide cospi(wide x) {
  return sinpi(x + wide{0.5});
}

wide tanpi(wide x) {
  if (x - std::floor(x) != wide{0.5}) return sinpi(x) / cospi(x);
  return std::fmod(std::floor(x), wide{2}) == 0 ? HUGE_VALL : -HUGE_VALL;
}

const function functions[] = {
    HAL_ONE(acos, 4, -1, 1),
    HAL_ONE(acosh, 4, 1, 1e5),
    HAL_PI(acos, 5, -1, 1),
    HAL_ONE(asin, 4, -1, 1),
    HAL_ONE(asinh, 4, -1e5, 1e5),
    HAL_PI(asin, 5, -1, 1),
    HAL_ONE(atan, 5, -100, 100),
    HAL_ONE(atanh, 5, -1, 1),
    HAL_PI(atan, 5, -100, 100),
    HAL_ONE(cbrt, 2, -1e10, 1e10),
    HAL_ONE(ceil, 0, -1e7, 1e7),
    HAL_ONE(cos, 4, -1e5, 1e5),
    HAL_ONE(cosh, 4, -80, 80),
    {"cospi", 4, [](wide x, wide) -> wide { return cospi(x); }, -1000, 1000},
    HAL_ONE(erf, 16, -5, 5),
    HAL_ONE(erfc, 16, -5, 9),
    HAL_ONE(exp, 3, -87, 88),
    {"exp10", 3, [](wide x, wide) -> wide { return std::pow(wide{10}, x); }, -37, 38},
    HAL_ONE(exp2, 3, -125, 127),
    HAL_ONE(expm1, 3, -20, 88),
    HAL_ONE(fabs, 0, -1e30, 1e30),
    HAL_ONE(floor, 0, -1e7, 1e7),
    HAL_ONE(log, 3, 0, 1e30),
    HAL_ONE(log10, 3, 0, 1e30),
    HAL_ONE(log1p, 2, -1, 1e10),
    HAL_ONE(log2, 3, 0, 1e30),
    HAL_ONE(logb, 0, -1e30, 1e30),
    HAL_ONE(rint, 0, -1e7, 1e7),
    HAL_ONE(round, 0, -1e7, 1e7),
    {"rsqrt", 2, [](wide x, wide) -> wide { return 1 / std::sqrt(x); }, 0, 1e30},
    HAL_ONE(sin, 4, -1e5, 1e5),
    HAL_ONE(sinh, 4, -80, 80),
    {"sinpi", 4, [](wide x, wide) -> wide { return sinpi(x); }, -1000, 1000},
    HAL_ONE(sqrt, 3, 0, 1e30),
    HAL_ONE(tan, 5, -1e5, 1e5),
    HAL_ONE(tanh, 5, -20, 20),
    {"tanpi", 6, [](wide x, wide) -> wide { return tanpi(x); }, -1000, 1000},
    HAL_ONE(tgamma, 16, 0.01, 34),
    HAL_ONE(tgamma, 16, 30, 180),
    HAL_ONE(tgamma, 16, -170, -0.01),
    HAL_ONE(trunc, 0, -1e7, 1e7),
    HAL_TWO(atan2, 6, -100, 100, -100, 100),
    {"atan2pi", 6, [](wide x, wide y) -> wide { return std::atan2(x, y) / pi; }, -100, 100, -100, 100},
    HAL_TWO(copysign, 0, -1e30, 1e30, -1, 1),
    {"divide", 2.5, [](wide x, wide y) -> wide { return x / y; }, -1e10, 1e10, -1e10, 1e10},
    HAL_TWO(fdim, 0, -100, 100, -100, 100),
    HAL_TWO(fmax, 0, -1e30, 1e30, -1e30, 1e30),
    HAL_TWO(fmin, 0, -1e30, 1e30, -1e30, 1e30),
    HAL_TWO(fmod, 0, -1e6, 1e6, -100, 100),
    HAL_TWO(hypot, 4, -1e15, 1e15, -1e15, 1e15),
    {"ldexp", 0, [](wide x, wide y) -> wide { return std::ldexp(x, static_cast<int>(y)); }, -1e3, 1e3, -60,
     60},
    {"maxmag", 0, [](wide x, wide y) -> wide { return std::fabs(x) > std::fabs(y) ? x : y; }, -1e3, 1e3, -1e3,
     1e3},
    {"minmag", 0, [](wide x, wide y) -> wide { return std::fabs(x) < std::fabs(y) ? x : y; }, -1e3, 1e3, -1e3,
     1e3},
    HAL_TWO(pow, 16, 0, 100, -15, 15),
    {"powr", 16, [](wide x, wide y) -> wide { return std::pow(x, y); }, 0, 100, -15, 15},
    {"pown", 16, [](wide x, wide y) -> wide { return std::pow(x, std::trunc(y)); }, -100, 100, -15, 15},
    {"rootn", 16, [](wide x, wide y) -> wide { return std::pow(x, 1 / std::trunc(y)); }, 0, 1e10, 1, 15},
    HAL_TWO(remainder, 0, -1e6, 1e6, -100, 100),
};

#undef HAL_ONE
#undef HAL_PI
#undef HAL_TWO

// How far `found` is from the exact result, in units of the last place of what that rounds to.
template <typename Real>
double error_in_ulps(Real found, wide exact) {
  const Real rounded = static_cast<Real>(exact);
  if (std::isnan(exact)) return std::isnan(found) ? 0 : std::numeric_limits<double>::infinity();
  if (std::isinf(rounded) || std::isinf(found))
    return found == rounded ? 0 : std::numeric_limits<double>::infinity();
  const Real size = std::max(std::fabs(rounded), std::numeric_limits<Real>::min());
  const wide unit = wide{std::nextafter(size, std::numeric_limits<Real>::infinity())} - wide{size};
  return static_cast<double>(std::fabs(wide{found} - exact) / unit);
}

// Evenly over the range, near its lower end over many orders of magnitude, and the ends.
template <typename Real>
std::vector<Real> spread(double from, double to, std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> evenly(from, to);
  std::uniform_real_distribution<double> exponent(-30, 0);
  std::vector<Real> made(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = i % 4 == 0 && from <= 0 ? std::exp2(exponent(generator)) * (i % 8 == 0 ? from : to)
                                                 : evenly(generator);
    made[i] = static_cast<Real>(std::clamp(value, from, to));
  }
  made[0] = static_cast<Real>(to);
  if (count > 1) made[1] = static_cast<Real>(from);
  return made;
}

class bench {
 public:
  bench() : runtime_(options()), device_(runtime_.open("host:0")), stream_(device_.create_stream()) {}

  hal::program load(const hal::bundle &from) { return device_.load(from); }

  template <typename Out, typename... In>
  std::vector<Out> run(const hal::program &code, const char *kernel, const std::vector<In> &...in) {
    const std::size_t count = std::get<0>(std::tie(in...)).size();
    std::vector<Out> out(count);
    const hal::buffer to = device_.allocate(count * sizeof(Out));
    launch(code[kernel], count, to, upload(in)...);
    stream_.copy(out, to);
    stream_.synchronize();
    return out;
  }

 private:
  static hal::runtime_options options() {
    hal::runtime_options given;
    given.plugin_path = {HAL_TEST_HOST_PLUGIN};
    return given;
  }
  template <typename In>
  hal::buffer upload(const std::vector<In> &in) {
    hal::buffer made = device_.allocate(in.size() * sizeof(In));
    stream_.copy(made, in);
    return made;
  }
  template <typename... Buffers>
  void launch(const hal::kernel &kernel, std::size_t count, const hal::buffer &to, const Buffers &...from) {
    constexpr std::uint32_t block = 64;
    const auto blocks = static_cast<std::uint32_t>((count + block - 1) / block);
    stream_.launch(kernel, {.grid = blocks, .block = block}, to, from..., static_cast<std::uint32_t>(count));
    stream_.synchronize();
  }

  hal::runtime runtime_;
  hal::device device_;
  hal::stream stream_;
};

template <typename Real>
void check_all(bench &host, const hal::program &code, std::size_t count) {
  for (const function &one : functions) {
    const std::vector<Real> x = spread<Real>(one.from, one.to, count, 3);
    const std::vector<Real> y = spread<Real>(one.low, one.high, count, 5);
    const std::string kernel = std::string("do_") + one.name;
    const std::vector<Real> found = host.run<Real>(code, kernel.c_str(), x, y);
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double error = error_in_ulps(found[i], one.reference(x[i], y[i]));
      if (error > worst) std::tie(worst, at) = std::pair(error, i);
    }
    INFO(fmt::format("{}({}, {}) is {} here", one.name, x[at], y[at], found[at]));
    // Double's own division and root are correctly rounded. What is, is half a unit off.
    const bool is_exact = one.ulps == 0 || (sizeof(Real) == 8 && std::strcmp(one.name, "divide") == 0) ||
                          (sizeof(Real) == 8 && std::strcmp(one.name, "sqrt") == 0);
    CHECK(worst <= (is_exact ? 0.5 : one.ulps));
  }
}

hal::bundle compiled(const char *source, bool doubles, bool fibers) {
  hal::rt::compile_request request = compile_test::request_for(source, compile_test::own_target);
  request.options.fibers = fibers;
  if (doubles) request.options.defines = {"REAL_IS_DOUBLE"};
  return compile_test::made(request);
}

// The value of a half's bits.
double value_of(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

// The halves on both sides of a number within their range, the lower one first: the same twice when it is
// one.
std::pair<double, double> around(double number) {
  const int exponent = std::max(std::ilogb(number == 0 ? 1 : number), -14);
  const double unit = std::ldexp(1, exponent - 10);
  return {std::floor(number / unit) * unit, std::ceil(number / unit) * unit};
}

double nearest(double number) {
  const auto [below, above] = around(number);
  if (number - below != above - number) return number - below < above - number ? below : above;
  // Halfway: the even one, which is a multiple of twice the unit.
  const double unit = above - below;
  return unit == 0 || std::fmod(below, 2 * unit) == 0 ? below : above;
}

bool is(std::uint16_t found, double expected) {
  return value_of(found) == expected;
}

std::vector<std::uint16_t> all_halves() {
  std::vector<std::uint16_t> made(65536);
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::uint16_t>(i);
  return made;
}

}  // namespace

TEST_CASE("accuracy: built-in functions on the CPU are within OpenCL's bounds") {
  if (!compile_test::has_compiler("for the functions")) return;
  bench host;
  for (const bool fibers : {false, true}) {
    CAPTURE(fibers);
    const hal::program single = host.load(compiled("accuracy.cl", false, fibers));
    const hal::program twofold = host.load(compiled("accuracy.cl", true, fibers));
    // On fibers the same code runs, and takes longer.
    for (const std::size_t count : {std::size_t{1}, std::size_t{fibers ? 403u : 20'003u}}) {
      check_all<float>(host, single, count);
      check_all<double>(host, twofold, count);
    }
  }
}

TEST_CASE("accuracy: halves are read exactly and written in each way of rounding") {
  if (!compile_test::has_compiler("for the halves")) return;
  bench host;
  const hal::program code = host.load(compiled("rounding.cl", false, false));
  const std::vector<std::uint16_t> halves = all_halves();
  const std::vector<float> read = host.run<float>(code, "load", halves);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const double value = value_of(halves[i]);
    wrong += std::isnan(value) ? !std::isnan(read[i]) : read[i] != value;
  }
  CHECK(wrong == 0);
  std::vector<float> numbers = spread<float>(-65504, 65504, 30'001, 9);
  for (float &each : numbers) each = std::ldexp(each, -static_cast<int>(&each - numbers.data()) % 36);
  // Exact ones, halfway between two, and the smallest.
  numbers.insert(numbers.end(),
                 {0.0f, 1.0f, 1.0f + 0x1p-11f, 1.0f + 0x3p-11f, 0x1p-24f, 0x1p-25f, -0x1.8p-24f});
  const std::vector<std::uint16_t> plain = host.run<std::uint16_t>(code, "store", numbers);
  const std::vector<std::uint16_t> even = host.run<std::uint16_t>(code, "store_rte", numbers);
  const std::vector<std::uint16_t> zero = host.run<std::uint16_t>(code, "store_rtz", numbers);
  const std::vector<std::uint16_t> up = host.run<std::uint16_t>(code, "store_rtp", numbers);
  const std::vector<std::uint16_t> down = host.run<std::uint16_t>(code, "store_rtn", numbers);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double number = numbers[i];
    const auto [below, above] = around(number);
    const bool good = is(plain[i], nearest(number)) && is(even[i], nearest(number)) &&
                      is(zero[i], number < 0 ? above : below) && is(up[i], above) && is(down[i], below);
    if (good) continue;
    FAIL_CHECK(fmt::format("{} is written as {}, {}, {}, {} and {}", number, value_of(plain[i]),
                           value_of(even[i]), value_of(zero[i]), value_of(up[i]), value_of(down[i])));
    break;
  }
  const std::vector<float> special = {HUGE_VALF, -HUGE_VALF, std::nanf(""), 1e6f, -1e6f};
  const std::vector<std::uint16_t> kept = host.run<std::uint16_t>(code, "store_rte", special);
  CHECK(value_of(kept[0]) == HUGE_VAL);
  CHECK(value_of(kept[1]) == -HUGE_VAL);
  CHECK(std::isnan(value_of(kept[2])));
  CHECK(value_of(kept[3]) == HUGE_VAL);
  CHECK(value_of(kept[4]) == -HUGE_VAL);
}

TEST_CASE("accuracy: sums and products of halves are correctly rounded") {
  if (!compile_test::has_compiler("for the halves")) return;
  bench host;
  const hal::bundle made = compiled("rounding.cl", false, false);
  REQUIRE(made.find("add"));
  const hal::program code = host.load(made);
  std::vector<std::uint16_t> x = all_halves();
  std::vector<std::uint16_t> y = x;
  std::shuffle(y.begin(), y.end(), std::mt19937(11));
  const std::vector<std::uint16_t> sums = host.run<std::uint16_t>(code, "add", x, y);
  const std::vector<std::uint16_t> products = host.run<std::uint16_t>(code, "multiply", x, y);
  std::size_t wrong = 0;
  const auto check = [&wrong](std::uint16_t found, double exact) {
    if (std::isnan(exact)) {
      wrong += !std::isnan(value_of(found));
    } else if (std::fabs(exact) >= 65520) {
      wrong += !is(found, exact < 0 ? -HUGE_VAL : HUGE_VAL);
    } else {
      wrong += !is(found, nearest(exact));
    }
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    check(sums[i], value_of(x[i]) + value_of(y[i]));
    check(products[i], value_of(x[i]) * value_of(y[i]));
  }
  CHECK(wrong == 0);
}
