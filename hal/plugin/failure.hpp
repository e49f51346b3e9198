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

// Copies text into a fixed array: terminated, cut between UTF-8 characters, the rest zeroed.
template <std::size_t Room>
void copy_text(char (&out)[Room], std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), Room - 1);
  if (length < text.size()) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0u) == 0x80u) --length;
  }
  if (length > 0) std::memcpy(out, text.data(), length);
  std::memset(out + length, 0, Room - length);
}

// Writes a failure into the caller's record, as far as its struct_size reaches, and answers the status.
// `error` may be NULL.
inline hal_status fill_error(hal_error *error, hal_status status, std::int64_t native_code,
                             std::string_view message) noexcept {
  if (error == nullptr) return status;
  hal_error full{};
  full.struct_size = error->struct_size;
  full.status = status;
  full.native_code = native_code;
  copy_text(full.message, message);
  // A caller's own text may be part of the sentence; the message stays one line whatever that is.
  for (char &c : full.message) {
    if (c == '\0') break;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  const std::size_t room = std::min<std::size_t>(error->struct_size, sizeof full);
  if (room < offsetof(hal_error, native_code)) return status;
  std::memcpy(error, &full, room);
  if (room > offsetof(hal_error, message)) reinterpret_cast<char *>(error)[room - 1] = '\0';
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
