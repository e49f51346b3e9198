#include "plugins/cuda/jit.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <tuple>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

void *number(std::uint64_t value) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(value));
}

int value_behind(std::string_view name, std::string_view word) {
  int value = 0;
  const char *end = word.data() + word.size();
  const auto [read, fault] = std::from_chars(word.data() + name.size(), end, value);
  return fault == std::errc() && read == end && value >= 0 ? value : -1;
}

}  // namespace

jit_request::jit_request() {
  set(driver::jit_error_log_buffer, errors.data());
  set(driver::jit_error_log_size, number(errors.size()));
  set(driver::jit_info_log_buffer, notes.data());
  set(driver::jit_info_log_size, number(notes.size()));
}

void jit_request::set(driver::jit_option option, void *value) {
  options.push_back(option);
  values.push_back(value);
}

void jit_request::add_word(std::string_view word) {
  if (word == "-lineinfo") return set(driver::jit_generate_line_info, number(1));
  if (word == "-g") return set(driver::jit_generate_debug_info, number(1));
  for (const auto &[name, option, most] : {std::tuple{"-O", driver::jit_optimization_level, 4},
                                           std::tuple{"-maxrregcount=", driver::jit_max_registers, 255}}) {
    if (!word.starts_with(name)) continue;
    const int value = value_behind(name, word);
    if (value >= 0 && value <= most) return set(option, number(static_cast<unsigned>(value)));
  }
  throw failure(
      HAL_STATUS_INVALID_ARGUMENT,
      fmt::format("The option \"{}\" is not known; known are -O0 to -O4, -maxrregcount=N, -lineinfo "
                  "and -g.",
                  word));
}

void jit_request::add(const char *words) {
  if (words == nullptr) return;
  std::istringstream from{std::string(words)};
  for (std::string word; from >> word;) add_word(word);
}

std::string jit_request::log() const {
  std::string text(errors.data(), strnlen(errors.data(), errors.size()));
  const std::string more(notes.data(), strnlen(notes.data(), notes.size()));
  if (!text.empty() && !more.empty()) text += '\n';
  return text + more;
}

linked link_ptx(const api &api, const std::string &text, const char *options) {
  linked result;
  if (!api.has_linker()) return result;
  jit_request request;
  request.add(options);
  driver::link_state state = nullptr;
  if (api.link_create(static_cast<unsigned>(request.options.size()), request.options.data(),
                      request.values.data(), &state) != driver::CUDA_SUCCESS)
    return result;
  struct link_end {
    const cuda::api &of;
    driver::link_state state;
    ~link_end() { of.link_destroy(state); }
  } const end{api, state};
  // With its terminating zero, as the driver's documentation wants it.
  void *made = nullptr;
  std::size_t size = 0;
  if (api.link_add_data(state, driver::jit_input_ptx, const_cast<char *>(text.c_str()), text.size() + 1,
                        nullptr, 0, nullptr, nullptr) == driver::CUDA_SUCCESS &&
      api.link_complete(state, &made, &size) == driver::CUDA_SUCCESS && made != nullptr) {
    const auto *bytes = static_cast<const std::byte *>(made);
    result.cubin.assign(bytes, bytes + size);
    result.log = request.log();
  }
  return result;
}

}  // namespace hal::plugins::cuda
