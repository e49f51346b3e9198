#include "tests/conformance/expect.hpp"

#include <algorithm>
#include <cstring>

namespace conformance {
namespace {

void judge(const answer &given, std::initializer_list<hal_status> expected, const char *file, int line) {
  if (std::find(expected.begin(), expected.end(), given.status) == expected.end()) {
    std::string names;
    for (const hal_status one : expected)
      names += (names.empty() ? "" : " or ") + std::string(status_name(one));
    fail_at(file, line,
            std::string("answered ") + status_name(given.status) + ", expected " + names + error_text(given));
    return;
  }
  if (given.status == HAL_STATUS_OK) {
    if (given.touched) fail_at(file, line, "succeeded, but wrote into the error record" + error_text(given));
    return;
  }
  const std::string fault = record_fault(given);
  if (!fault.empty())
    fail_at(file, line, std::string("answered ") + status_name(given.status) + ", but " + fault);
}

}  // namespace

const char *status_name(hal_status status) {
  switch (status) {
    case HAL_STATUS_OK:
      return "OK";
    case HAL_STATUS_NOT_READY:
      return "NOT_READY";
    case HAL_STATUS_TIMED_OUT:
      return "TIMED_OUT";
    case HAL_STATUS_UNSUPPORTED:
      return "UNSUPPORTED";
    case HAL_STATUS_UNAVAILABLE:
      return "UNAVAILABLE";
    case HAL_STATUS_INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case HAL_STATUS_INVALID_HANDLE:
      return "INVALID_HANDLE";
    case HAL_STATUS_OUT_OF_RANGE:
      return "OUT_OF_RANGE";
    case HAL_STATUS_INVALID_STATE:
      return "INVALID_STATE";
    case HAL_STATUS_BUSY:
      return "BUSY";
    case HAL_STATUS_NOT_FOUND:
      return "NOT_FOUND";
    case HAL_STATUS_PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case HAL_STATUS_OUT_OF_HOST_MEMORY:
      return "OUT_OF_HOST_MEMORY";
    case HAL_STATUS_OUT_OF_DEVICE_MEMORY:
      return "OUT_OF_DEVICE_MEMORY";
    case HAL_STATUS_RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case HAL_STATUS_INVALID_MODULE:
      return "INVALID_MODULE";
    case HAL_STATUS_INCOMPATIBLE_TARGET:
      return "INCOMPATIBLE_TARGET";
    case HAL_STATUS_COMPILATION_FAILED:
      return "COMPILATION_FAILED";
    case HAL_STATUS_LAUNCH_FAILED:
      return "LAUNCH_FAILED";
    case HAL_STATUS_DEVICE_LOST:
      return "DEVICE_LOST";
    case HAL_STATUS_INCOMPATIBLE_VERSION:
      return "INCOMPATIBLE_VERSION";
    case HAL_STATUS_INTERNAL:
      return "INTERNAL";
    case HAL_STATUS_UNKNOWN:
      return "UNKNOWN";
    default:
      return "a status that does not exist";
  }
}

std::string record_fault(const answer &given) {
  if (given.absent) return {};
  const hal_error &error = given.error;
  const auto *end = static_cast<const char *>(std::memchr(error.message, '\0', sizeof error.message));
  if (!given.touched) return "the error record was left alone";
  if (error.struct_size != sizeof error) return "the error record's struct_size was changed";
  if (error.status != given.status) return std::string("the error record says ") + status_name(error.status);
  if (end == nullptr) return "the message is not terminated";
  if (end == error.message) return "the message is empty";
  if (std::any_of(error.message, end, [](char one) { return static_cast<unsigned char>(one) < 0x20; }))
    return "the message is more than one plain line";
  return {};
}

std::string error_text(const answer &given) {
  if (given.absent) return " (the entry is NULL)";
  if (!given.touched) return {};
  return ": " + std::string(given.error.message, strnlen(given.error.message, sizeof given.error.message));
}

void fail_at(const char *file, int line, const std::string &text) {
  ADD_FAIL_CHECK_AT(file, line, text);
}

void expect_ok(const answer &given, const char *file, int line) {
  judge(given, {HAL_STATUS_OK}, file, line);
}

void expect_status(const answer &given, hal_status expected, const char *file, int line) {
  judge(given, {expected}, file, line);
}

void expect_one_of(const answer &given, std::initializer_list<hal_status> expected, const char *file,
                   int line) {
  judge(given, expected, file, line);
}

void expect_not_ready(const answer &given, const char *file, int line) {
  if (given.status != HAL_STATUS_NOT_READY) {
    judge(given, {HAL_STATUS_NOT_READY}, file, line);
  } else if (given.touched) {
    fail_at(file, line, "answered NOT_READY, but wrote into the error record" + error_text(given));
  }
}

void require_ok(const answer &given, const char *file, int line) {
  judge(given, {HAL_STATUS_OK}, file, line);
  if (given.status != HAL_STATUS_OK) ADD_FAIL_AT(file, line, "the case cannot go on");
}

}  // namespace conformance
