#include "discovery/kfd_provider.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <tuple>

#include "discovery/sysfs_files.hpp"

namespace hal::discovery {
namespace {

constexpr std::size_t most_nodes = 65536;

// The lines of a node's `properties` that matter here; 0 where there is none.
struct node {
  std::uint64_t simd_count = 0;
  std::uint64_t vendor_id = 0;
  std::uint64_t device_id = 0;
  std::uint64_t location_id = 0;
  std::uint64_t domain = 0;
  std::uint64_t drm_render_minor = 0;
  std::uint64_t unique_id = 0;

  std::uint32_t bus_and_device() const { return static_cast<std::uint32_t>(location_id >> 3) & 0x1fff; }
};

// Empty with the reason in `why` for what is no list of properties.
std::optional<node> parse_properties(std::string_view text, std::string &why) {
  node out;
  const std::pair<std::string_view, std::uint64_t node::*> known[] = {
      {"simd_count", &node::simd_count}, {"vendor_id", &node::vendor_id},
      {"device_id", &node::device_id},   {"location_id", &node::location_id},
      {"domain", &node::domain},         {"drm_render_minor", &node::drm_render_minor},
      {"unique_id", &node::unique_id}};
  bool any = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    for (const auto &[name, member] : known) {
      if (line.substr(0, space) != name) continue;
      const auto value = sysfs::parse_number<std::uint64_t>(line.substr(space + 1),
                                                            std::numeric_limits<std::uint64_t>::max());
      if (!value) {
        why = fmt::format("its {} is not a number", name);
        return std::nullopt;
      }
      out.*member = *value;
      any = true;
    }
  }
  if (!any) why = "it holds no property";
  return any ? std::optional(out) : std::nullopt;
}

// Whether two nodes are parts of one function. Kernels number the parts in the upper bits of the location,
// older ones in the place of the function's number; then the GPU's own id tells.
bool same_function(const node &a, const node &b) {
  if (a.domain != b.domain || a.bus_and_device() != b.bus_and_device()) return false;
  return (a.location_id & 7) == (b.location_id & 7) || (a.unique_id != 0 && a.unique_id == b.unique_id);
}

driver_device to_device(const node &from, const node &first) {
  driver_device out;
  out.source = "kfd";
  out.pci =
      pci_address{static_cast<std::uint32_t>(from.domain), static_cast<std::uint8_t>(from.location_id >> 8),
                  static_cast<std::uint8_t>(from.location_id >> 3 & 0x1f),
                  static_cast<std::uint8_t>(first.location_id & 7)};
  out.vendor = static_cast<std::uint16_t>(from.vendor_id);
  out.device = static_cast<std::uint16_t>(from.device_id);
  out.driver = "amdgpu";
  out.nodes = {"/dev/kfd"};
  if (from.drm_render_minor != 0)
    out.nodes.push_back(fmt::format("/dev/dri/renderD{}", from.drm_render_minor));
  out.computes = device_type::gpu;
  return out;
}

}  // namespace

provider_result kfd_provider::scan() const {
  provider_result result;
  const sysfs::names list = sysfs::list_names(AT_FDCWD, nodes_.c_str(), most_nodes);
  if (!list.opened) return result;
  const sysfs::descriptor folder = sysfs::open_directory(AT_FDCWD, nodes_.c_str());
  std::vector<node> gpus;
  for (const std::string &name : list.found) {
    const sysfs::attribute text = sysfs::read_text(folder.get(), (name + "/properties").c_str());
    std::string why = text.why;
    const auto found = text.text ? parse_properties(*text.text, why) : std::nullopt;
    const bool plain = sysfs::is_plain_word(name);
    // A container's device rules hide GPUs this way.
    if (!text.text && text.why == sysfs::error_text(EPERM)) continue;
    if (!found) {
      result.warnings.push_back(
          {std::nullopt, fmt::format("Node {} of {} could not be read: {}.",
                                     plain ? name : "with a damaged name", nodes_, why)});
    } else if (found->simd_count != 0) {
      if (found->domain > 0xffffffff || found->location_id > 0xffffffff || found->vendor_id > 0xffff ||
          found->device_id > 0xffff || found->drm_render_minor > 0xfffff) {
        result.warnings.push_back(
            {std::nullopt, fmt::format("Node {} of {} tells of a device that cannot be; it was left out.",
                                       plain ? name : "with a damaged name", nodes_)});
        continue;
      }
      gpus.push_back(*found);
    }
  }
  std::sort(gpus.begin(), gpus.end(), [](const node &a, const node &b) {
    const auto key = [](const node &one) {
      return std::tuple(one.domain, one.bus_and_device(), one.unique_id, one.location_id,
                        one.drm_render_minor);
    };
    return key(a) < key(b);
  });
  for (std::size_t begin = 0; begin < gpus.size();) {
    std::size_t end = begin + 1;
    while (end < gpus.size() && same_function(gpus[begin], gpus[end])) ++end;
    for (std::size_t index = begin; index < end; ++index) {
      result.devices.push_back(to_device(gpus[index], gpus[begin]));
      if (end - begin > 1) result.devices.back().partition = static_cast<std::uint32_t>(index - begin);
    }
    begin = end;
  }
  return result;
}

}  // namespace hal::discovery
