// What sysfs tells of a function beyond its identity.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "discovery/pci_sysfs.hpp"

namespace hal::discovery::sysfs {
namespace {

constexpr std::size_t most_interfaces = 256;

class reader {
 public:
  reader(int directory, troubles &lost) : directory_(directory), lost_(lost) {}

  void lose(const char *name, std::string_view why) const {
    lost_.push_back(std::string(name) + " (" + std::string(why) + ")");
  }

  // A number from `least` to the largest that fits.
  template <typename Integer>
  std::optional<Integer> number(const char *name, Integer least, Integer most) const {
    const attribute read = read_attribute(directory_, name);
    if (!read.text) {
      if (!read.absent) lose(name, read.why);
      return std::nullopt;
    }
    const auto value = parse_number<Integer>(*read.text, most);
    if (value && *value >= least) return value;
    lose(name, "not a number that can be right");
    return std::nullopt;
  }

  std::optional<std::string> word(const char *name) const {
    attribute read = read_attribute(directory_, name);
    if (read.text && is_plain_word(*read.text)) return std::move(read.text);
    // The list of CPUs is empty for a node of memory only.
    if (!read.absent && read.why != "empty") lose(name, read.text ? "not a word" : read.why);
    return std::nullopt;
  }

  std::optional<std::string> name_behind(const char *name, std::string_view parent) const {
    const link_target link = read_link(directory_, name);
    if (!link.path) {
      if (!link.absent) lose(name, link.why);
      return std::nullopt;
    }
    auto last = last_component(*link.path, parent);
    if (!last) lose(name, "a link to an unexpected place");
    return last;
  }

  std::uint32_t speed(const char *name) const;

  // Widths are at most 32 lanes; the kernel writes 0 or 255 where it does not know.
  std::uint32_t width(const char *name) const {
    const auto value = number<std::uint32_t>(name, 0, 255);
    return value && *value <= 32 ? *value : 0;
  }

  int directory() const noexcept { return directory_; }

 private:
  int directory_;
  troubles &lost_;
};

// "16.0 GT/s PCIe"; "Unknown" and "Unknown speed" are what the kernel writes for a link that is down.
std::optional<std::uint32_t> parse_speed(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (text.starts_with("Unknown")) return 0;
  if (space == std::string_view::npos || !text.substr(space + 1).starts_with("GT/s")) return std::nullopt;
  text = text.substr(0, space);
  const std::size_t dot = text.find('.');
  const auto whole = parse_number<std::uint32_t>(text.substr(0, dot), 1'000'000);
  if (!whole) return std::nullopt;
  if (dot == std::string_view::npos) return *whole * 1000;
  const auto tenths = parse_number<std::uint32_t>(text.substr(dot + 1), 9);
  if (!tenths || text.size() != dot + 2) return std::nullopt;
  return *whole * 1000 + *tenths * 100;
}

std::uint32_t reader::speed(const char *name) const {
  const attribute read = read_attribute(directory_, name);
  if (!read.text && read.absent) return 0;
  const auto value = read.text ? parse_speed(*read.text) : std::nullopt;
  if (!value) lose(name, read.text ? "not a speed" : read.why);
  return value.value_or(0);
}

// The size of a window from its line of `resource`: first and last address, and flags.
std::optional<std::uint64_t> window_size(std::string_view lines, int index) {
  for (; index > 0; --index) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    lines.remove_prefix(end + 1);
  }
  lines = lines.substr(0, lines.find('\n'));
  const std::size_t space = lines.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view rest = lines.substr(space + 1);
  constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();
  const auto first = parse_number<std::uint64_t>(lines.substr(0, space), any);
  const auto last = parse_number<std::uint64_t>(rest.substr(0, rest.find(' ')), any);
  if (!first || !last || *last <= *first || *last - *first == any) return std::nullopt;
  return *last - *first + 1;
}

// resourceN_resize has a bit for each size that window N can take, from 1 MiB up.
std::optional<resizable_bar> read_resizable(const reader &from) {
  std::optional<resizable_bar> best;
  std::optional<attribute> windows;
  for (int index = 0; index < 6; ++index) {
    const std::string name = "resource" + std::to_string(index) + "_resize";
    const attribute read = read_attribute(from.directory(), name.c_str());
    if (!read.text) {
      if (!read.absent) from.lose(name.c_str(), read.why);
      continue;
    }
    const auto sizes = parse_number<std::uint64_t>(*read.text, std::numeric_limits<std::uint64_t>::max(), 16);
    if (!sizes || *sizes >> 44 != 0) {
      from.lose(name.c_str(), "not a set of sizes");
      continue;
    }
    if (*sizes == 0) continue;
    if (!windows) windows = read_text(from.directory(), "resource");
    const auto size = windows->text ? window_size(*windows->text, index) : std::nullopt;
    int largest = 0;
    while (*sizes >> (largest + 1) != 0) ++largest;
    const resizable_bar one{size.value_or(0), std::uint64_t{1} << (largest + 20)};
    if (!best || one.most > best->most) best = one;
  }
  return best;
}

std::vector<std::string> read_interfaces(int directory) {
  std::vector<std::string> all;
  for (const char *kind : {"accel", "drm", "infiniband", "net", "nvme"}) {
    names list = list_names(directory, kind, most_interfaces);
    std::sort(list.found.begin(), list.found.end());
    for (std::string &name : list.found) {
      if (is_plain_word(name)) all.push_back(std::move(name));
    }
  }
  return all;
}

void read_links_of(const reader &from, pci_function &out) {
  if (const auto name = from.name_behind("iommu_group", "iommu_groups")) {
    const auto group = parse_number<std::uint32_t>(*name, std::numeric_limits<std::int32_t>::max());
    if (group) out.iommu_group = *group;
    if (!group) from.lose("iommu_group", "not a number");
  }
  if (const auto name = from.name_behind("physfn", "")) {
    out.physical_function = parse_pci_address(*name);
    if (!out.physical_function) from.lose("physfn", "not a PCI address");
  }
}

}  // namespace

void read_details(int directory, pci_function &out, troubles &lost) {
  const reader from(directory, lost);
  const auto revision = from.number<std::uint32_t>("revision", 0, 0xff);
  if (revision) out.revision = static_cast<std::uint8_t>(*revision);
  read_links_of(from, out);
  const auto node = from.number<std::int32_t>("numa_node", -1, std::numeric_limits<std::int32_t>::max());
  if (node && *node >= 0) out.numa_node = *node;
  out.local_cpus = from.word("local_cpulist");
  out.virtual_functions = from.number<std::uint32_t>("sriov_numvfs", 0, 0xffff);
  out.interfaces = read_interfaces(directory);

  out.runtime_status = from.word("power/runtime_status");
  // The kernel wakes a function to answer for its link and its windows' sizes.
  if (is_asleep(out.runtime_status.value_or(""))) return;
  out.link = {from.speed("current_link_speed"), from.width("current_link_width")};
  out.link_max = {from.speed("max_link_speed"), from.width("max_link_width")};
  out.bar = read_resizable(from);
}

}  // namespace hal::discovery::sysfs
