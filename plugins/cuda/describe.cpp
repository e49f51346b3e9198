#include "plugins/cuda/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/pci_address.hpp"
#include "plugins/cuda/architecture.hpp"
#include "plugins/cuda/module.hpp"
#include "plugins/cuda/nvml.hpp"
#include "plugins/cuda/status.hpp"

namespace hal::plugins::cuda {
namespace {

constexpr std::uint32_t nvidia_vendor_id = 0x10de;

// What describe asks of one device.
struct subject {
  const api &driver;
  driver::device device = 0;

  int attribute(driver::device_attribute which) const noexcept { return attribute_of(driver, device, which); }
  std::uint64_t positive(driver::device_attribute which) const noexcept {
    return static_cast<std::uint64_t>(std::max(attribute(which), 0));
  }
  std::uint32_t count(driver::device_attribute which) const noexcept {
    return static_cast<std::uint32_t>(positive(which));
  }
  bool can(driver::device_attribute which) const noexcept { return attribute(which) > 0; }
  compute_capability capability() const noexcept {
    return {attribute(driver::compute_capability_major), attribute(driver::compute_capability_minor)};
  }
};

void add_pci(const subject &of, hal_device_description &out) {
  char text[32] = "";
  if (of.driver.device_get_pci_bus_id(text, sizeof text, of.device) != driver::CUDA_SUCCESS) return;
  hal_device_identity own = out.identity;
  if (!plugin::read_pci_address(text, own)) return;
  // Integrated GPUs are on no bus and say 0000:00:00.0.
  if (own.pci_domain == 0 && own.pci_bus == 0 && own.pci_device == 0 && of.can(driver::integrated)) return;
  out.identity = own;
  out.vendor_id = nvidia_vendor_id;
  // Device id above, vendor id below.
  out.device_id = static_cast<std::uint32_t>(of.attribute(driver::gpu_pci_device_id)) >> 16;
}

void add_identity(const subject &of, hal_device_description &out) {
  add_pci(of, out);
  driver::uuid whole{};
  check(of.driver, of.driver.device_get_uuid(&whole, of.device), "cuDeviceGetUuid");
  driver::uuid own = whole;
  // The newer entry tells a MIG instance's own UUID, the older one that of the GPU it is a part of.
  if (of.driver.device_get_uuid_v2 != nullptr)
    check(of.driver, of.driver.device_get_uuid_v2(&own, of.device), "cuDeviceGetUuid_v2");
  std::memcpy(out.identity.uuid, own.bytes, sizeof own.bytes);
  if (std::any_of(std::begin(own.bytes), std::end(own.bytes), [](unsigned char byte) { return byte != 0; }))
    out.identity.valid |= HAL_IDENTITY_UUID;
  if (std::memcmp(whole.bytes, own.bytes, sizeof own.bytes) != 0) {
    out.identity.valid |= HAL_IDENTITY_PARTITION;
    out.identity.partition = nvml::instance_number(own);
  }
}

void add_memory(const subject &of, hal_device_description &out) {
  std::size_t total = 0;
  check(of.driver, of.driver.device_total_mem(&total, of.device), "cuDeviceTotalMem");
  out.memory_total = total;
  out.max_allocation = total;
  // Two transfers in each clock of the memory.
  const std::uint64_t clock = of.positive(driver::memory_clock_rate) * 1000;
  out.memory_bus_width = of.count(driver::global_memory_bus_width);
  out.memory_bandwidth = 2 * clock * (out.memory_bus_width / 8);
  out.l2_cache_size = of.positive(driver::l2_cache_size);
  out.cache_line_size = 128;
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
  const bool large_arguments = of.capability().major >= 7 && of.driver.version >= 12010;
  out.max_arguments_size = large_arguments ? 32764 : 4096;
  out.shared_memory_per_block = of.positive(driver::max_shared_memory_per_block);
  out.max_dynamic_shared_memory =
      std::max(out.shared_memory_per_block, of.positive(driver::max_shared_memory_per_block_optin));
  out.clock_rate = of.positive(driver::clock_rate) * 1000;
}

void add_rates(const subject &of, hal_device_description &out) {
  const compute_capability capability = of.capability();
  out.data_types = data_types_of(capability);
  const throughput rates = throughput_of(capability);
  const std::uint64_t clocks = 2 * std::uint64_t{out.compute_units} * out.clock_rate;
  out.peak_f32 = clocks * rates.f32;
  const std::uint64_t ratio = of.positive(driver::single_to_double_ratio);
  out.peak_f64 = ratio == 0 ? 0 : out.peak_f32 / ratio;
  out.peak_f16 = clocks * rates.f16;
  if ((out.data_types & HAL_DATA_TYPE_BF16) != 0) out.peak_bf16 = out.peak_f16;
  out.peak_f8 = clocks * rates.f8;
  out.peak_i8 = clocks * rates.i8;
}

bool has_peer(const subject &of) {
  int count = 0;
  if (of.driver.device_get_count(&count) != driver::CUDA_SUCCESS) return false;
  for (int i = 0; i < count; ++i) {
    driver::device other = 0;
    int accessible = 0;
    if (of.driver.device_get(&other, i) == driver::CUDA_SUCCESS && other != of.device &&
        of.driver.device_can_access_peer(&accessible, of.device, other) == driver::CUDA_SUCCESS &&
        accessible != 0)
      return true;
  }
  return false;
}

std::uint64_t features_of(const subject &of) {
  std::uint64_t features = HAL_FEATURE_KERNELS | HAL_FEATURE_HOST_MEMORY | HAL_FEATURE_ADDRESSES |
                           HAL_FEATURE_POINTER_QUERY | HAL_FEATURE_ADOPT_STREAM | HAL_FEATURE_ADOPT_CONTEXT |
                           HAL_FEATURE_ADOPT_MEMORY | HAL_FEATURE_TIMESTAMPS | HAL_FEATURE_HOST_FUNCTIONS |
                           HAL_FEATURE_GRAPHS | HAL_FEATURE_GRAPH_UPDATE | HAL_FEATURE_COPY_2D |
                           HAL_FEATURE_PEER_COPY;
  const auto add = [&features](std::uint64_t feature, bool there) { features |= there ? feature : 0; };
  add(HAL_FEATURE_SHARED_MEMORY, of.can(driver::managed_memory));
  add(HAL_FEATURE_STREAM_ALLOCATION, of.driver.has_pools() && of.can(driver::memory_pools_supported));
  const bool mapping = of.driver.has_mapping() && of.can(driver::virtual_memory_management) &&
                       of.can(driver::posix_file_descriptors);
  add(HAL_FEATURE_EXPORT_FD | HAL_FEATURE_MEMORY_EXPORT_FD | HAL_FEATURE_MEMORY_IMPORT_FD, mapping);
  // Drivers export dma-bufs from 11.7 on, and import them from 13.0 on.
  const bool dma_buf =
      mapping && of.driver.mem_get_handle_for_address_range != nullptr && of.can(driver::dma_buf_supported);
  const bool both_ways = dma_buf && of.driver.has_external_memory() && of.driver.version >= 13000;
  add(HAL_FEATURE_MEMORY_EXPORT_DMA_BUF, dma_buf);
  add(HAL_FEATURE_EXPORT_DMA_BUF | HAL_FEATURE_MEMORY_IMPORT_DMA_BUF, both_ways);
  // Memory that leaves as bytes does not leave as a descriptor, so it is asked for by its own flag.
  const bool bytes = of.driver.has_ipc() && !of.can(driver::integrated);
  add(HAL_FEATURE_MEMORY_EXPORT_IPC, bytes);
  add(HAL_FEATURE_EXPORT_IPC, bytes && !mapping);
  add(HAL_FEATURE_PEER_ACCESS, has_peer(of));
  add(HAL_FEATURE_STREAM_PRIORITY, of.can(driver::stream_priorities_supported));
  add(HAL_FEATURE_COOPERATIVE_LAUNCH, of.can(driver::cooperative_launch));
  add(HAL_FEATURE_METRICS, nvml::is_there());
  add(HAL_FEATURE_UNIFIED_MEMORY, of.can(driver::integrated));
  add(HAL_FEATURE_ECC, of.can(driver::ecc_enabled));
  add(HAL_FEATURE_MODULE_BINARY, of.driver.has_linker());
  return features;
}

}  // namespace

int attribute_of(const api &api, driver::device device, driver::device_attribute which) noexcept {
  int value = 0;
  return api.device_get_attribute(&value, which, device) == driver::CUDA_SUCCESS ? value : 0;
}

std::string device_label(const hal_device_description &facts) {
  const hal_device_identity &identity = facts.identity;
  if ((identity.valid & HAL_IDENTITY_PCI) == 0) return facts.name;
  return fmt::format("{} ({:04x}:{:02x}:{:02x}.{:x})", facts.name, identity.pci_domain, identity.pci_bus,
                     identity.pci_device, identity.pci_function);
}

void describe(std::uint32_t index, hal_device_description &out) {
  subject of{probed(index), 0};
  check(of.driver, of.driver.device_get(&of.device, static_cast<int>(index)),
        fmt::format("cuDeviceGet of device {}", index));
  out.type = HAL_DEVICE_TYPE_GPU;
  char name[128] = "";
  check(of.driver, of.driver.device_get_name(name, sizeof name, of.device), "cuDeviceGetName");
  plugin::copy_text(out.name, std::string_view(name, strnlen(name, sizeof name)));
  plugin::copy_text(out.vendor, "NVIDIA");
  plugin::copy_text(out.driver_version,
                    fmt::format("{}.{}", of.driver.version / 1000, of.driver.version % 1000 / 10));
  add_identity(of, out);
  add_memory(of, out);
  add_limits(of, out);
  add_rates(of, out);
  out.features = features_of(of);
  for (std::size_t i = 0; i < std::size(module_formats); ++i)
    plugin::copy_text(out.module_formats[i], module_formats[i]);
  const std::vector<std::string> targets = targets_of(of.capability());
  for (std::size_t i = 0; i < std::min<std::size_t>(targets.size(), HAL_TARGETS); ++i)
    plugin::copy_text(out.targets[i], targets[i]);
}

}  // namespace hal::plugins::cuda
