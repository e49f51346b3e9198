// What becomes of a plugin's failure: hal::detail::raise.
#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "hal/detail/device_state.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::thrown;

hal_error record(hal_status status, const char *message, std::int64_t native_code = 0) {
  hal_error error{};
  error.struct_size = sizeof error;
  error.status = status;
  error.native_code = native_code;
  std::strncpy(error.message, message, sizeof error.message - 1);
  return error;
}

hal::error raised(hal_status status, const hal_error &error,
                  const hal::detail::device_state *device = nullptr) {
  return thrown([&] { hal::detail::raise(status, error, device); });
}

TEST_CASE("error: the plugin's words, codes and the device") {
  hal::detail::device_state device;
  device.info.plugin = "cuda";
  device.info.index = 2;
  const hal::error error =
      raised(HAL_STATUS_OUT_OF_DEVICE_MEMORY,
             record(HAL_STATUS_OUT_OF_DEVICE_MEMORY, "No room for 8 bytes.", -2), &device);
  CHECK(error.status() == hal::status::out_of_device_memory);
  CHECK(std::string(error.what()) == "No room for 8 bytes.");
  CHECK(error.native_code() == -2);
  CHECK(error.device() == "cuda:2");
}

TEST_CASE("error: without a device there is none") {
  CHECK(raised(HAL_STATUS_BUSY, record(HAL_STATUS_BUSY, "Busy.")).device().empty());
}

TEST_CASE("error: a plugin that says nothing still makes a sentence") {
  const hal::error silent = raised(HAL_STATUS_PERMISSION_DENIED, record(HAL_STATUS_OK, "old words", 5));
  CHECK(silent.status() == hal::status::permission_denied);
  CHECK_NAMES(silent.what(), "permission_denied");
  CHECK_NAMES(silent.what(), "22");
  CHECK_FALSE(hal::test::contains(silent.what(), "old words"));
  CHECK(silent.native_code() == 0);
  CHECK_NAMES(std::string(raised(HAL_STATUS_BUSY, record(HAL_STATUS_BUSY, "")).what()), "busy (20)");
}

TEST_CASE("error: a fresh record holds no words of whatever lay there before") {
  hal::detail::error_record fresh;
  CHECK(fresh.record.struct_size == sizeof(hal_error));
  fresh.record.status = HAL_STATUS_BUSY;
  CHECK_NAMES(std::string(raised(HAL_STATUS_BUSY, fresh.record).what()), "busy (20)");
}

TEST_CASE("error: a status that no header names counts as unknown, with its number") {
  for (const hal_status code : {4711, -1, 5, 0x7fffffff}) {
    CAPTURE(code);
    const hal::error silent = raised(code, record(HAL_STATUS_OK, ""));
    CHECK(silent.status() == hal::status::unknown);
    CHECK_NAMES(silent.what(), std::to_string(code));
    const hal::error told = raised(code, record(code, "Something of tomorrow.", 9));
    CHECK(told.status() == hal::status::unknown);
    CHECK_NAMES(told.what(), "Something of tomorrow.");
    CHECK(told.native_code() == 9);
  }
}

TEST_CASE("error: a message without an end is cut, not lost") {
  hal_error endless = record(HAL_STATUS_BUSY, "");
  std::memset(endless.message, 'x', sizeof endless.message);
  CHECK(std::string(raised(HAL_STATUS_BUSY, endless).what()) == std::string(sizeof endless.message, 'x'));
}

TEST_CASE("error: a message that is not UTF-8 can be printed all the same") {
  const std::string text =
      raised(HAL_STATUS_BUSY, record(HAL_STATUS_BUSY, "Ger\xe4t \xc3\xa4 \x1b[31m\n fehlt")).what();
  CHECK(text == "Ger?t \xc3\xa4 ?[31m? fehlt");
}

}  // namespace
