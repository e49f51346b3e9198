// Failures inside a plugin written in C++: throw `failure`, and the entry adapter turns it into a status and
// a hal_error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "hal/abi/status.h"

namespace hal::plugin {

// What an entry throws when it cannot do its work. Never crosses the boundary.
class failure : public std::exception {
 public:
  // `message` is a full sentence with the values; `native_code` is the code of the API below, 0 when there is
  // none.
  failure(hal_status status, std::string message, std::int64_t native_code = 0)
      : status_(status), native_code_(native_code), message_(std::move(message)) {}

  hal_status status() const noexcept { return status_; }
  std::int64_t native_code() const noexcept { return native_code_; }
  const char *what() const noexcept override { return message_.c_str(); }

 private:
  hal_status status_;
  std::int64_t native_code_;
  std::string message_;
};

// Copies text into `room` bytes, at least 1: terminated, cut between UTF-8 characters, the rest zeroed.
inline void copy_text(char *out, std::size_t room, std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), room - 1);
  if (length < text.size()) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0u) == 0x80u) --length;
  }
  if (length > 0) std::memcpy(out, text.data(), length);
  std::memset(out + length, 0, room - length);
}

template <std::size_t Room>
void copy_text(char (&out)[Room], std::string_view text) noexcept {
  copy_text(out, Room, text);
}

// Writes a failure into the caller's record, as far as its struct_size reaches, and answers the status.
// `error` may be NULL.
inline hal_status fill_error(hal_error *error, hal_status status, std::int64_t native_code,
                             std::string_view message) noexcept {
  if (error == nullptr) return status;
  const std::size_t room = std::min<std::size_t>(error->struct_size, sizeof *error);
  if (room >= offsetof(hal_error, native_code)) error->status = status;
  if (room >= offsetof(hal_error, message)) error->native_code = native_code;
  if (room <= offsetof(hal_error, message)) return status;
  char *text = error->message;
  copy_text(text, room - offsetof(hal_error, message), message);
  // A caller's own text may be part of the sentence; the message stays one line whatever that is.
  for (; *text != '\0'; ++text) {
    if (static_cast<unsigned char>(*text) < 0x20 || *text == 0x7f) *text = '?';
  }
  return status;
}

// Turns the exception being handled into a status and fills `error`. Called from a catch block.
inline hal_status fill_error_from_exception(hal_error *error) noexcept {
  try {
    throw;
  } catch (const failure &failed) {
    return fill_error(error, failed.status(), failed.native_code(), failed.what());
  } catch (const std::bad_alloc &) {
    return fill_error(error, HAL_STATUS_OUT_OF_HOST_MEMORY, 0,
                      "The host ran out of memory inside the plugin.");
  } catch (const std::exception &unexpected) {
    return fill_error(error, HAL_STATUS_INTERNAL, 0, unexpected.what());
  } catch (...) {
    return fill_error(error, HAL_STATUS_INTERNAL, 0,
                      "The plugin threw something that is not a std::exception.");
  }
}

}  // namespace hal::plugin
