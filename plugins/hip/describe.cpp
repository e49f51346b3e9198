#include "plugins/hip/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/pci_address.hpp"
#include "plugins/hip/architecture.hpp"
#include "plugins/hip/module.hpp"
#include "plugins/hip/rtc.hpp"
#include "plugins/hip/status.hpp"
#include "plugins/hip/sysfs.hpp"

namespace hal::plugins::hip {
namespace {

constexpr std::uint32_t amd_vendor_id = 0x1002;

// What describe asks of one device.
struct subject {
  const api &runtime;
  driver::device device = 0;
  target is{};

  int attribute(driver::device_attribute which) const noexcept {
    return attribute_of(runtime, device, which);
  }
  std::uint64_t positive(driver::device_attribute which) const noexcept {
    return static_cast<std::uint64_t>(std::max(attribute(which), 0));
  }
  std::uint32_t count(driver::device_attribute which) const noexcept {
    return static_cast<std::uint32_t>(positive(which));
  }
  bool can(driver::device_attribute which) const noexcept { return attribute(which) > 0; }
};

// The PCI address, without bits that are not known.
hal_device_identity pci_address_of(const api &runtime, driver::device device) {
  hal_device_identity found{};
  char text[64] = "";
  if (runtime.device_get_pci_bus_id(text, sizeof text, device) != driver::hipSuccess) {
    forget_last_error(runtime);
    return found;
  }
  plugin::read_pci_address(text, found);
  return found;
}

bool on_one_card(const hal_device_identity &one, const hal_device_identity &other) {
  return one.valid != 0 && other.valid != 0 && one.pci_domain == other.pci_domain &&
         one.pci_bus == other.pci_bus && one.pci_device == other.pci_device;
}

// A card in a partitioned mode is several devices at one address. Newer runtimes tell the number of the part
// as the address's function, older ones tell 0 for all, and then the parts are counted in their order.
void add_partition(const subject &of, hal_device_identity &own) {
  if (own.valid == 0) return;
  int count = 0;
  if (of.runtime.device_get_count(&count) != driver::hipSuccess) count = 0;
  std::uint32_t before = 0;
  bool alone = true;
  for (driver::device other = 0; other < count; ++other) {
    if (other == of.device || !on_one_card(own, pci_address_of(of.runtime, other))) continue;
    alone = false;
    if (other < of.device) ++before;
  }
  hal_device_identity card = own;
  card.pci_function = 0;
  const auto mode = sysfs::text(sysfs::folder_of(card), "current_compute_partition");
  const bool divided = mode && *mode != "SPX";
  if (alone && !divided) return;
  own.valid |= HAL_IDENTITY_PARTITION;
  own.partition = own.pci_function != 0 ? own.pci_function : before;
  own.pci_function = 0;
}

// 16 hexadecimal digits as text; devices without a number of their own say something else.
void add_uuid(const subject &of, hal_device_identity &own) {
  driver::uuid told{};
  if (of.runtime.device_get_uuid == nullptr) return;
  if (of.runtime.device_get_uuid(&told, of.device) != driver::hipSuccess) {
    forget_last_error(of.runtime);
    return;
  }
  const bool is_number = std::all_of(std::begin(told.bytes), std::end(told.bytes),
                                     [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_number) return;
  std::memcpy(own.uuid, told.bytes, sizeof told.bytes);
  own.valid |= HAL_IDENTITY_UUID;
}

void add_identity(const subject &of, hal_device_description &out) {
  out.identity = pci_address_of(of.runtime, of.device);
  if (out.identity.valid != 0) {
    out.vendor_id = amd_vendor_id;
    const std::string folder = sysfs::folder_of(out.identity);
    out.device_id = of.count(driver::pci_chip_id);
    if (out.device_id == 0)
      out.device_id = static_cast<std::uint32_t>(sysfs::number(folder, "device").value_or(0));
  }
  add_partition(of, out.identity);
  add_uuid(of, out.identity);
}

void add_memory(const subject &of, hal_device_description &out) {
  std::size_t total = 0;
  check(of.runtime, of.runtime.device_total_mem(&total, of.device), "hipDeviceTotalMem");
  out.memory_total = total;
  out.max_allocation = total;
  out.memory_bus_width = of.count(driver::global_memory_bus_width);
  // High-bandwidth memory makes two transfers in a clock; what others make depends on the product.
  constexpr const char *high_bandwidth[] = {"gfx900", "gfx906", "gfx908", "gfx90a"};
  if (std::find(std::begin(high_bandwidth), std::end(high_bandwidth), of.is.processor) !=
      std::end(high_bandwidth)) {
    out.memory_bandwidth = 2 * of.positive(driver::memory_clock_rate) * 1000 * (out.memory_bus_width / 8);
  }
  out.l2_cache_size = of.positive(driver::l2_cache_size);
  out.cache_line_size = cache_line_of(of.is.processor);
  out.allocation_alignment = 256;
}

void add_limits(const subject &of, hal_device_description &out) {
  using driver::device_attribute;
  out.compute_units = of.count(driver::multiprocessor_count);
  out.max_block_items = of.count(driver::max_threads_per_block);
  for (int axis = 0; axis < 3; ++axis) {
    out.max_block[axis] = of.count(static_cast<device_attribute>(driver::max_block_dim_x + axis));
    out.max_grid[axis] = of.count(static_cast<device_attribute>(driver::max_grid_dim_x + axis));
  }
  out.subgroup_size = of.count(driver::warp_size);
  out.max_items_per_unit = of.count(driver::max_threads_per_multiprocessor);
  out.registers_per_block = of.count(driver::max_registers_per_block);
  out.shared_memory_per_block = of.positive(driver::max_shared_memory_per_block);
  out.max_dynamic_shared_memory = out.shared_memory_per_block;
  out.clock_rate = of.positive(driver::clock_rate) * 1000;
}

void add_rates(const subject &of, hal_device_description &out) {
  out.data_types = data_types_of(of.is.processor);
  const throughput rates = throughput_of(of.is.processor);
  const std::uint64_t clocks = 2 * std::uint64_t{out.compute_units} * out.clock_rate;
  out.peak_f64 = clocks * rates.f64;
  out.peak_f32 = clocks * rates.f32;
  out.peak_f16 = clocks * rates.f16;
  out.peak_bf16 = clocks * rates.bf16;
  out.peak_f8 = clocks * rates.f8;
  out.peak_i8 = clocks * rates.i8;
}

bool has_peer(const subject &of) {
  int count = 0;
  if (of.runtime.device_get_count(&count) != driver::hipSuccess) return false;
  for (driver::device other = 0; other < count; ++other) {
    int accessible = 0;
    if (other != of.device &&
        of.runtime.device_can_access_peer(&accessible, of.device, other) == driver::hipSuccess &&
        accessible != 0)
      return true;
  }
  return false;
}

bool has_priorities(const subject &of) {
  int least = 0;
  int greatest = 0;
  return of.runtime.get_stream_priority_range(&least, &greatest) == driver::hipSuccess && least != greatest;
}

std::uint64_t features_of(const subject &of, const hal_device_identity &identity) {
  std::uint64_t features = HAL_FEATURE_KERNELS | HAL_FEATURE_HOST_MEMORY | HAL_FEATURE_ADDRESSES |
                           HAL_FEATURE_POINTER_QUERY | HAL_FEATURE_ADOPT_STREAM | HAL_FEATURE_ADOPT_MEMORY |
                           HAL_FEATURE_TIMESTAMPS | HAL_FEATURE_GRAPHS | HAL_FEATURE_GRAPH_UPDATE |
                           HAL_FEATURE_COPY_2D | HAL_FEATURE_PEER_COPY;
  const auto add = [&features](std::uint64_t feature, bool there) { features |= there ? feature : 0; };
  add(HAL_FEATURE_SHARED_MEMORY, of.can(driver::managed_memory));
  add(HAL_FEATURE_STREAM_ALLOCATION, of.runtime.has_pools() && of.can(driver::memory_pools_supported));
  // A descriptor is a dma-buf here, and the same memory leaves in every way that there is.
  const bool out = of.runtime.exports_descriptors();
  const bool in = of.runtime.imports_descriptors();
  add(HAL_FEATURE_MEMORY_EXPORT_FD | HAL_FEATURE_MEMORY_EXPORT_DMA_BUF, out);
  add(HAL_FEATURE_MEMORY_IMPORT_FD | HAL_FEATURE_MEMORY_IMPORT_DMA_BUF, in);
  add(HAL_FEATURE_EXPORT_FD | HAL_FEATURE_EXPORT_DMA_BUF, out && in);
  add(HAL_FEATURE_EXPORT_IPC | HAL_FEATURE_MEMORY_EXPORT_IPC, of.runtime.has_ipc());
  add(HAL_FEATURE_MODULE_BINARY, rtc::is_there(of.runtime));
  add(HAL_FEATURE_PEER_ACCESS, has_peer(of));
  add(HAL_FEATURE_ADOPT_CONTEXT, of.runtime.has_contexts());
  add(HAL_FEATURE_STREAM_PRIORITY, has_priorities(of));
  add(HAL_FEATURE_HOST_FUNCTIONS, of.runtime.launch_host_func != nullptr);
  add(HAL_FEATURE_COOPERATIVE_LAUNCH,
      of.runtime.launch_cooperative_kernel != nullptr && of.can(driver::cooperative_launch));
  add(HAL_FEATURE_METRICS, sysfs::is_there(sysfs::folder_of(identity)));
  add(HAL_FEATURE_UNIFIED_MEMORY, of.can(driver::integrated));
  add(HAL_FEATURE_ECC, of.can(driver::ecc_enabled));
  return features;
}

}  // namespace

int attribute_of(const api &api, driver::device device, driver::device_attribute which) noexcept {
  int value = 0;
  if (api.device_get_attribute(&value, which, device) == driver::hipSuccess) return value;
  forget_last_error(api);
  return 0;
}

target target_of(const api &api, driver::device device) {
  const auto ask =
      api.get_device_properties_6 != nullptr ? api.get_device_properties_6 : api.get_device_properties;
  if (ask == nullptr) return {};
  const auto told = std::make_unique<driver::device_properties>();
  if (ask(told.get(), device) != driver::hipSuccess) {
    forget_last_error(api);
    return {};
  }
  const std::string_view rest(told->rest, sizeof told->rest);
  const std::size_t at = rest.find("gfx");
  if (at == std::string_view::npos) return {};
  return parse_target(rest.substr(at, rest.find('\0', at) - at));
}

std::vector<std::string> formats_of(const api &api) {
  std::vector<std::string> formats{"hsaco", "hipfb"};
  if (rtc::is_there(api)) formats.emplace_back("hip");
  return formats;
}

std::string device_label(const hal_device_description &facts) {
  const hal_device_identity &identity = facts.identity;
  if ((identity.valid & HAL_IDENTITY_PCI) == 0) return facts.name;
  const std::string part =
      (identity.valid & HAL_IDENTITY_PARTITION) != 0 ? fmt::format(" part {}", identity.partition) : "";
  return fmt::format("{} ({:04x}:{:02x}:{:02x}.{:x}{})", facts.name, identity.pci_domain, identity.pci_bus,
                     identity.pci_device, identity.pci_function, part);
}

void describe(std::uint32_t index, hal_device_description &out) {
  subject of{probed(index), static_cast<driver::device>(index)};
  of.is = target_of(of.runtime, of.device);
  out.type = HAL_DEVICE_TYPE_GPU;
  char name[256] = "";
  check(of.runtime, of.runtime.device_get_name(name, sizeof name, of.device), "hipDeviceGetName");
  plugin::copy_text(out.name, std::string_view(name, strnlen(name, sizeof name)));
  plugin::copy_text(out.vendor, "AMD");
  plugin::copy_text(out.driver_version,
                    fmt::format("{}.{}", of.runtime.version / 1000, of.runtime.version % 1000 / 10));
  add_identity(of, out);
  add_memory(of, out);
  add_limits(of, out);
  add_rates(of, out);
  out.features = features_of(of, out.identity);
  const std::vector<std::string> formats = formats_of(of.runtime);
  for (std::size_t i = 0; i < formats.size(); ++i) plugin::copy_text(out.module_formats[i], formats[i]);
  const std::vector<std::string> targets = targets_of(of.is, of.runtime.version);
  for (std::size_t i = 0; i < std::min<std::size_t>(targets.size(), HAL_TARGETS); ++i)
    plugin::copy_text(out.targets[i], targets[i]);
}

}  // namespace hal::plugins::hip
