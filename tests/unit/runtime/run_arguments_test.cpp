// The words that halctl run takes for a kernel's arguments, and how results are compared.
#include "runtime/halctl/run_arguments.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/halctl/run_compare.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::ctl::bind_arguments;
using hal::ctl::content;
using hal::ctl::contents_of;
using hal::ctl::parse_argument;
using hal::ctl::run_argument;
using hal::ctl::run_parameters;
using hal::rt::array;
using hal::rt::element;
using hal::test::thrown;

hal::bundle_parameter parameter(const char *name, hal_argument_kind kind, std::uint32_t size) {
  hal::bundle_parameter made;
  made.name = name;
  made.kind = kind;
  made.size = size;
  return made;
}

const run_parameters axpy{"axpy",
                          {{parameter("y", HAL_ARGUMENT_MEMORY, 8), parameter("x", HAL_ARGUMENT_MEMORY, 8),
                            parameter("a", HAL_ARGUMENT_VALUE, 4), parameter("n", HAL_ARGUMENT_VALUE, 4)}},
                          true};
const run_parameters unknown{"axpy", {}, true};

std::vector<run_argument> parsed(const std::vector<std::string> &words) {
  std::vector<run_argument> all;
  for (const std::string &word : words) all.push_back(parse_argument(word));
  return all;
}

std::string refusal(const std::string &text) {
  const hal::error why = thrown([&] { parse_argument(text); });
  CHECK(to_string(why.status()) == "invalid_argument");
  CHECK_NAMES(std::string(why.what()), "'" + text + "'");
  return why.what();
}

std::string unbound(const std::vector<std::string> &words, const run_parameters &parameters = axpy) {
  const hal::error why = thrown([&] { bind_arguments(parsed(words), parameters); });
  CHECK(to_string(why.status()) == "invalid_argument");
  return why.what();
}

std::vector<double> numbers(const array &of) {
  std::vector<double> all;
  for (std::size_t at = 0; at < of.bytes.size(); at += hal::rt::size_of(of.type))
    all.push_back(hal::rt::real_of(of.type, of.bytes.data() + at));
  return all;
}

array reals(const std::vector<float> &values) {
  array made{element::f32, {values.size()}, {}};
  made.bytes.resize(values.size() * sizeof(float));
  std::memcpy(made.bytes.data(), values.data(), made.bytes.size());
  return made;
}

TEST_CASE("run arguments: values") {
  const run_argument one = parse_argument("f32:2.5");
  CHECK(one.kind() == HAL_ARGUMENT_VALUE);
  CHECK(one.bytes.size() == 4);
  CHECK(hal::rt::real_of(element::f32, one.bytes.data()) == 2.5);
  CHECK(parse_argument("u32:1,2,3,4").bytes.size() == 16);
  CHECK(parse_argument("bytes:00ffA0").bytes ==
        std::vector<std::byte>{std::byte{0}, std::byte{255}, std::byte{160}});
  CHECK_FALSE(parse_argument("5").type);
  CHECK(parse_argument("n=5").name == "n");
  CHECK(parse_argument("3=-0x10").name == "3");
}

TEST_CASE("run arguments: memory") {
  CHECK(numbers(contents_of(parse_argument("zeros:f32:3"))) == std::vector<double>{0, 0, 0});
  CHECK(numbers(contents_of(parse_argument("iota:i16:2x2"))) == std::vector<double>{0, 1, 2, 3});
  CHECK(numbers(contents_of(parse_argument("iota:f64:3"))) == std::vector<double>{0, 1, 2});
  CHECK(contents_of(parse_argument("zeros:u8:0")).bytes.empty());
  CHECK(parse_argument("y=zeros:f32:4").name == "y");
  const auto first = contents_of(parse_argument("random:f32:1000:seed=7"));
  CHECK(first.bytes == contents_of(parse_argument("random:f32:1000:seed=7")).bytes);
  CHECK(first.bytes != contents_of(parse_argument("random:f32:1000:seed=8")).bytes);
  for (const double value : numbers(first)) CHECK((value >= -1 && value < 1));
  bool low = false;
  bool high = false;
  for (const double value : numbers(contents_of(parse_argument("random:i8:1000:low=-2:high=1")))) {
    CHECK((value >= -2 && value <= 1));
    low = low || value == -2;
    high = high || value == 1;
  }
  CHECK((low && high));
  // The engine is the standard's, so these are the same on every machine.
  CHECK(numbers(contents_of(parse_argument("random:u32:4"))) == std::vector<double>{15, 99, 3, 59});
}

TEST_CASE("run arguments: shared memory and files") {
  CHECK(parse_argument("shared:4KiB").size == 4096);
  CHECK(parse_argument("shared:f32:256").size == 1024);
  CHECK(parse_argument("shared:1").kind() == HAL_ARGUMENT_SHARED);
  CHECK(parse_argument("npy:a.npy").file == "a.npy");
  CHECK(parse_argument("npy:/a:b.npy").file == "/a:b.npy");
  const run_argument typed = parse_argument("npy:f32:3x4:a.npy");
  CHECK(typed.file == "a.npy");
  CHECK(typed.type == element::f32);
  CHECK(typed.shape == std::vector<std::uint64_t>{3, 4});
  CHECK(parse_argument("npy:f32:a.npy").file == "a.npy");
}

TEST_CASE("run arguments: words that are none [negative]") {
  CHECK_NAMES(refusal("five"), "is neither a number nor");
  CHECK_NAMES(refusal(""), "is neither a number nor");
  CHECK_NAMES(refusal("float:2"), "has the type 'float'; known are i8");
  CHECK_NAMES(refusal("zeros:f32"), "is not of the form zeros:TYPE:SHAPE");
  CHECK_NAMES(refusal("zeros:f32:4:5"), "is not of the form");
  CHECK_NAMES(refusal("zeros:real:4"), "has the type 'real'");
  CHECK_NAMES(refusal("zeros:f32:"), "has the shape ''");
  CHECK_NAMES(refusal("zeros:f32:4x"), "has the shape '4x'");
  CHECK_NAMES(refusal("iota:f32:-4"), "has the shape '-4'");
  CHECK_NAMES(refusal("random:f32:4:sead=1"), "has 'sead=1'");
  CHECK_NAMES(refusal("random:f32:4:seed=-1"), "has 'seed=-1'");
  CHECK_NAMES(refusal("random:f32:4:low=inf"), "has 'low=inf'");
  CHECK_NAMES(refusal("random:f32:4:low=2:high=1"), "goes from 2 to 1");
  CHECK_NAMES(refusal("npy:"), "names no file");
  CHECK_NAMES(refusal("shared:0"), "1 to 4294967295");
  CHECK_NAMES(refusal("shared:8GiB"), "1 to 4294967295");
  CHECK_NAMES(refusal("bytes:abc"), "even number");
  CHECK_NAMES(refusal("bytes:xy"), "no hexadecimal digits");
  CHECK_NAMES(refusal("=5"), "no name before");
  CHECK_NAMES(std::string(thrown([] { parse_argument("u8:256"); }).what()), "'256' does not fit into u8");
  CHECK_NAMES(std::string(thrown([] { parse_argument("zeros:f64:4294967296x4294967296"); }).what()),
              "too large");
}

TEST_CASE("run arguments: by place, by name, by number") {
  const auto bound = bind_arguments(parsed({"n=100", "zeros:f32:100", "iota:f32:100", "2=2.0"}), axpy);
  REQUIRE(bound.size() == 4);
  CHECK(bound[0].from == content::zeros);
  CHECK(bound[1].from == content::iota);
  CHECK(bound[2].type == element::f32);
  CHECK(bound[3].type == element::u32);
  CHECK(hal::rt::number_text(element::u32, bound[3].bytes.data()) == "100");
  CHECK(bind_arguments(parsed({"zeros:f32:1", "zeros:f32:1", "-5", "1e2"}), axpy)[2].type == element::i32);
  CHECK(bind_arguments(parsed({"1=f32:2", "zeros:f32:1"}), unknown)[0].from == content::zeros);
}

TEST_CASE("run arguments: what the kernel does not take [negative]") {
  const std::string y = "zeros:f32:1";
  CHECK(unbound({y, y, "2.0"}) == "Kernel 'axpy' takes 4 arguments; given are 3.");
  CHECK(unbound({y, "5", "2.0", "1"}) == "Argument 1 (x) of kernel 'axpy' is memory; '5' is a value.");
  CHECK(unbound({y, y, y, "1"}) == "Argument 2 (a) of kernel 'axpy' is a value; 'zeros:f32:1' is memory.");
  CHECK(unbound({y, "shared:4", "1.0", "1"}) ==
        "Argument 1 (x) of kernel 'axpy' is memory; 'shared:4' is shared memory.");
  CHECK(unbound({y, y, "f64:2", "1"}) == "Argument 2 (a) of kernel 'axpy' has 4 bytes; 'f64:2' has 8.");
  CHECK(unbound({y, y, "1.0", "5000000000"}) == "'5000000000' does not fit into u32.");
  CHECK(unbound({y, y, "a=1.0", "a=2.0"}) ==
        "Argument 2 (a) of kernel 'axpy' is given twice: 'a=1.0' and 'a=2.0'.");
  CHECK_NAMES(unbound({y, y, "A=1.0", "1"}), "Kernel 'axpy' has no parameter 'A'");
  CHECK_NAMES(unbound({y, y, "4=1.0", "1"}), "has 4 arguments, numbered from 0; 4 was named");
  CHECK_NAMES(unbound({"y=1"}, unknown), "'y' names no argument");
  CHECK_NAMES(unbound({"1"}, unknown), "needs a type, as f32:2.0");
  const run_parameters wide{"k", {{parameter("s", HAL_ARGUMENT_VALUE, 16)}}, true};
  CHECK_NAMES(unbound({"5"}, wide), "needs a type: argument 0 (s) has 16 bytes");
  // Code that tells sizes only: memory may be meant by what looks like a number of 8 bytes.
  const run_parameters untold{"k", {{parameter("", HAL_ARGUMENT_VALUE, 8)}}, false};
  CHECK(bind_arguments(parsed({y}), untold).size() == 1);
}

TEST_CASE("run compare: within the tolerance, and the first that is not") {
  hal::ctl::tolerances within;
  const auto same = compare(reals({1, 2, 3}), reals({1, 2.00001f, 3}), within);
  CHECK(same.count == 0);
  CHECK(same.largest_absolute > 0);
  const auto apart = compare(reals({1, 2, 3, 4}), reals({1, 2.1f, 3, 5}), within);
  CHECK(apart.count == 2);
  CHECK(apart.first == 1);
  CHECK(apart.left == "2");
  CHECK(apart.right == "2.1");
  CHECK(apart.largest_absolute == 1);
  within.set("f32=0.1");
  CHECK(compare(reals({2}), reals({2.1f}), within).count == 0);
  within.set("f64=0");
  CHECK(compare(reals({2}), reals({2.1f}), within).count == 0);
  within.set("0,0");
  CHECK(compare(reals({2}), reals({2.0000002f}), within).count == 1);
}

TEST_CASE("run compare: no numbers, infinities, integers") {
  const hal::ctl::tolerances within;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(compare(reals({nan, inf, 0.0f}), reals({-nan, inf, -0.0f}), within).count == 0);
  CHECK(compare(reals({nan}), reals({1}), within).count == 1);
  CHECK(compare(reals({inf}), reals({-inf}), within).count == 1);
  CHECK(compare(reals({inf}), reals({3e38f}), within).count == 1);
  const auto whole = [](std::uint64_t value) {
    array made{element::u64, {1}, std::vector<std::byte>(8)};
    hal::rt::put_integer(element::u64, value, made.bytes.data());
    return made;
  };
  // Two that no double tells apart.
  const auto found = compare(whole(9007199254740993), whole(9007199254740992), within);
  CHECK(found.count == 1);
  CHECK(found.left == "9007199254740993");
}

TEST_CASE("run compare: tolerances that are none [negative]") {
  hal::ctl::tolerances within;
  for (const char *text : {"", "x", "-1", "nan", "inf", "1,", "1,2,3", "f99=1", "f32="}) {
    CAPTURE(text);
    CHECK(to_string(thrown([&] { within.set(text); }).status()) == "invalid_argument");
  }
}

}  // namespace
