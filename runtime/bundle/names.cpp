#include "runtime/bundle/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "discovery/pci_names.hpp"
#include "hal/abi/description.h"
#include "runtime/bundle/file_layout.hpp"

namespace hal::rt {
namespace {

std::string too_long(std::size_t size, std::size_t most) {
  return fmt::format("has {} bytes; {} are the most", size, most);
}

}  // namespace

bool is_printable(std::string_view text) {
  return discovery::printable(text, text.size()) == text;
}

std::string fault_of_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > bundle_file::most_name) return too_long(name.size(), bundle_file::most_name);
  if (!is_printable(name)) return "holds control characters or is no UTF-8";
  return {};
}

std::string fault_of_image_names(std::string_view format, std::string_view target) {
  if (format.empty()) return "its format is empty";
  if (format.size() >= HAL_MODULE_FORMAT_SIZE)
    return "its format " + too_long(format.size(), HAL_MODULE_FORMAT_SIZE - 1);
  if (!is_printable(format)) return "its format holds control characters or is no UTF-8";
  if (target.size() >= 2 * HAL_TARGET_SIZE)
    return "its target " + too_long(target.size(), 2 * HAL_TARGET_SIZE - 1);
  if (!is_printable(target)) return "its target holds control characters or is no UTF-8";
  return {};
}

}  // namespace hal::rt
