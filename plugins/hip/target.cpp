#include "plugins/hip/target.hpp"

#include <algorithm>
#include <iterator>

namespace hal::plugins::hip {
namespace {

// e_flags: the lowest byte is the machine, then two bits for each feature.
struct machine {
  std::uint8_t number;
  const char *processor;
  const char *generic;  // whose code it runs as well
};
constexpr machine machines[] = {
    {0x2c, "gfx900", "gfx9-generic"},
    {0x2d, "gfx902", "gfx9-generic"},
    {0x2e, "gfx904", "gfx9-generic"},
    {0x2f, "gfx906", "gfx9-generic"},
    {0x30, "gfx908", ""},
    {0x31, "gfx909", "gfx9-generic"},
    {0x3f, "gfx90a", ""},
    {0x32, "gfx90c", "gfx9-generic"},
    {0x4c, "gfx942", "gfx9-4-generic"},
    {0x4f, "gfx950", "gfx9-4-generic"},
    {0x33, "gfx1010", "gfx10-1-generic"},
    {0x34, "gfx1011", "gfx10-1-generic"},
    {0x35, "gfx1012", "gfx10-1-generic"},
    {0x42, "gfx1013", "gfx10-1-generic"},
    {0x36, "gfx1030", "gfx10-3-generic"},
    {0x37, "gfx1031", "gfx10-3-generic"},
    {0x38, "gfx1032", "gfx10-3-generic"},
    {0x39, "gfx1033", "gfx10-3-generic"},
    {0x3e, "gfx1034", "gfx10-3-generic"},
    {0x3d, "gfx1035", "gfx10-3-generic"},
    {0x45, "gfx1036", "gfx10-3-generic"},
    {0x41, "gfx1100", "gfx11-generic"},
    {0x46, "gfx1101", "gfx11-generic"},
    {0x47, "gfx1102", "gfx11-generic"},
    {0x44, "gfx1103", "gfx11-generic"},
    {0x43, "gfx1150", "gfx11-generic"},
    {0x4a, "gfx1151", "gfx11-generic"},
    {0x55, "gfx1152", "gfx11-generic"},
    {0x58, "gfx1153", "gfx11-generic"},
    {0x48, "gfx1200", "gfx12-generic"},
    {0x4e, "gfx1201", "gfx12-generic"},
    {0x49, "gfx1250", ""},
    {0x51, "gfx9-generic", ""},
    {0x5f, "gfx9-4-generic", ""},
    {0x52, "gfx10-1-generic", ""},
    {0x53, "gfx10-3-generic", ""},
    {0x54, "gfx11-generic", ""},
    {0x59, "gfx12-generic", ""},
};

feature feature_of(std::uint32_t bits) {
  // 0: the processor does not have it. 1: either way. 2: off. 3: on.
  return bits == 2 ? feature::off : bits == 3 ? feature::on : feature::any;
}

bool agrees(feature code, feature device) {
  if (code == feature::any || code == device) return true;
  // A device that does not say has it off.
  return device == feature::any && code == feature::off;
}

}  // namespace

std::string target::text() const {
  std::string all = processor;
  if (sramecc != feature::any) all += sramecc == feature::on ? ":sramecc+" : ":sramecc-";
  if (xnack != feature::any) all += xnack == feature::on ? ":xnack+" : ":xnack-";
  return all;
}

target parse_target(std::string_view name) {
  // The processor stands behind the environment of the triple, which is empty.
  const std::size_t triple = name.find("amdhsa-");
  if (triple != std::string_view::npos) {
    name.remove_prefix(triple + std::string_view("amdhsa-").size());
    name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  }
  target found;
  found.processor = name.substr(0, name.find(':'));
  if (!found.processor.starts_with("gfx")) return {};
  for (std::size_t at = name.find(':'); at != std::string_view::npos; at = name.find(':', at + 1)) {
    const std::string_view word = name.substr(at + 1, name.find(':', at + 1) - at - 1);
    if (word == "sramecc+") found.sramecc = feature::on;
    if (word == "sramecc-") found.sramecc = feature::off;
    if (word == "xnack+") found.xnack = feature::on;
    if (word == "xnack-") found.xnack = feature::off;
  }
  return found;
}

target target_of_flags(std::uint32_t flags) {
  const auto *found = std::find_if(std::begin(machines), std::end(machines),
                                   [flags](const machine &one) { return one.number == (flags & 0xffu); });
  if (found == std::end(machines)) return {};
  return {found->processor, feature_of(flags >> 10 & 3u), feature_of(flags >> 8 & 3u)};
}

std::string_view generic_of(std::string_view processor) noexcept {
  const auto *found = std::find_if(std::begin(machines), std::end(machines),
                                   [&](const machine &one) { return one.processor == processor; });
  return found == std::end(machines) ? "" : found->generic;
}

bool runs_on(const target &code, const target &device) noexcept {
  const bool same = code.processor == device.processor ||
                    (!code.processor.empty() && code.processor == generic_of(device.processor));
  return same && agrees(code.sramecc, device.sramecc) && agrees(code.xnack, device.xnack);
}

}  // namespace hal::plugins::hip
