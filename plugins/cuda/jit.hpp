// The driver's compiler of PTX: what it is told, what it says, and what it makes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda {

// Options in the driver's form, and room for its log. Stays where it is while the driver uses it.
struct jit_request {
  std::array<char, 8192> errors{};
  std::array<char, 8192> notes{};
  std::vector<driver::jit_option> options;
  std::vector<void *> values;

  jit_request();
  jit_request(const jit_request &) = delete;
  jit_request &operator=(const jit_request &) = delete;

  // Words that ptxas has under the same names; NULL: none. Throws HAL_STATUS_INVALID_ARGUMENT for others.
  void add(const char *words);
  std::string log() const;

 private:
  void set(driver::jit_option option, void *value);
  void add_word(std::string_view word);
};

struct linked {
  std::vector<std::byte> cubin;  // for the current context's device; empty when the linker makes none
  std::string log;
};
linked link_ptx(const api &api, const std::string &text, const char *options);

}  // namespace hal::plugins::cuda
