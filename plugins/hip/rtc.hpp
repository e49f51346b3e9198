// hipRTC, AMD's compiler for HIP C++ at run time: part of the runtime up to HIP 5, a library beside it from 6
// on. Never required: where it is missing, there is one format less.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plugins/hip/api.hpp"

namespace hal::plugins::hip::rtc {

// Our own declarations of hiprtc.h, as far as they are used.
using program = struct program_record *;
enum result : int { success = 0, out_of_memory = 1, invalid_input = 3, invalid_option = 5, compilation = 6 };

struct entries {
  const char *(*get_error_string)(result) = nullptr;
  result (*create_program)(program *, const char *, const char *, int, const char *const *,
                           const char *const *) = nullptr;
  result (*compile_program)(program, int, const char *const *) = nullptr;
  result (*destroy_program)(program *) = nullptr;
  result (*get_log_size)(program, std::size_t *) = nullptr;
  result (*get_log)(program, char *) = nullptr;
  result (*get_code_size)(program, std::size_t *) = nullptr;
  result (*get_code)(program, char *) = nullptr;

  bool whole() const noexcept {
    return get_error_string != nullptr && create_program != nullptr && compile_program != nullptr &&
           destroy_program != nullptr && get_log_size != nullptr && get_log != nullptr &&
           get_code_size != nullptr && get_code != nullptr;
  }
};

// Whether it can be loaded; it is not, because it brings a whole compiler.
bool is_there(const api &runtime) noexcept;

// Compiles `source` for a target. `options` are separated by blanks, NULL for none. The log is written also
// when this throws: HAL_STATUS_COMPILATION_FAILED; HAL_STATUS_INVALID_ARGUMENT for an option;
// HAL_STATUS_UNAVAILABLE.
std::vector<std::byte> compile(const api &runtime, const std::string &source, const char *options,
                               const std::string &target, std::string &log);

}  // namespace hal::plugins::hip::rtc
