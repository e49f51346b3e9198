#include "runtime/halctl/json.hpp"

#include <fmt/format.h>

#include <utility>

#include "devices/capability.hpp"
#include "runtime/halctl/topology_text.hpp"

namespace hal::ctl {
namespace {

void add_identity(json &into, const device_identity &identity) {
  if (identity.pci) into["pci"] = to_string(*identity.pci);
  if (identity.uuid) into["uuid"] = to_string(*identity.uuid);
  if (identity.partition) into["partition"] = *identity.partition;
}

template <typename Value>
void add_if(json &into, const char *key, const std::optional<Value> &value) {
  if (value) into[key] = *value;
}

void add_if(json &into, const char *key, const std::string &text) {
  if (!text.empty()) into[key] = text;
}

json reason_to_json(const reason &why) {
  return {{"id", why.id}, {"text", why.text}};
}

json way_in_to_json(const device_info &info) {
  json way = {{"plugin", info.plugin}, {"index", info.index}, {"selector", info.selector()}};
  add_if(way, "name", info.name);
  add_if(way, "driver_version", info.driver_version);
  if (info.memory_total != 0) way["memory"] = info.memory_total;
  return way;
}

json bus_to_json(const bus_facts &bus) {
  json one = json::object();
  if (bus.link.known()) one["link"] = link_to_json(bus.link);
  if (bus.window) one["window"] = {{"size", bus.window->size}, {"most", bus.window->most}};
  add_if(one, "iommu_group", bus.iommu_group);
  if (bus.physical_function) one["physical_function"] = to_string(*bus.physical_function);
  add_if(one, "virtual_functions", bus.virtual_functions);
  add_if(one, "cpus", bus.cpus);
  add_if(one, "power", bus.power);
  add_if(one, "platform", bus.platform);
  if (!bus.files.empty()) one["files"] = bus.files;
  return one;
}

}  // namespace

json to_json(const device_entry &entry) {
  json device = {{"index", entry.index}, {"type", to_string(entry.type)}, {"name", entry.name}};
  add_if(device, "vendor", entry.vendor);
  if (entry.vendor_id != 0) {
    device["vendor_id"] = fmt::format("{:04x}", entry.vendor_id);
    device["device_id"] = fmt::format("{:04x}", entry.device_id);
  }
  add_identity(device, entry.identity);
  add_if(device, "kernel_driver", entry.kernel_driver);
  add_if(device, "numa_node", entry.numa_node);
  if (json bus = bus_to_json(entry.bus); !bus.empty()) device["bus"] = std::move(bus);
  device["usable"] = entry.usable();
  device["ways_in"] = json::array();
  for (const device_info &info : entry.ways_in) device["ways_in"].push_back(way_in_to_json(info));
  add_if(device, "parent", entry.parent);
  if (!entry.children.empty()) device["children"] = entry.children;
  if (entry.unusable) device["reason"] = reason_to_json(*entry.unusable);
  return device;
}

json to_json(const plugin_entry &entry) {
  json plugin = {{"name", entry.name}};
  add_if(plugin, "version", entry.version);
  add_if(plugin, "description", entry.description);
  plugin["manifest"] = entry.manifest.string();
  add_if(plugin, "library", entry.library.string());
  plugin["state"] = to_string(entry.state);
  plugin["device_count"] = entry.device_count;
  if (entry.why) plugin["reason"] = reason_to_json(*entry.why);
  return plugin;
}

json to_json(const device_property &property) {
  json one = {{"name", property.name}};
  add_if(one, "unit", property.unit);
  std::visit([&one](const auto &value) { one["value"] = value; }, property.value);
  return one;
}

json to_json(const device_metrics &metrics) {
  json all = {{"timestamp", metrics.timestamp}};
  add_if(all, "utilization", metrics.utilization);
  add_if(all, "memory_utilization", metrics.memory_utilization);
  add_if(all, "memory_used", metrics.memory_used);
  add_if(all, "memory_total", metrics.memory_total);
  add_if(all, "power", metrics.power);
  add_if(all, "power_limit", metrics.power_limit);
  add_if(all, "temperature", metrics.temperature);
  add_if(all, "compute_clock", metrics.compute_clock);
  add_if(all, "memory_clock", metrics.memory_clock);
  add_if(all, "memory_temperature", metrics.memory_temperature);
  add_if(all, "bus_sent", metrics.bus_sent);
  add_if(all, "bus_received", metrics.bus_received);
  add_if(all, "link_sent", metrics.link_sent);
  add_if(all, "link_received", metrics.link_received);
  add_if(all, "ecc_corrected", metrics.ecc_corrected);
  add_if(all, "ecc_uncorrected", metrics.ecc_uncorrected);
  add_if(all, "faults", metrics.faults);
  if (metrics.last_fault.value_or(0) != 0) all["last_fault"] = *metrics.last_fault;
  if (metrics.throttle) all["throttle"] = throttle_names(*metrics.throttle);
  return all;
}

json capabilities_to_json(const device_info &info) {
  json all = json::object();
  for (const devices::capability &entry : devices::capabilities()) {
    const devices::capability_value value = entry.read(info);
    const std::string key(entry.key);
    if (const auto *flag = std::get_if<bool>(&value)) {
      all[key] = *flag;
    } else if (const auto *number = std::get_if<std::uint64_t>(&value)) {
      if (*number != 0) all[key] = *number;
    } else if (const auto *text = std::get_if<std::string>(&value)) {
      add_if(all, key.c_str(), *text);
    } else {
      all[key] = std::get<std::vector<std::string>>(value);
    }
  }
  return all;
}

std::string document(json content) {
  json whole = {{"schema", schema_version}};
  whole.update(content);
  return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace hal::ctl
