// What loading a module is on every device: its source checked, its log written, its kernels' names.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {

// "a, b, c"
inline std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &one : words) text += (text.empty() ? "" : ", ") + one;
  return text;
}

inline void check_format(const hal_module_source &source, const std::vector<std::string> &formats) {
  check_pointer(source.format, "The module's format");
  if (std::find(formats.begin(), formats.end(), source.format) == formats.end()) {
    throw failure(HAL_STATUS_UNSUPPORTED, std::string("The module's format is \"") + source.format +
                                              "\"; the device takes " + joined(formats) + ".");
  }
  if (source.size != 0) check_pointer(source.bytes, "The module's code");
}

// Calls load(source, log) and writes the log into the caller's record, whether it fails or not.
template <typename Load>
auto load_with_log(hal_module_source *source, Load &&load) {
  const input_record<hal_module_source> given(source, "The module source");
  const bool has_length =
      source->struct_size >= offsetof(hal_module_source, log_length) + sizeof given->log_length;
  std::string log;
  const auto tell = [&] {
    if (given->log != nullptr && given->log_size != 0) copy_text(given->log, given->log_size, log);
    if (has_length) source->log_length = log.size();
  };
  tell();
  try {
    auto made = load(*given, log);
    tell();
    return made;
  } catch (...) {
    tell();
    throw;
  }
}

// The failure for a kernel that is not among `names`: it lists those that hold the name or are held by it,
// whatever the letter case, or some of all.
inline failure no_such_kernel(std::string_view name, const std::vector<std::string> &names) {
  const auto lower = [](std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
  };
  const std::string wanted = lower(name);
  std::vector<std::string> near;
  for (const std::string &one : names) {
    const std::string known = lower(one);
    if (!wanted.empty() &&
        (known.find(wanted) != std::string::npos || wanted.find(known) != std::string::npos))
      near.push_back(one);
  }
  if (near.empty()) near = names;
  if (near.size() > 5) near.resize(5);
  return {HAL_STATUS_NOT_FOUND, "The module has no kernel \"" + std::string(name) + "\"; it has " +
                                    (near.empty() ? "none" : joined(near)) + "."};
}

// Throws unless the kernel is among `names`, which are sorted.
inline void check_has_kernel(const std::vector<std::string> &names, std::string_view name) {
  if (!std::binary_search(names.begin(), names.end(), name)) throw no_such_kernel(name, names);
}

// module_kernel: the kernel of that name that was asked for before; NULL when it was not.
template <typename Kernels>
auto *known_kernel(Kernels &kernels, const char *name) {
  check_pointer(name, "The kernel's name");
  const auto known = kernels.find(std::string_view(name));
  return known == kernels.end() ? nullptr : &known->second;
}

// module_kernel_name over the names that the module has.
inline void tell_kernel_name(const std::vector<std::string> &names, std::uint32_t index, char *name,
                             std::uint64_t room, std::uint32_t &count) {
  count = static_cast<std::uint32_t>(names.size());
  if (name == nullptr) return;
  if (index >= names.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The module has " + std::to_string(names.size()) +
                                               " kernels; number " + std::to_string(index) +
                                               " was asked for.");
  }
  if (room != 0) copy_text(name, room, names[index]);
}

}  // namespace hal::plugin
