// hal/plugin/failure.hpp: what a failure leaves in the caller's record.
#include "hal/plugin/failure.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

namespace {

using hal::plugin::fill_error;

// A record that says it is `size` bytes long, in a full one that is all 0x5a.
hal_error record_of(std::uint32_t size) {
  hal_error error;
  std::memset(&error, 0x5a, sizeof error);
  error.struct_size = size;
  return error;
}

constexpr auto head = static_cast<std::uint32_t>(offsetof(hal_error, message));

}  // namespace

TEST_SUITE_BEGIN("hal/plugin/failure");

TEST_CASE("fill_error: no record is needed") {
  CHECK(fill_error(nullptr, HAL_STATUS_BUSY, 0, "Busy.") == HAL_STATUS_BUSY);
}

TEST_CASE("fill_error: a number is written whole or not at all") {
  const hal_error untouched = record_of(0);
  for (const std::uint32_t size : {0u, 4u, 7u, 8u, 12u, 15u, 16u}) {
    CAPTURE(size);
    hal_error error = record_of(size);
    CHECK(fill_error(&error, HAL_STATUS_BUSY, 77, "Busy.") == HAL_STATUS_BUSY);
    CHECK(error.struct_size == size);
    CHECK((error.status == (size >= 8 ? HAL_STATUS_BUSY : untouched.status)));
    CHECK((error.native_code == (size >= 16 ? 77 : untouched.native_code)));
    CHECK(error.message[0] == 0x5a);
  }
}

TEST_CASE("fill_error: a message is cut between characters, whatever the room") {
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";   // 1, 2, 3, 4 and 1 bytes
  const std::size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};  // by room for text
  for (std::uint32_t room = 1; room <= 12; ++room) {
    CAPTURE(room);
    hal_error error = record_of(head + room);
    fill_error(&error, HAL_STATUS_BUSY, 0, text);
    CHECK(std::string(error.message) == text.substr(0, whole[room - 1]));
    CHECK(error.message[room] == 0x5a);
  }
}

TEST_CASE("fill_error: the message is one plain line") {
  hal_error error = record_of(sizeof(hal_error));
  fill_error(&error, HAL_STATUS_BUSY, 0, "one\ntwo\x1b[31m\x7f");
  CHECK(std::string(error.message) == "one?two?[31m?");
}

TEST_SUITE_END();
