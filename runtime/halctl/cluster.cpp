#include "runtime/halctl/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/halctl/output.hpp"

namespace hal::ctl {
namespace {

bool is_alphanumeric(char one) {
  return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
}

}  // namespace

std::vector<cluster_device> cluster_devices(runtime &rt) {
  const auto listing = rt.look();
  for (const std::string &text : listing->warnings) warn(text);
  std::vector<cluster_device> all;
  bool by_order = false;
  for (device_files &files : rt.files()) {
    const auto at =
        std::find_if(listing->devices.begin(), listing->devices.end(),
                     [&files](const device_entry &entry) { return entry.identity.pci == files.address; });
    if (at == listing->devices.end() || at->type == device_type::cpu) continue;
    by_order = by_order || files.by_order;
    all.push_back({*at, std::move(files)});
  }
  if (by_order) {
    warn(
        "Which numbered file in /dev belongs to which device is told by their order alone; a driver that was "
        "bound in "
        "another order counts otherwise.");
  }
  return all;
}

std::string model_of(const device_entry &entry) {
  const std::string &name = entry.name;
  const std::size_t open = name.find('[');
  const std::size_t close = name.find(']', open == std::string::npos ? 0 : open);
  if (open != std::string::npos && close != std::string::npos && close > open + 1)
    return name.substr(open + 1, close - open - 1);
  if (!entry.vendor.empty() && name.size() > entry.vendor.size() + 1 && name.starts_with(entry.vendor))
    return name.substr(entry.vendor.size() + 1);
  return name;
}

std::string reduced(std::string_view text, char gap, std::string_view joints, std::size_t longest) {
  std::string out;
  for (const char one : text) {
    if (is_alphanumeric(one)) {
      out += one;
    } else if (!out.empty()) {
      const char joint = joints.find(one) != std::string_view::npos ? one : gap;
      if (is_alphanumeric(out.back())) {
        out += joint;
      } else if (out.back() == gap) {
        out.back() = joint;
      }
    }
    if (out.size() == longest) break;
  }
  while (!out.empty() && !is_alphanumeric(out.back())) out.pop_back();
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char one) {
    return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one;
  });
  return out;
}

bool is_dns_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    const bool plain = std::all_of(part.begin(), part.end(), [](char one) {
      return one == '-' || (is_alphanumeric(one) && !(one >= 'A' && one <= 'Z'));
    });
    if (part.empty() || part.size() > 63 || !plain || part.front() == '-' || part.back() == '-') return false;
    begin = end + 1;
  }
  return true;
}

std::string vendor_label(const device_entry &entry) {
  const std::string name = lower_case(reduced(entry.vendor, '-', "-", 40));
  const bool begins_with_letter = !name.empty() && name.front() >= 'a';
  return begins_with_letter ? name : fmt::format("vendor-{:04x}", entry.vendor_id);
}

}  // namespace hal::ctl
