#include "discovery/pci_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace hal::discovery {
namespace {

pci_function to_value(const hal_pci_function &raw) {
  const auto read = [&raw](std::uint32_t bit) { return (raw.unread & bit) == 0; };
  pci_function function;
  function.address = {raw.domain, raw.bus, raw.device, raw.function};
  if (read(HAL_PCI_UNREAD_VENDOR)) function.vendor = raw.vendor_id;
  if (read(HAL_PCI_UNREAD_DEVICE)) function.device = raw.device_id;
  if (read(HAL_PCI_UNREAD_SUBSYSTEM)) {
    function.subsystem_vendor = raw.subsystem_vendor_id;
    function.subsystem_device = raw.subsystem_device_id;
  }
  if (read(HAL_PCI_UNREAD_CLASS)) function.class_code = raw.class_code & 0xffffff;
  if (read(HAL_PCI_UNREAD_REVISION)) function.revision = raw.revision;
  if (read(HAL_PCI_UNREAD_DRIVER)) function.driver = raw.driver ? raw.driver : "";
  if (read(HAL_PCI_UNREAD_NUMA_NODE) && raw.numa_node >= 0) function.numa_node = raw.numa_node;
  if (read(HAL_PCI_UNREAD_IOMMU_GROUP) && raw.iommu_group >= 0) {
    function.iommu_group = static_cast<std::uint32_t>(raw.iommu_group);
  }
  if (raw.physical_function) function.physical_function = parse_pci_address(raw.physical_function);
  function.link = {raw.link_megatransfers, raw.link_width};
  function.link_max = {raw.link_megatransfers_max, raw.link_width_max};
  if (raw.parent) function.parent = parse_pci_address(raw.parent);
  if (read(HAL_PCI_UNREAD_ROOT)) {
    function.root = pci_bus{raw.root_domain, static_cast<std::uint8_t>(raw.root_bus)};
  }
  if (raw.local_cpus) function.local_cpus = raw.local_cpus;
  if (raw.runtime_status) function.runtime_status = raw.runtime_status;
  if (raw.bar_most != 0) function.bar = resizable_bar{raw.bar_size, raw.bar_most};
  if (read(HAL_PCI_UNREAD_VIRTUAL_FUNCTIONS)) function.virtual_functions = raw.virtual_functions;
  for (std::uint32_t index = 0; index < raw.interface_count; ++index)
    function.interfaces.emplace_back(raw.interfaces[index]);
  return function;
}

struct collector {
  const std::function<bool(const pci_function &)> &wants_details;
  provider_result result = {};
  std::exception_ptr failure = nullptr;  // no exception may cross the module's C frames
};

int on_function(void *user, const hal_pci_function *function) {
  collector &into = *static_cast<collector *>(user);
  try {
    into.result.functions.push_back(to_value(*function));
    return 0;
  } catch (...) {
    into.failure = std::current_exception();
    return 1;
  }
}

int on_choice(void *user, const hal_pci_function *identity) {
  collector &into = *static_cast<collector *>(user);
  try {
    return into.wants_details(to_value(*identity)) ? 1 : 0;
  } catch (...) {
    into.failure = std::current_exception();
    return 0;
  }
}

void on_warning(void *user, const hal_pci_warning *warning) {
  collector &into = *static_cast<collector *>(user);
  try {
    into.result.warnings.push_back(
        {warning->address ? parse_pci_address(warning->address) : std::nullopt, warning->text});
  } catch (...) {
    into.failure = std::current_exception();
  }
}

void sort_and_drop_repeated(provider_result &result) {
  const auto earlier = [](const pci_function &a, const pci_function &b) { return a.address < b.address; };
  std::stable_sort(result.functions.begin(), result.functions.end(), earlier);
  const auto same = [&result](const pci_function &kept, const pci_function &repeated) {
    if (kept.address != repeated.address) return false;
    result.warnings.push_back(
        {kept.address, fmt::format("{} is named more than once; {} counts, {} was left out.",
                                   to_string(kept.address), ids(kept), ids(repeated))});
    return true;
  };
  result.functions.erase(std::unique(result.functions.begin(), result.functions.end(), same),
                         result.functions.end());
}

}  // namespace

std::string ids(const pci_function &function) {
  const auto id = [](const std::optional<std::uint16_t> &value) {
    return value ? fmt::format("{:04x}", *value) : std::string("????");
  };
  return id(function.vendor) + ":" + id(function.device);
}

pci_provider::pci_provider(hal_pci_scan_function module_scan, pci_source source, std::string why_missing)
    : scan_(module_scan), source_(std::move(source)), why_missing_(std::move(why_missing)) {}

provider_result pci_provider::scan() const {
  collector into{source_.wants_details};
  if (!scan_) {
    into.result.warnings.push_back(
        {std::nullopt,
         fmt::format(
             "The PCI bus was not scanned: the hal-pci module, which reads it through libpci, could not be "
             "loaded. "
             "Install the package that holds it (and libpci itself), or check the HAL's installation.{}{}",
             why_missing_.empty() ? "" : " ", why_missing_)});
    return std::move(into.result);
  }
  const std::uint32_t source =
      source_.kind == pci_source_kind::sysfs ? HAL_PCI_SOURCE_SYSFS : HAL_PCI_SOURCE_DUMP;
  const std::uint32_t detail = source_.wants_details ? HAL_PCI_DETAIL_CHOSEN : HAL_PCI_DETAIL_ALL;
  const hal_pci_scan_request request = {sizeof request, source, source_.path.c_str(), detail};
  const hal_pci_scan_sink sink = {sizeof sink, &into, on_function, on_warning, on_choice};
  const int code = scan_(&request, &sink);
  if (into.failure) std::rethrow_exception(into.failure);
  if (code != HAL_PCI_SCAN_OK && into.result.warnings.empty()) {
    into.result.warnings.push_back(
        {std::nullopt,
         fmt::format("The hal-pci module could not scan \"{}\" and gave code {} without a reason; it may "
                     "be of another version than this library.",
                     source_.path, code)});
  }
  sort_and_drop_repeated(into.result);
  return std::move(into.result);
}

}  // namespace hal::discovery
