// What the mathematical built-ins of OpenCL C answer, computed with more digits, and how far a device's
// answer may be off: the table "ULP Values for Built-in Math Functions" of the OpenCL C specification, for
// the full profile.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace compile_test {

using wide = long double;

template <typename Real>
struct operands {
  Real x, y, z;
  int k;
};

// In units of the last place; 0: the answer is the exact one, correctly rounded.
template <typename Real>
struct built_in {
  const char *name;
  double bound;
  wide (*expected)(const operands<Real> &);
  wide (*also)(const operands<Real> &) = nullptr;  // the specification leaves the choice
  bool takes_nan = true;                           // otherwise the answer to one is not defined
  bool zero_has_sign = true;                       // otherwise either zero will do
  wide least = 0;                                  // errors are relative to this, where the answer is smaller
};

// How far off, in units of the last place of what is right.
template <typename Real>
double error_in_ulps(Real got, wide right, wide least) {
  constexpr double never = std::numeric_limits<double>::infinity();
  using limits = std::numeric_limits<Real>;
  if (std::isnan(right) || std::isnan(got)) return std::isnan(right) && std::isnan(got) ? 0 : never;
  if (got == static_cast<Real>(right)) return 0;
  if (std::isinf(right)) return never;
  const wide beyond = std::ldexp(wide{1}, limits::max_exponent);
  const wide given = std::isinf(got) ? std::copysign(beyond, got) : wide{got};
  const wide size = std::clamp(std::max(std::fabs(right), least), wide{limits::min()}, wide{limits::max()});
  return static_cast<double>(std::fabs(given - right) /
                             std::ldexp(wide{1}, std::ilogb(size) - (limits::digits - 1)));
}

inline constexpr wide pi = std::numbers::pi_v<wide>;

inline wide sine_of_pi_times(wide x) {
  const wide turn = std::remainder(x, wide{2});
  const wide near = std::fabs(turn) > 0.5L ? std::copysign(1 - std::fabs(turn), turn) : turn;
  return near == 0 ? std::copysign(wide{0}, x) : std::sin(pi * near);
}

inline wide cosine_of_pi_times(wide x) {
  return std::sin(pi * (0.5L - std::fabs(std::remainder(x, wide{2}))));
}

inline wide power_of_positive(wide x, wide y) {
  constexpr wide none = std::numeric_limits<wide>::quiet_NaN();
  if (std::isnan(x) || std::isnan(y) || x < 0) return none;
  if ((x == 0 || std::isinf(x)) && y == 0) return none;
  if (x == 1 && std::isinf(y)) return none;
  return std::pow(std::fabs(x), y);
}

inline wide root(wide x, int k) {
  if (k == 0 || (x < 0 && k % 2 == 0)) return std::numeric_limits<wide>::quiet_NaN();
  const wide size = std::pow(std::fabs(x), wide{1} / k);
  return k % 2 == 0 ? size : std::copysign(size, x);
}

template <typename Real>
wide greater_in_size(Real x, Real y) {
  if (std::fabs(x) > std::fabs(y)) return x;
  return std::fabs(y) > std::fabs(x) ? y : std::fmax(x, y);
}

template <typename Real>
wide smaller_in_size(Real x, Real y) {
  if (std::fabs(x) < std::fabs(y)) return x;
  return std::fabs(y) < std::fabs(x) ? y : std::fmin(x, y);
}

// Of float, subnormal numbers are the implementation's choice: kernels are worth more when exp stays a few
// instructions.
template <typename Real>
wide without_subnormal(wide exact) {
  return sizeof(Real) == sizeof(float) && std::fabs(exact) < std::numeric_limits<Real>::min() ? 0 : exact;
}

template <typename Real>
std::vector<built_in<Real>> built_ins() {
  using in = const operands<Real> &;
  // Of float, the table asks for a correctly rounded square root only with an option of the compiler.
  constexpr double square_root = sizeof(Real) == sizeof(float) ? 3 : 0;
  return {
      {"acos", 4, [](in a) { return std::acos(wide{a.x}); }},
      {"acosh", 4, [](in a) { return std::acosh(wide{a.x}); }},
      {"acospi", 5, [](in a) { return std::acos(wide{a.x}) / pi; }},
      {"asin", 4, [](in a) { return std::asin(wide{a.x}); }},
      {"asinh", 4, [](in a) { return std::asinh(wide{a.x}); }},
      {"asinpi", 5, [](in a) { return std::asin(wide{a.x}) / pi; }},
      {"atan", 5, [](in a) { return std::atan(wide{a.x}); }},
      {"atanh", 5, [](in a) { return std::atanh(wide{a.x}); }},
      {"atanpi", 5, [](in a) { return std::atan(wide{a.x}) / pi; }},
      {"cbrt", 2, [](in a) { return std::cbrt(wide{a.x}); }},
      {"ceil", 0, [](in a) { return wide{std::ceil(a.x)}; }},
      {"cos", 4, [](in a) { return std::cos(wide{a.x}); }},
      {"cosh", 4, [](in a) { return std::cosh(wide{a.x}); }},
      {"cospi", 4, [](in a) { return cosine_of_pi_times(a.x); }, nullptr, true, false},
      {"degrees", 2, [](in a) { return wide{a.x} * (180 / pi); }},
      {"erf", 16, [](in a) { return std::erf(wide{a.x}); }},
      {"erfc", 16, [](in a) { return std::erfc(wide{a.x}); }},
      {"exp", 3, [](in a) { return std::exp(wide{a.x}); },
       [](in a) { return without_subnormal<Real>(std::exp(wide{a.x})); }},
      {"exp10", 3, [](in a) { return std::pow(wide{10}, wide{a.x}); }},
      {"exp2", 3, [](in a) { return std::exp2(wide{a.x}); },
       [](in a) { return without_subnormal<Real>(std::exp2(wide{a.x})); }},
      {"expm1", 3, [](in a) { return std::expm1(wide{a.x}); }},
      {"fabs", 0, [](in a) { return wide{std::fabs(a.x)}; }},
      {"floor", 0, [](in a) { return wide{std::floor(a.x)}; }},
      // The table has no bound for it; near its zeros the relative error has none.
      {"lgamma", 16, [](in a) { return std::lgamma(wide{a.x}); }, nullptr, true, true, 1},
      {"log", 3, [](in a) { return std::log(wide{a.x}); }},
      {"log10", 3, [](in a) { return std::log10(wide{a.x}); }},
      {"log1p", 2, [](in a) { return std::log1p(wide{a.x}); }},
      {"log2", 3, [](in a) { return std::log2(wide{a.x}); }},
      {"logb", 0, [](in a) { return wide{std::logb(a.x)}; }},
      {"radians", 2, [](in a) { return wide{a.x} * (pi / 180); }},
      {"rint", 0, [](in a) { return wide{std::rint(a.x)}; }},
      {"round", 0, [](in a) { return wide{std::round(a.x)}; }},
      {"rsqrt", 2, [](in a) { return 1 / std::sqrt(wide{a.x}); }},
      {"sign", 0,
       [](in a) { return std::isnan(a.x) ? 0
                         : a.x == 0      ? wide{a.x}
                                         : std::copysign(wide{1}, a.x); }},
      {"sin", 4, [](in a) { return std::sin(wide{a.x}); }},
      {"sinh", 4, [](in a) { return std::sinh(wide{a.x}); }},
      {"sinpi", 4, [](in a) { return sine_of_pi_times(a.x); }},
      {"sqrt", square_root, [](in a) { return wide{std::sqrt(a.x)}; }},
      {"tan", 5, [](in a) { return std::tan(wide{a.x}); }},
      {"tanh", 5, [](in a) { return std::tanh(wide{a.x}); }},
      {"tanpi", 6, [](in a) { return sine_of_pi_times(a.x) / cosine_of_pi_times(a.x); }},
      {"tgamma", 16, [](in a) { return std::tgamma(wide{a.x}); }},
      {"trunc", 0, [](in a) { return wide{std::trunc(a.x)}; }},

      {"atan2", 6, [](in a) { return std::atan2(wide{a.x}, wide{a.y}); }},
      {"atan2pi", 6, [](in a) { return std::atan2(wide{a.x}, wide{a.y}) / pi; }},
      {"copysign", 0, [](in a) { return wide{std::copysign(a.x, a.y)}; }},
      {"fdim", 0, [](in a) { return wide{std::fdim(a.x, a.y)}; }},
      {"fmax", 0, [](in a) { return wide{std::fmax(a.x, a.y)}; }, nullptr, true, false},
      {"fmin", 0, [](in a) { return wide{std::fmin(a.x, a.y)}; }, nullptr, true, false},
      {"fmod", 0, [](in a) { return wide{std::fmod(a.x, a.y)}; }},
      {"hypot", 4, [](in a) { return std::hypot(wide{a.x}, wide{a.y}); }},
      {"max", 0, [](in a) { return wide{a.x < a.y ? a.y : a.x}; }, nullptr, false, false},
      {"maxmag", 0, [](in a) { return greater_in_size(a.x, a.y); }, nullptr, true, false},
      {"min", 0, [](in a) { return wide{a.y < a.x ? a.y : a.x}; }, nullptr, false, false},
      {"minmag", 0, [](in a) { return smaller_in_size(a.x, a.y); }, nullptr, true, false},
      {"nextafter", 0, [](in a) { return wide{std::nextafter(a.x, a.y)}; }},
      {"pow", 16, [](in a) { return std::pow(wide{a.x}, wide{a.y}); }},
      {"powr", 16, [](in a) { return power_of_positive(a.x, a.y); }},
      {"remainder", 0, [](in a) { return std::remainder(wide{a.x}, wide{a.y}); }},
      {"step", 0, [](in a) { return wide{a.y < a.x ? Real{0} : Real{1}}; }, nullptr, false},

      {"clamp", 0, [](in a) { return wide{std::min(std::max(a.x, a.y), a.z)}; }, nullptr, false, false},
      {"fma", 0, [](in a) { return wide{std::fma(a.x, a.y, a.z)}; }},
      {"mad", 0, [](in a) { return wide{std::fma(a.x, a.y, a.z)}; },
       [](in a) { return wide{Real{a.x * a.y} + a.z}; }},
      {"mix", 0, [](in a) { return wide{std::fma(Real{a.y - a.x}, a.z, a.x)}; },
       [](in a) { return wide{Real{Real{a.y - a.x} * a.z} + a.x}; }},

      {"ldexp", 0, [](in a) { return wide{std::ldexp(a.x, a.k)}; }},
      {"pown", 16, [](in a) { return std::pow(wide{a.x}, wide(a.k)); }},
      {"rootn", 16, [](in a) { return root(a.x, a.k); }},
  };
}

}  // namespace compile_test
