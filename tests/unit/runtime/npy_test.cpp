#include "runtime/npy.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::rt::array;
using hal::rt::element;
using hal::test::thrown;

std::vector<std::byte> bytes_of(const std::string &text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

// A file of version 1, or of another one, with that dictionary and so many bytes of elements.
std::vector<std::byte> file(const std::string &header, std::size_t elements, char major = 1) {
  std::string text = "\x93NUMPY";
  text += major;
  text += '\0';
  const auto length = static_cast<std::uint32_t>(header.size());
  text.append(reinterpret_cast<const char *>(&length), major == 1 ? 2 : 4);
  text += header;
  for (std::size_t i = 0; i < elements; ++i) text += static_cast<char>(i);
  return bytes_of(text);
}

array parse(const std::vector<std::byte> &bytes) {
  return hal::rt::parse_npy(bytes, "x.npy");
}

std::string refusal(const std::string &header, std::size_t elements, char major = 1) {
  const hal::error why = thrown([&] { parse(file(header, elements, major)); });
  CHECK(to_string(why.status()) == "invalid_argument");
  CHECK_NAMES(std::string(why.what()), "'x.npy' cannot be read: ");
  return why.what();
}

double rounded(element type, double value) {
  std::byte bytes[8] = {};
  hal::rt::put_real(type, value, bytes);
  return hal::rt::real_of(type, bytes);
}

std::string number(element type, const std::string &text) {
  std::byte bytes[8] = {};
  hal::rt::put_number(type, text, bytes);
  return hal::rt::number_text(type, bytes);
}

TEST_CASE("npy: what is written is read again, in every type") {
  for (const element type : {element::i8, element::u8, element::i16, element::u16, element::i32, element::u32,
                             element::i64, element::u64, element::f16, element::f32, element::f64}) {
    for (const std::vector<std::uint64_t> &shape :
         {std::vector<std::uint64_t>{}, {1}, {7}, {2, 3}, {0}, {2, 0, 3}}) {
      array made{type, shape, {}};
      made.bytes.resize(hal::rt::byte_size_of(shape, type));
      for (std::size_t i = 0; i < made.bytes.size(); ++i) made.bytes[i] = static_cast<std::byte>(i * 37);
      const std::vector<std::byte> whole = hal::rt::npy_bytes(made);
      CHECK((whole.size() - made.bytes.size()) % 64 == 0);
      const array read = parse(whole);
      CHECK(read.type == type);
      CHECK(read.shape == shape);
      CHECK(read.bytes == made.bytes);
    }
  }
}

TEST_CASE("npy: bf16 is written as the bits it has") {
  const array read = parse(hal::rt::npy_bytes({element::bf16, {1}, {std::byte{0x80}, std::byte{0x3f}}}));
  CHECK(read.type == element::u16);
  CHECK(hal::rt::number_text(element::u16, read.bytes.data()) == "16256");
}

TEST_CASE("npy: headers as other programs write them") {
  CHECK(parse(file("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }    \n", 12)).shape.size() == 1);
  CHECK(parse(file("{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<i2\"}", 8)).type == element::i16);
  CHECK(parse(file("{'descr': '|b1', 'fortran_order': False, 'shape': (3L, )}", 3)).type == element::u8);
  CHECK(parse(file("{'descr': '>u1', 'fortran_order': False, 'shape': (3, )}", 3)).type == element::u8);
  CHECK(parse(file("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8, 2)).shape.empty());
  CHECK(parse(file("{'descr': '<f8', 'fortran_order': False, 'shape': (1)}", 8, 3)).shape.size() == 1);
  // In one dimension both orders are the same.
  CHECK(parse(file("{'descr': '<u4', 'fortran_order': True, 'shape': (2,)}", 8)).bytes.size() == 8);
}

TEST_CASE("npy: what cannot be used is refused in a sentence [negative]") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  CHECK_NAMES(refusal(good, 23), "it has 23 bytes of elements; 2x3 of f32 take 24");
  CHECK_NAMES(refusal(good, 25), "it has 25 bytes of elements");
  CHECK_NAMES(refusal(good, 24, 4), "its version is 4");
  CHECK_NAMES(refusal("{'descr': '>f4', 'fortran_order': False, 'shape': (6,)}", 24),
              "('>f4') are big-endian");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}", 24), "Fortran order");
  CHECK_NAMES(refusal("{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}", 24),
              "type '<c8'; known are i8");
  CHECK_NAMES(refusal("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", 24), "type '|O'");
  CHECK_NAMES(refusal("{'descr': '', 'fortran_order': False, 'shape': (3,)}", 24), "type ''");
  CHECK_NAMES(refusal("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", 24), "records");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", 12), "neither True nor False");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", 12), "no count");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 12),
              "no count");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': 3}", 12), "lacks a '('");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (3", 12), "lacks a ')'");
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False}", 12), "lacks 'descr'");
  CHECK_NAMES(refusal("{'descr': '<f4', 'descr': '<f4'}", 12), "'descr', for the second time");
  CHECK_NAMES(refusal("{'descr': '<f4', 'other': '<f4'}", 12), "'other', which no .npy file has");
  CHECK_NAMES(refusal("{'descr': '<f4", 12), "does not end");
  CHECK_NAMES(refusal(good + " and more", 24), "something follows");
  CHECK_NAMES(refusal("", 0), "lacks a '{'");
  CHECK_NAMES(
      refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::string(80, '1') + ",)}", 0),
      "no count");
  std::string many;
  for (int i = 0; i < 33; ++i) many += "1,";
  CHECK_NAMES(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (" + many + ")}", 4),
              "more than 32");
  const hal::error large = thrown(
      [] { parse(file("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 8)); });
  CHECK_NAMES(std::string(large.what()), "4294967296x4294967296 elements of f64 is too large");
}

TEST_CASE("npy: any beginning of a file is refused, whatever it says of its header [negative]") {
  const std::vector<std::byte> whole = file("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(to_string(thrown([&] { parse(part); }).status()) == "invalid_argument");
  }
  std::vector<std::byte> huge = file("{}", 0, 2);
  huge[8] = huge[9] = huge[10] = huge[11] = std::byte{0xff};
  CHECK_NAMES(std::string(thrown([&] { parse(huge); }).what()), "4294967295 bytes, too many");
}

TEST_CASE("npy: files") {
  const hal::test::temporary_directory folder;
  const auto path = folder.path() / "a.npy";
  CHECK(to_string(thrown([&] { hal::rt::read_npy(path); }).status()) == "not_found");
  const auto bytes = hal::rt::npy_bytes({element::u8, {3}, bytes_of("abc")});
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  CHECK(hal::rt::read_npy(path).bytes == bytes_of("abc"));
  CHECK_NAMES(std::string(thrown([&] { hal::rt::read_npy(folder.path()); }).what()), "no plain file");
}

TEST_CASE("element: names") {
  CHECK(hal::rt::parse_element("f16") == element::f16);
  CHECK(to_string(element::bf16) == "bf16");
  CHECK_FALSE(hal::rt::parse_element("float"));
  CHECK(hal::rt::element_names() == "i8, u8, i16, u16, i32, u32, i64, u64, f16, bf16, f32, f64");
}

TEST_CASE("element: numbers as people write them") {
  CHECK(number(element::u8, "255") == "255");
  CHECK(number(element::i8, "-128") == "-128");
  CHECK(number(element::u32, "0xffffffff") == "4294967295");
  CHECK(number(element::i64, "-9223372036854775808") == "-9223372036854775808");
  CHECK(number(element::u64, "18446744073709551615") == "18446744073709551615");
  CHECK(number(element::f32, "0.1") == "0.1");
  CHECK(number(element::f64, "-1e-3") == "-0.001");
  CHECK(number(element::f16, "inf") == "inf");
  CHECK(number(element::f16, "65504") == "65504");
  const auto wrong = [](element type, const char *text) {
    return std::string(thrown([&] { number(type, text); }).what());
  };
  CHECK(wrong(element::u8, "256") == "'256' does not fit into u8.");
  CHECK(wrong(element::u8, "-1") == "'-1' does not fit into u8.");
  CHECK(wrong(element::i8, "128") == "'128' does not fit into i8.");
  CHECK(wrong(element::u64, "18446744073709551616") == "'18446744073709551616' does not fit into u64.");
  CHECK(wrong(element::i32, "1.5") == "'1.5' is no i32.");
  CHECK(wrong(element::i32, "") == "'' is no i32.");
  CHECK(wrong(element::i32, "0x") == "'0x' is no i32.");
  CHECK(wrong(element::f32, "1,5") == "'1,5' is no f32.");
  CHECK(wrong(element::f32, "1e39") == "'1e39' does not fit into f32.");
  CHECK(wrong(element::f16, "65520") == "'65520' does not fit into f16.");
}

TEST_CASE("element: halves are rounded to the nearest, ties to even") {
  CHECK(rounded(element::f16, 1.0) == 1.0);
  CHECK(rounded(element::f16, -2.5) == -2.5);
  CHECK(rounded(element::f16, 1.0 + 0x1p-11) == 1.0);               // a tie
  CHECK(rounded(element::f16, 1.0 + 3 * 0x1p-11) == 1.0 + 0x1p-9);  // a tie the other way
  CHECK(rounded(element::f16, 1.0 + 0x1.8p-11) == 1.0 + 0x1p-10);
  CHECK(rounded(element::f16, 0x1p-24) == 0x1p-24);  // the smallest
  CHECK(rounded(element::f16, 0x1p-25) == 0.0);
  CHECK(rounded(element::f16, 0x1.8p-25) == 0x1p-24);
  CHECK(rounded(element::f16, 0x1p-14 - 0x1p-26) == 0x1p-14);  // up into the normal numbers
  CHECK(rounded(element::f16, 65519.9) == 65504.0);
  CHECK(std::isinf(rounded(element::f16, 65520)));
  CHECK(std::isnan(rounded(element::f16, std::numeric_limits<double>::quiet_NaN())));
  CHECK(std::signbit(rounded(element::f16, -0.0)));
  CHECK(rounded(element::bf16, 1.0 + 0x1p-8) == 1.0);
  CHECK(rounded(element::bf16, 3.0e38) == doctest::Approx(3.0e38).epsilon(0.004));
  // Every half there is comes back as it was.
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    std::byte half[8] = {};
    hal::rt::put_integer(element::u16, bits, half);
    for (const element type : {element::f16, element::bf16}) {
      const double value = hal::rt::real_of(type, half);
      std::byte again[8] = {};
      hal::rt::put_real(type, value, again);
      if (!std::isnan(value)) REQUIRE(std::memcmp(half, again, 2) == 0);
    }
  }
}

}  // namespace
