#include "runtime/halctl/topology_text.hpp"

#include <fmt/format.h>

namespace hal::ctl {
namespace {

std::string of_most(std::uint32_t now, std::uint32_t most, std::string_view before, double unit) {
  std::string text = fmt::format("{}{:g}", before, now / unit);
  if (now < most) text += fmt::format(" of {}{:g}", before, most / unit);
  return text;
}

}  // namespace

std::string kind_text(const topology_node &node) {
  return std::string(node.kind == node_kind::accelerator ? to_string(node.type) : to_string(node.kind));
}

std::string link_text(const pci_express_link &link) {
  if (!link.known()) return {};
  return fmt::format("{}{} {} GT/s", of_most(link.width, link.most_width, "x", 1),
                     link.width < link.most_width ? "," : "",
                     of_most(link.megatransfers, link.most_megatransfers, "", 1000));
}

json link_to_json(const pci_express_link &link) {
  if (!link.known()) return {};
  json one = {{"width", link.width}, {"megatransfers", link.megatransfers}};
  if (link.most_width != 0) one["most_width"] = link.most_width;
  if (link.most_megatransfers != 0) one["most_megatransfers"] = link.most_megatransfers;
  one["reduced"] = link.reduced();
  return one;
}

json node_to_json(const topology &machine, const topology_node &node) {
  json one = {{"pci", to_string(node.address)}, {"kind", to_string(node.kind)}};
  if (node.kind == node_kind::accelerator) one["type"] = to_string(node.type);
  one["name"] = node.name;
  if (!node.vendor.empty()) one["vendor"] = node.vendor;
  if (node.class_code != 0) one["class"] = fmt::format("{:06x}", node.class_code);
  if (node.parent) one["parent"] = to_string(machine.nodes[*node.parent].address);
  if (node.physical_function) one["physical_function"] = to_string(*node.physical_function);
  if (node.root) one["root"] = to_string(*node.root);
  if (node.link.known()) one["link"] = link_to_json(node.link);
  if (const auto id = machine.nearest_numa_node(node.address)) one["numa_node"] = *id;
  if (!node.local_cpus.empty()) one["cpus"] = node.local_cpus;
  if (!node.driver.empty()) one["kernel_driver"] = node.driver;
  if (!node.interfaces.empty()) one["interfaces"] = node.interfaces;
  return one;
}

}  // namespace hal::ctl
