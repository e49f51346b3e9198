// Records that carry their own size: reading a shorter one as if the rest were 0, writing no more than the
// caller has room for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

// A caller's record as this plugin's version of it. Refers to the original when that is long enough,
// otherwise to a copy of its own with the missing fields 0; lives no longer than the original.
template <typename Record>
class input_record {
 public:
  // `what` names the parameter in the message when `given` is NULL or claims an impossible size.
  input_record(const Record *given, const char *what) : used_(given) {
    if (given == nullptr) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string(what) + " is NULL; a record is needed.");
    }
    if (given->struct_size < sizeof(Record)) complete(given, what);
  }

  // The same, but NULL stands for a record of zeros.
  static input_record or_zeros(const Record *given, const char *what) {
    return given == nullptr ? input_record() : input_record(given, what);
  }

  input_record(const input_record &) = delete;
  input_record &operator=(const input_record &) = delete;

  const Record &operator*() const noexcept { return *used_; }
  const Record *operator->() const noexcept { return used_; }

 private:
  input_record() : used_(&copy_) { copy_.struct_size = sizeof(Record); }

  void complete(const Record *given, const char *what) {
    if (given->struct_size < sizeof given->struct_size) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    std::string(what) + " says that its size is " + std::to_string(given->struct_size) +
                        " bytes; the caller sets struct_size to the size of the record.");
    }
    std::memcpy(&copy_, given, given->struct_size);
    used_ = &copy_;
  }

  const Record *used_;
  Record copy_{};
};

// Writes `value` into the caller's record, for at most the caller's struct_size, which is kept.
template <typename Record>
void write_record(Record *out, const Record &value, const char *what) {
  if (out == nullptr)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string(what) + " is NULL; a record is needed.");
  if (out->struct_size < sizeof out->struct_size) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  std::string(what) + " says that its size is " + std::to_string(out->struct_size) +
                      " bytes; the caller sets struct_size to the size of the record.");
  }
  const std::uint32_t size = out->struct_size;
  std::memcpy(out, &value, std::min<std::size_t>(size, sizeof value));
  out->struct_size = size;
}

// Where an entry's result goes. Throws when the caller gave no place; sets it to nothing until there is a
// result.
template <typename Value>
Value &output(Value *out, const char *what) {
  if (out == nullptr)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string(what) + " is NULL; the result needs a place.");
  *out = Value{};
  return *out;
}

}  // namespace hal::plugin
