#include "discovery/pci_raw.hpp"

namespace hal::discovery {

raw_function::raw_function(const pci_function &function) {
  const auto unread = [this](bool known, std::uint32_t bit) {
    if (!known) raw_.unread |= bit;
  };
  const auto text = [](const std::optional<std::string> &value) { return value ? value->c_str() : nullptr; };
  raw_.size = sizeof raw_;
  raw_.domain = function.address.domain;
  raw_.bus = function.address.bus;
  raw_.device = function.address.device;
  raw_.function = function.address.function;
  raw_.revision = function.revision.value_or(0);
  raw_.vendor_id = function.vendor.value_or(0);
  raw_.device_id = function.device.value_or(0);
  raw_.subsystem_vendor_id = function.subsystem_vendor.value_or(0);
  raw_.subsystem_device_id = function.subsystem_device.value_or(0);
  raw_.class_code = function.class_code.value_or(0);
  raw_.numa_node = function.numa_node.value_or(-1);
  raw_.iommu_group = function.iommu_group ? static_cast<std::int32_t>(*function.iommu_group) : -1;
  unread(function.vendor.has_value(), HAL_PCI_UNREAD_VENDOR);
  unread(function.device.has_value(), HAL_PCI_UNREAD_DEVICE);
  unread(function.subsystem_vendor && function.subsystem_device, HAL_PCI_UNREAD_SUBSYSTEM);
  unread(function.class_code.has_value(), HAL_PCI_UNREAD_CLASS);
  unread(function.revision.has_value(), HAL_PCI_UNREAD_REVISION);
  unread(function.driver.has_value(), HAL_PCI_UNREAD_DRIVER);
  unread(function.numa_node.has_value(), HAL_PCI_UNREAD_NUMA_NODE);
  unread(function.iommu_group.has_value(), HAL_PCI_UNREAD_IOMMU_GROUP);
  unread(function.link.width != 0 || function.link_max.width != 0, HAL_PCI_UNREAD_LINK);
  unread(function.physical_function.has_value(), HAL_PCI_UNREAD_PHYSICAL_FUNCTION);
  unread(function.root.has_value(), HAL_PCI_UNREAD_ROOT);
  unread(function.virtual_functions.has_value(), HAL_PCI_UNREAD_VIRTUAL_FUNCTIONS);

  if (function.driver && !function.driver->empty()) raw_.driver = function.driver->c_str();
  if (function.physical_function) {
    physical_function_ = to_string(*function.physical_function);
    raw_.physical_function = physical_function_.c_str();
  }
  raw_.link_megatransfers = function.link.megatransfers;
  raw_.link_width = function.link.width;
  raw_.link_megatransfers_max = function.link_max.megatransfers;
  raw_.link_width_max = function.link_max.width;

  if (function.parent) {
    parent_ = to_string(*function.parent);
    raw_.parent = parent_.c_str();
  }
  if (function.root) {
    raw_.root_domain = function.root->domain;
    raw_.root_bus = function.root->bus;
  }
  raw_.local_cpus = text(function.local_cpus);
  raw_.runtime_status = text(function.runtime_status);
  if (function.bar) {
    raw_.bar_size = function.bar->size;
    raw_.bar_most = function.bar->most;
  }
  raw_.virtual_functions = function.virtual_functions.value_or(0);
  for (const std::string &name : function.interfaces) interfaces_.push_back(name.c_str());
  raw_.interfaces = interfaces_.data();
  raw_.interface_count = static_cast<std::uint32_t>(interfaces_.size());
}

void warn(const hal_pci_scan_sink &sink, const char *address, const std::string &text) {
  if (!sink.warning) return;
  const hal_pci_warning warning = {sizeof(hal_pci_warning), address, text.c_str()};
  sink.warning(sink.user, &warning);
}

}  // namespace hal::discovery
