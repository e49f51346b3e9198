// The error record: as long as the caller says, never longer, and optional.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

// A failing call with a record of `size` bytes in a larger room, which is checked to be untouched beyond.
struct small_record {
  explicit small_record(std::uint32_t size) {
    std::memset(room, poison, sizeof room);
    std::memcpy(room, &size, sizeof size);
    status = plugin().describe(UINT32_MAX, &facts(), reinterpret_cast<hal_error *>(room));
    CHECK(status == HAL_STATUS_OUT_OF_RANGE);
    std::uint32_t kept = 0;
    std::memcpy(&kept, room, sizeof kept);
    CHECK(kept == size);
    CHECK(std::all_of(room + size, room + sizeof room, [](auto byte) { return byte == poison; }));
  }

  hal_device_description &facts() {
    given.struct_size = sizeof given;
    return given;
  }
  hal_status told() const {
    hal_status out = 0;
    std::memcpy(&out, room + offsetof(hal_error, status), sizeof out);
    return out;
  }
  const char *message() const { return reinterpret_cast<const char *>(room + offsetof(hal_error, message)); }

  alignas(8) unsigned char room[sizeof(hal_error) + 64];
  hal_device_description given{};
  hal_status status;
};

}  // namespace

TEST_CASE("error: a record of 4 bytes holds nothing and gets nothing [negative]") {
  small_record record(4);
}

TEST_CASE("error: a record of 8 bytes gets the status [negative]") {
  const small_record record(8);
  CHECK(record.told() == HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("error: a record of 16 bytes gets status and native code [negative]") {
  const small_record record(16);
  CHECK(record.told() == HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("error: a message with room for its end only is empty and terminated [negative]") {
  const small_record record(offsetof(hal_error, message) + 1);
  CHECK(record.told() == HAL_STATUS_OUT_OF_RANGE);
  CHECK(record.message()[0] == '\0');
}

TEST_CASE("error: a message is cut to the room there is, and terminated [negative]") {
  const answer whole = call(plugin().describe, UINT32_MAX, &small_record(64).facts());
  for (const std::uint32_t size : {18u, 40u, 64u}) {
    CAPTURE(size);
    const small_record record(size);
    CHECK(record.told() == HAL_STATUS_OUT_OF_RANGE);
    const std::size_t room = size - offsetof(hal_error, message);
    const std::size_t length = strnlen(record.message(), room);
    CHECK(length < room);
    CHECK(length > 0);
    CHECK(std::string(whole.error.message).compare(0, length, record.message(), length) == 0);
  }
}

TEST_CASE("error: a longer record is written no further than this one [negative]") {
  small_record record(sizeof(hal_error));
  alignas(8) unsigned char room[sizeof(hal_error) + 64];
  std::memset(room, poison, sizeof room);
  const auto size = static_cast<std::uint32_t>(sizeof room);
  std::memcpy(room, &size, sizeof size);
  CHECK(plugin().describe(UINT32_MAX, &record.facts(), reinterpret_cast<hal_error *>(room)) ==
        HAL_STATUS_OUT_OF_RANGE);
  if (plugin().abi_minor <= HAL_ABI_MINOR) {
    CHECK(
        std::all_of(room + sizeof(hal_error), room + sizeof room, [](auto byte) { return byte == poison; }));
  }
}

TEST_CASE("error: may be NULL everywhere [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  event made(device);
  hal_device_description facts{};
  facts.struct_size = sizeof facts;
  hal_device *opened = nullptr;
  hal_memory *allocated = nullptr;
  hal_stream *created = nullptr;
  const auto options = memory_options(0);
  char byte = 0;
  CHECK(plugin().describe(UINT32_MAX, &facts, nullptr) == HAL_STATUS_OUT_OF_RANGE);
  CHECK(plugin().open(the_subject().host(), UINT32_MAX, nullptr, &opened, nullptr) ==
        HAL_STATUS_OUT_OF_RANGE);
  CHECK(table().device_close(nullptr, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().device_close(device, nullptr) == HAL_STATUS_BUSY);
  CHECK(table().memory_allocate(device, &options, &allocated, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(table().memory_free(device, nullptr, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().stream_create(nullptr, nullptr, &created, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().stream_destroy(device, nullptr, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().stream_query(nullptr, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().event_record(made, nullptr, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().copy_to_device(on, memory, 0, &byte, 65, nullptr) == HAL_STATUS_OUT_OF_RANGE);
  CHECK(table().copy_to_host(on, &byte, memory, 64, 1, nullptr) == HAL_STATUS_OUT_OF_RANGE);
  CHECK(table().copy(on, memory, 0, memory, 0, 1, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(table().fill(on, memory, 0, 64, 0, 3, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("error: a success leaves the record alone") {
  opened_device device;
  stream on(device);
  hal_error error = poisoned_error();
  CHECK(table().stream_synchronize(on, 0, &error) == HAL_STATUS_OK);
  CHECK(table().stream_query(on, &error) == HAL_STATUS_OK);
  CHECK(is_poisoned(error));
}

TEST_CASE("error: a message names the values of the call [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 4321);
  const answer given = call(table().fill, on, memory, 1234u, 9876u, 0u, 1u);
  expect_status(given, HAL_STATUS_OUT_OF_RANGE);
  const std::string text = given.error.message;
  CHECK(text.find("9876") != std::string::npos);
  CHECK(text.find("1234") != std::string::npos);
}

TEST_CASE("error: a message is whole in UTF-8 and ends without a newline [negative]") {
  const answer given = call(plugin().describe, UINT32_MAX, &small_record(64).facts());
  expect_status(given, HAL_STATUS_OUT_OF_RANGE);
  const std::string text(given.error.message, strnlen(given.error.message, sizeof given.error.message));
  std::size_t expected = 0;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (expected > 0) {
      REQUIRE((byte & 0xc0u) == 0x80u);
      --expected;
    } else {
      expected = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    }
  }
  CHECK(expected == 0);
  CHECK(text.back() != '\n');
}
