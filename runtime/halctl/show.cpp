// halctl show DEVICE: everything known about one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "devices/capability.hpp"
#include "hal/error.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/topology_text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/selector.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  std::string selector;
  bool as_json = false;
};

// A heading and its rows, or nothing when there are none. A long value goes on below where it begins.
class section {
 public:
  explicit section(std::string title) : title_(std::move(title)) {}

  void add(std::string_view key, const std::string &value) {
    if (!value.empty()) rows_.emplace_back(printable(key), printable(value));
  }
  std::string text(const painter &paint) const {
    if (rows_.empty()) return {};
    std::size_t widest = 0;
    for (const auto &[key, value] : rows_) widest = std::max(widest, width(key));
    const std::size_t begin = 2 + widest + 2;
    std::string text = fmt::format("{}\n", paint(style::heading, title_));
    for (const auto &[key, value] : rows_) {
      const std::string lines = wrap(std::string(begin, '.') + value, page_width(), begin);
      text += fmt::format("  {:<{}}  {}\n", key, widest, lines.substr(begin));
    }
    return text;
  }

 private:
  std::string title_;
  std::vector<std::pair<std::string, std::string>> rows_;
};

std::string identity(const device_entry &entry, const painter &paint) {
  section rows(fmt::format("{}: {}", entry.index, printable(entry.name)));
  rows.add("type", std::string(to_string(entry.type)));
  rows.add("vendor", entry.vendor);
  if (entry.vendor_id != 0)
    rows.add("PCI ids", fmt::format("{:04x}:{:04x}", entry.vendor_id, entry.device_id));
  if (entry.identity.pci) rows.add("PCI address", to_string(*entry.identity.pci));
  if (entry.identity.uuid) rows.add("UUID", to_string(*entry.identity.uuid));
  if (entry.identity.partition) rows.add("partition", std::to_string(*entry.identity.partition));
  rows.add("kernel driver", entry.kernel_driver);
  if (entry.numa_node) rows.add("NUMA node", std::to_string(*entry.numa_node));
  if (entry.parent) rows.add("part of", std::to_string(*entry.parent));
  if (!entry.children.empty()) rows.add("parts", fmt::format("{}", fmt::join(entry.children, " ")));
  for (const device_info &info : entry.ways_in) rows.add("way in", info.selector());
  return rows.text(paint);
}

std::string window_text(const memory_window &window) {
  const std::string now = human_bytes(window.size);
  return window.size < window.most ? fmt::format("{} of {}", now, human_bytes(window.most)) : now;
}

std::string bus(const bus_facts &facts, const painter &paint) {
  section rows("bus");
  rows.add("link", link_text(facts.link));
  if (facts.window) rows.add("memory window", window_text(*facts.window));
  if (facts.iommu_group) rows.add("IOMMU group", std::to_string(*facts.iommu_group));
  if (facts.physical_function) rows.add("virtual function of", to_string(*facts.physical_function));
  if (facts.virtual_functions) rows.add("virtual functions", std::to_string(*facts.virtual_functions));
  rows.add("near CPUs", facts.cpus);
  rows.add("power", facts.power);
  rows.add("platform device", facts.platform);
  rows.add("files", fmt::format("{}", fmt::join(facts.files, " ")));
  return rows.text(paint);
}

std::string value_text(const devices::capability &entry, const devices::capability_value &value) {
  if (const auto *number = std::get_if<std::uint64_t>(&value)) {
    return *number == 0 ? std::string() : human_and_exact(*number, entry.unit);
  }
  if (const auto *text = std::get_if<std::string>(&value)) return *text;
  return fmt::format("{}", fmt::join(std::get<std::vector<std::string>>(value), " "));
}

// Flags as one line of names each group, everything else as a line each.
std::string capabilities(const device_info &info, const painter &paint) {
  std::string text;
  std::string_view group;
  section rows("");
  std::string flags;
  const auto finish = [&] {
    text += rows.text(paint);
    if (!flags.empty()) {
      text += fmt::format("{}\n  {}\n", paint(style::heading, group), wrap(flags, page_width() - 2, 2));
    }
  };
  for (const devices::capability &entry : devices::capabilities()) {
    if (entry.group != group) {
      finish();
      group = entry.group;
      rows = section(std::string(group));
      flags.clear();
    }
    const devices::capability_value value = entry.read(info);
    if (const auto *flag = std::get_if<bool>(&value)) {
      if (*flag) flags.append(flags.empty() ? "" : " ").append(entry.key);
    } else {
      rows.add(entry.key, value_text(entry, value));
    }
  }
  finish();
  return text;
}

std::string property_text(const device_property &property) {
  if (const auto *text = std::get_if<std::string>(&property.value)) return *text;
  if (const auto *flag = std::get_if<bool>(&property.value)) return *flag ? "yes" : "no";
  if (const auto *number = std::get_if<std::uint64_t>(&property.value))
    return human_and_exact(*number, property.unit);
  const std::string unit = property.unit.empty() ? "" : " " + property.unit;
  if (const auto *number = std::get_if<std::int64_t>(&property.value))
    return fmt::format("{}{}", *number, unit);
  return fmt::format("{:g}{}", std::get<double>(property.value), unit);
}

std::string properties(const std::vector<device_property> &all, const painter &paint) {
  section rows("properties");
  for (const device_property &property : all) rows.add(property.name, property_text(property));
  return rows.text(paint);
}

std::string live(const device_metrics &metrics, const painter &paint) {
  section rows("now");
  const auto percent = [](double part) { return fmt::format("{:.0f} %", part * 100); };
  if (metrics.utilization) rows.add("utilization", percent(*metrics.utilization));
  if (metrics.memory_utilization) rows.add("memory utilization", percent(*metrics.memory_utilization));
  if (metrics.memory_used) rows.add("memory used", human_bytes(*metrics.memory_used));
  if (metrics.memory_total) rows.add("memory total", human_bytes(*metrics.memory_total));
  if (metrics.power) rows.add("power", fmt::format("{:.1f} W", *metrics.power));
  if (metrics.power_limit) rows.add("power limit", fmt::format("{:.1f} W", *metrics.power_limit));
  if (metrics.temperature) rows.add("temperature", fmt::format("{:.0f} °C", *metrics.temperature));
  if (metrics.compute_clock)
    rows.add("clock", human_decimal(static_cast<double>(*metrics.compute_clock), "Hz"));
  if (metrics.memory_clock)
    rows.add("memory clock", human_decimal(static_cast<double>(*metrics.memory_clock), "Hz"));
  if (metrics.memory_temperature)
    rows.add("memory temperature", fmt::format("{:.0f} °C", *metrics.memory_temperature));
  if (metrics.throttle) {
    const auto names = throttle_names(*metrics.throttle);
    rows.add("held back by", names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, " ")));
  }
  if (metrics.bus_sent && metrics.bus_received) {
    rows.add("bus", fmt::format("{} out, {} in", human_decimal(static_cast<double>(*metrics.bus_sent), "B/s"),
                                human_decimal(static_cast<double>(*metrics.bus_received), "B/s")));
  }
  if (metrics.link_sent && metrics.link_received) {
    rows.add("links so far", fmt::format("{} out, {} in", human_bytes(*metrics.link_sent),
                                         human_bytes(*metrics.link_received)));
  }
  if (metrics.ecc_corrected && metrics.ecc_uncorrected) {
    rows.add("memory errors",
             fmt::format("{} corrected, {} not", *metrics.ecc_corrected, *metrics.ecc_uncorrected));
  }
  if (metrics.faults.value_or(0) != 0)
    rows.add("faults", fmt::format("{}, the last {}", *metrics.faults, metrics.last_fault.value_or(0)));
  return rows.text(paint);
}

// Live figures, or nothing where the plugin reads none.
std::optional<device_metrics> metrics_of(runtime &rt, const device_info &info) {
  try {
    return rt.metrics(info);
  } catch (const error &none) {
    if (none.status() != status::unsupported) warn(none.what());
    return {};
  }
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  runtime rt(with.options());
  const device_entry entry = rt.find(given.selector);
  if (!entry.usable()) {
    if (given.as_json) {
      write_out(document({{"device", to_json(entry)}}));
    } else {
      write_out(identity(entry, paint) + bus(entry.bus, paint) +
                fmt::format("{}\n  {}\n", paint(style::bad, "cannot be used"),
                            wrap(printable(entry.unusable->text), page_width() - 2, 2)));
    }
    return exit_code::ok;
  }
  const device_info &info = rt::way_in(entry, given.selector);
  const std::vector<device_property> own = rt.properties(info);
  const std::optional<device_metrics> now = metrics_of(rt, info);
  if (given.as_json) {
    json content = {{"device", to_json(entry)}, {"capabilities", capabilities_to_json(info)}};
    content["properties"] = json::array();
    for (const device_property &property : own) content["properties"].push_back(to_json(property));
    if (now) content["metrics"] = to_json(*now);
    write_out(document(content));
    return exit_code::ok;
  }
  write_out(identity(entry, paint) + bus(entry.bus, paint) + capabilities(info, paint) +
            properties(own, paint) + (now ? live(*now, paint) : std::string()));
  return exit_code::ok;
}

}  // namespace

void add_show(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("show", "Show everything known about a device");
  verb.option("DEVICE", given->selector, "index, PCI address, UUID or plugin:index").required();
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
