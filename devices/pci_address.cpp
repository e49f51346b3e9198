#include "hal/pci_address.hpp"

#include <fmt/format.h>

#include <charconv>

namespace hal {
namespace {

template <typename Integer>
bool read_hex(std::string_view digits, std::size_t least, std::size_t most, unsigned limit,
              Integer &out) noexcept {
  if (digits.size() < least || digits.size() > most) return false;
  std::uint32_t value = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc{} || stop != end || value > limit) return false;
  out = static_cast<Integer>(value);
  return true;
}

}  // namespace

std::string to_string(const pci_address &address) {
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", address.domain, address.bus, address.device,
                     address.function);
}

std::optional<pci_address> parse_pci_address(std::string_view text) noexcept {
  pci_address address;
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || !read_hex(text.substr(dot + 1), 1, 1, 7, address.function)) return {};
  text = text.substr(0, dot);
  const std::size_t device = text.rfind(':');
  if (device == std::string_view::npos || !read_hex(text.substr(device + 1), 2, 2, 0x1f, address.device))
    return {};
  text = text.substr(0, device);
  const std::size_t bus = text.rfind(':');
  if (bus != std::string_view::npos) {
    if (!read_hex(text.substr(0, bus), 4, 8, 0xffffffffu, address.domain)) return {};
    text = text.substr(bus + 1);
  }
  if (!read_hex(text, 2, 2, 0xff, address.bus)) return {};
  return address;
}

}  // namespace hal
