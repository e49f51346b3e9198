// The mathematical built-ins of what is compiled for the CPU are as exact as OpenCL C asks.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/compile/machine.hpp"
#include "tests/compile/math_reference.hpp"
#include "tests/compile/support.hpp"

namespace {

using compile_test::built_in;
using compile_test::operands;
using compile_test::wide;

template <typename Real>
Real any_real(std::mt19937_64 &generator) {
  using limits = std::numeric_limits<Real>;
  using bits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
  const auto within = [&](Real size) { return std::uniform_real_distribution<Real>(-size, size)(generator); };
  constexpr std::array<Real, 28> special = {0,
                                            Real(-0.0),
                                            1,
                                            -1,
                                            2,
                                            -2,
                                            3,
                                            -3,
                                            Real(0.5),
                                            Real(-0.5),
                                            Real(1.5),
                                            Real(2.5),
                                            Real(-2.5),
                                            10,
                                            -10,
                                            88,
                                            limits::infinity(),
                                            -limits::infinity(),
                                            limits::quiet_NaN(),
                                            limits::max(),
                                            -limits::max(),
                                            limits::min(),
                                            -limits::min(),
                                            limits::denorm_min(),
                                            -limits::denorm_min(),
                                            1 - limits::epsilon() / 2,
                                            1 + limits::epsilon(),
                                            Real(std::numbers::pi / 2)};
  switch (generator() % 6) {
    case 0:
      return special[generator() % special.size()];
    case 1:
      return within(1);
    case 2:
      return within(10);
    case 3:
      return within(limits::max_exponent);
    case 4:
      return std::ldexp(Real{1} + within(Real(0.001)), static_cast<int>(generator() % 5) - 2);
    default: {
      const Real any = std::bit_cast<Real>(static_cast<bits>(generator()));
      return std::isnan(any) ? limits::quiet_NaN() : any;
    }
  }
}

template <typename Real>
struct inputs {
  explicit inputs(std::size_t count) : x(count), y(count), z(count), k(count) {
    std::mt19937_64 generator(11);
    for (std::size_t index = 0; index < count; ++index) {
      x[index] = any_real<Real>(generator);
      y[index] = any_real<Real>(generator);
      z[index] = any_real<Real>(generator);
      // clamp wants its bounds in order.
      if (z[index] < y[index]) std::swap(y[index], z[index]);
      const int sizes[] = {4, 40, std::numeric_limits<Real>::max_exponent * 2, 100000};
      const int most = sizes[generator() % 4];
      k[index] = static_cast<int>(generator() % static_cast<unsigned>(2 * most + 1)) - most;
    }
  }
  operands<Real> at(std::size_t index) const { return {x[index], y[index], z[index], k[index]}; }

  std::vector<Real> x, y, z;
  std::vector<int> k;
};

template <typename Real>
class bench {
 public:
  bench(compile_test::machine &host, const inputs<Real> &in)
      : host_(host),
        x_(filled(in.x)),
        y_(filled(in.y)),
        z_(filled(in.z)),
        k_(filled(in.k)),
        out_(host.device().allocate(in.x.size() * sizeof(Real))),
        out(in.x.size()) {}

  const std::vector<Real> &run(const hal::kernel &kernel, std::uint32_t count, std::uint32_t block) {
    host_.stream().launch(kernel, {.grid = (count + block - 1) / block, .block = block}, out_, x_, y_, z_, k_,
                          count);
    host_.stream().copy(out, out_);
    host_.stream().synchronize();
    return out;
  }

 private:
  template <typename Value>
  hal::buffer filled(const std::vector<Value> &from) {
    hal::buffer made = host_.device().allocate(from.size() * sizeof(Value));
    host_.stream().copy(made, from);
    host_.stream().synchronize();
    return made;
  }

  compile_test::machine &host_;
  hal::buffer x_, y_, z_, k_, out_;
  std::vector<Real> out;
};

template <typename Real>
double error_of(const built_in<Real> &asked, const operands<Real> &given, Real got) {
  const auto error_from = [&](wide right) {
    const double error = compile_test::error_in_ulps(got, right, asked.least);
    const bool signs_differ = std::signbit(got) != std::signbit(right);
    const bool wrong_zero = asked.zero_has_sign && right == 0 && got == 0 && signs_differ;
    return wrong_zero ? std::numeric_limits<double>::infinity() : error;
  };
  const double error = error_from(asked.expected(given));
  return asked.also == nullptr ? error : std::min(error, error_from(asked.also(given)));
}

template <typename Real>
void check(const built_in<Real> &asked, const inputs<Real> &in, const std::vector<Real> &out,
           std::size_t count) {
  double worst = 0;
  std::string where;
  for (std::size_t index = 0; index < count; ++index) {
    const operands<Real> given = in.at(index);
    const bool has_nan = std::isnan(given.x) || std::isnan(given.y) || std::isnan(given.z);
    if (has_nan && !asked.takes_nan) continue;
    const double error = error_of(asked, given, out[index]);
    if (error <= worst) continue;
    worst = error;
    where = fmt::format("x = {:a}, y = {:a}, z = {:a}, k = {} gave {:a} for {:a}", given.x, given.y, given.z,
                        given.k, out[index], static_cast<Real>(asked.expected(given)));
  }
  CHECK_MESSAGE(worst <= asked.bound, fmt::format("{}: {:.3g} ulp where {} are allowed: {}", asked.name,
                                                  worst, asked.bound, where));
}

// Whole vectors and a rest of 3; blocks that have a lane of their own for each item, and one item alone.
constexpr std::size_t many = 4096 + 3;

template <typename Real>
void check_all(const char *real) {
  compile_test::machine host;
  const inputs<Real> in(many);
  bench<Real> table(host, in);
  for (const char *target : compile_test::own_targets()) {
    hal::rt::compile_request request = compile_test::request_for("math.cl", target);
    request.options.defines = {fmt::format("REAL={}", real)};
    const hal::program code = host.load(compile_test::made(request));
    for (const built_in<Real> &asked : compile_test::built_ins<Real>()) {
      INFO(fmt::format("{} for {}", real, target));
      const hal::kernel &kernel = code[fmt::format("{}_", asked.name).c_str()];
      check(asked, in, table.run(kernel, many, 256), many);
      check(asked, in, table.run(kernel, many, 1), many);
      check(asked, in, table.run(kernel, 1, 1), 1);
    }
  }
}

}  // namespace

TEST_CASE("compile: the built-ins of float are as exact as OpenCL C asks") {
  if (!compile_test::has_compiler("for the built-ins")) return;
  check_all<float>("float");
}

TEST_CASE("compile: the built-ins of double are as exact as OpenCL C asks") {
  if (!compile_test::has_compiler("for the built-ins")) return;
  check_all<double>("double");
}
