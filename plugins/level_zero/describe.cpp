#include "plugins/level_zero/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "hal/plugin/failure.hpp"
#include "plugins/level_zero/module.hpp"
#include "plugins/level_zero/status.hpp"
#include "plugins/level_zero/sysman.hpp"

namespace hal::plugins::level_zero {
namespace {

// What describe asks of one device. A record that the driver refuses stays 0.
struct subject {
  const api &vendor;
  const found_device of;
  driver::device_properties facts{};
  driver::compute_properties compute{};
  driver::module_properties modules{};
  std::vector<driver::memory_properties> memories;
  queue_groups groups;

  subject(const api &given, const found_device &found) : vendor(given), of(found) {
    facts = properties_of(vendor, of);
    compute.type = driver::compute_properties_type;
    check(vendor.device_get_compute_properties(of.native, &compute), "zeDeviceGetComputeProperties");
    modules.type = driver::module_properties_type;
    check(vendor.device_get_module_properties(of.native, &modules), "zeDeviceGetModuleProperties");
    driver::memory_properties blank{};
    blank.type = driver::memory_properties_type;
    memories = list_of(blank, [&](auto *count, auto *all) {
      return vendor.device_get_memory_properties(of.native, count, all);
    });
    groups = groups_of(vendor, of.native);
  }
  bool takes_kernels() const noexcept { return modules.spirv_version != 0 && groups.compute.has_value(); }
};

void add_identity(const subject &of, hal_device_description &out) {
  hal_device_identity &identity = out.identity;
  std::copy_n(of.facts.uuid, 16, identity.uuid);
  if (std::any_of(std::begin(identity.uuid), std::end(identity.uuid), [](auto byte) { return byte != 0; }))
    identity.valid |= HAL_IDENTITY_UUID;
  if (of.of.is_part()) {
    identity.valid |= HAL_IDENTITY_PARTITION;
    identity.partition = of.of.part;
  }
  out.vendor_id = of.facts.vendor_id;
  out.device_id = of.facts.device_id;
  if (of.vendor.device_pci_get_properties == nullptr) return;
  driver::pci_properties at{driver::pci_properties_type, nullptr, 0, 0, 0, 0, 0, 0, 0};
  // A part is asked for by its whole, which is what sits in the slot.
  const driver::device card = of.of.whole != nullptr ? of.of.whole : of.of.native;
  if (of.vendor.device_pci_get_properties(card, &at) != driver::ZE_RESULT_SUCCESS) return;
  if (at.bus > 0xff || at.device > 0x1f || at.function > 7) return;
  identity.valid |= HAL_IDENTITY_PCI;
  identity.pci_domain = at.domain;
  identity.pci_bus = static_cast<std::uint8_t>(at.bus);
  identity.pci_device = static_cast<std::uint8_t>(at.device);
  identity.pci_function = static_cast<std::uint8_t>(at.function);
}

hal_device_type type_of(driver::device_type kind) {
  switch (kind) {
    case driver::gpu:
      return HAL_DEVICE_TYPE_GPU;
    case driver::cpu:
      return HAL_DEVICE_TYPE_CPU;
    case driver::fpga:
      return HAL_DEVICE_TYPE_FPGA;
    case driver::vpu:
      return HAL_DEVICE_TYPE_NPU;
    default:
      return HAL_DEVICE_TYPE_OTHER;
  }
}

void add_memory(const subject &of, hal_device_description &out) {
  for (const driver::memory_properties &one : of.memories) {
    out.memory_total += one.total;
    out.memory_bus_width += one.bus_width;
  }
  out.memory_bandwidth = sysman::max_bandwidth(of.vendor, of.of);
  const bool relaxed = has_extension(of.vendor, of.of.owner, "ZE_experimental_relaxed_allocation_limits");
  out.max_allocation =
      relaxed ? std::max(of.facts.max_allocation, out.memory_total) : of.facts.max_allocation;
  driver::cache_properties blank{};
  blank.type = driver::cache_properties_type;
  for (const driver::cache_properties &one : list_of(blank, [&](auto *count, auto *all) {
         return of.vendor.device_get_cache_properties(of.of.native, count, all);
       }))
    out.l2_cache_size = std::max<std::uint64_t>(out.l2_cache_size, one.size);
  out.cache_line_size = 64;
  out.allocation_alignment = 256;
}

void add_limits(const subject &of, hal_device_description &out) {
  const driver::device_properties &facts = of.facts;
  out.compute_units = facts.slices * facts.subslices_per_slice;
  out.max_block_items = of.compute.max_group_items;
  std::copy_n(of.compute.max_group_size, 3, out.max_block);
  std::copy_n(of.compute.max_group_count, 3, out.max_grid);
  const std::uint32_t sizes = std::min<std::uint32_t>(of.compute.subgroup_size_count, 8);
  if (sizes != 0)
    out.subgroup_size = *std::max_element(of.compute.subgroup_sizes, of.compute.subgroup_sizes + sizes);
  out.max_items_per_unit = facts.units_per_subslice * facts.threads_per_unit * out.subgroup_size;
  out.max_arguments_size = of.modules.max_arguments_size;
  out.shared_memory_per_block = of.compute.max_shared_memory;
  out.clock_rate = std::uint64_t{facts.core_clock} * 1'000'000;
  if (facts.kind == driver::gpu) {
    // Each lane multiplies and adds in each clock.
    out.peak_f32 =
        2 * std::uint64_t{out.compute_units} * facts.units_per_subslice * facts.simd_width * out.clock_rate;
  }
  if (!of.takes_kernels()) return;
  out.data_types = HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_I32 | HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;
  if ((of.modules.flags & driver::module_f16) != 0) out.data_types |= HAL_DATA_TYPE_F16;
  if ((of.modules.flags & driver::module_f64) != 0) out.data_types |= HAL_DATA_TYPE_F64;
  if ((of.modules.flags & driver::module_i64_atomics) != 0) out.data_types |= HAL_DATA_TYPE_I64;
}

// Whether there may be a link. zeDeviceCanAccessPeer would know it for sure, but drivers find that out by a
// copy, and nothing may run here.
bool has_peer(const subject &of) {
  const std::vector<found_device> all = probed_devices();
  return std::any_of(all.begin(), all.end(), [&](const found_device &other) {
    driver::p2p_properties link{driver::p2p_properties_type, nullptr, 0};
    return other.owner == of.of.owner && other.native != of.of.native &&
           of.vendor.device_get_p2p_properties(of.of.native, other.native, &link) ==
               driver::ZE_RESULT_SUCCESS &&
           (link.flags & driver::p2p_access) != 0;
  });
}

std::uint64_t external_features(const subject &of) {
  driver::external_memory_properties external{};
  external.type = driver::external_memory_properties_type;
  if (of.vendor.device_get_external_memory_properties(of.of.native, &external) != driver::ZE_RESULT_SUCCESS)
    return 0;
  const std::uint32_t both = external.memory_import & external.memory_export;
  std::uint64_t features = 0;
  if ((both & driver::external_opaque_fd) != 0) features |= HAL_FEATURE_EXPORT_FD;
  if ((both & driver::external_dma_buf) != 0) features |= HAL_FEATURE_EXPORT_DMA_BUF;
  return features;
}

bool has_ipc(const subject &of) {
  driver::driver_ipc_properties ipc{driver::driver_ipc_properties_type, nullptr, 0};
  return of.vendor.driver_get_ipc_properties(of.of.owner, &ipc) == driver::ZE_RESULT_SUCCESS &&
         (ipc.flags & driver::ipc_memory) != 0;
}

std::uint64_t features_of(const subject &of) {
  std::uint64_t features = HAL_FEATURE_ADDRESSES | HAL_FEATURE_STREAM_ALLOCATION | HAL_FEATURE_POINTER_QUERY |
                           HAL_FEATURE_ADOPT_STREAM | HAL_FEATURE_ADOPT_CONTEXT | HAL_FEATURE_HOST_FUNCTIONS |
                           HAL_FEATURE_GRAPHS | HAL_FEATURE_GRAPH_UPDATE | HAL_FEATURE_COPY_2D |
                           HAL_FEATURE_PEER_COPY;
  const auto add = [&features](std::uint64_t feature, bool there) { features |= there ? feature : 0; };
  driver::memory_access_properties access{};
  access.type = driver::memory_access_properties_type;
  const bool told =
      of.vendor.device_get_memory_access_properties(of.of.native, &access) == driver::ZE_RESULT_SUCCESS;
  add(HAL_FEATURE_HOST_MEMORY, told && (access.host & driver::access_read_write) != 0);
  add(HAL_FEATURE_SHARED_MEMORY, told && (access.shared & driver::access_read_write) != 0);
  add(HAL_FEATURE_KERNELS, of.takes_kernels());
  add(HAL_FEATURE_MODULE_BINARY, of.takes_kernels());
  add(HAL_FEATURE_TIMESTAMPS, of.facts.timer_resolution != 0);
  add(HAL_FEATURE_ADOPT_MEMORY, host_import_of(of.vendor, of.of.owner).take != nullptr);
  features |= external_features(of);
  add(HAL_FEATURE_EXPORT_IPC, has_ipc(of));
  add(HAL_FEATURE_PEER_ACCESS, has_peer(of));
  add(HAL_FEATURE_STREAM_PRIORITY, of.facts.max_queue_priority != 0);
  add(HAL_FEATURE_COOPERATIVE_LAUNCH, of.takes_kernels() && of.groups.cooperative);
  add(HAL_FEATURE_METRICS, sysman::is_there(of.vendor, of.of));
  add(HAL_FEATURE_UNIFIED_MEMORY, (of.facts.flags & driver::device_integrated) != 0);
  add(HAL_FEATURE_ECC, (of.facts.flags & driver::device_ecc) != 0);
  return features;
}

void add_code(const subject &of, hal_device_description &out) {
  if (!of.takes_kernels()) return;
  for (std::size_t i = 0; i < std::size(module_formats); ++i)
    plugin::copy_text(out.module_formats[i], module_formats[i]);
  plugin::copy_text(out.targets[0], fmt::format("spirv64v{}.{}", of.modules.spirv_version >> 16,
                                                of.modules.spirv_version & 0xffffu));
}

}  // namespace

driver::device_properties properties_of(const api &api, const found_device &of) {
  driver::device_properties facts{};
  // The newer record tells the timer's frequency instead of a tick's whole nanoseconds.
  facts.type = of.version >= driver::version(1, 2) ? driver::device_properties_1_2_type
                                                   : driver::device_properties_type;
  check(api.device_get_properties(of.native, &facts), "zeDeviceGetProperties");
  return facts;
}

device_clock clock_of(const found_device &of, const driver::device_properties &facts) noexcept {
  const auto resolution = static_cast<double>(facts.timer_resolution);
  if (resolution == 0) return {};
  const bool is_frequency = of.version >= driver::version(1, 2);
  // Drivers of 1.0 leave the number of bits at 0.
  const std::uint32_t bits = facts.timestamp_bits == 0 ? 64 : std::min(facts.timestamp_bits, 64u);
  return {is_frequency ? 1e9 / resolution : resolution, bits};
}

std::int64_t device_clock::between(std::uint64_t start, std::uint64_t end) const noexcept {
  // The difference as a signed number of that many bits.
  const std::uint32_t unused = 64 - bits;
  const auto ticks = static_cast<std::int64_t>((end - start) << unused) >> unused;
  return std::llround(static_cast<double>(ticks) * nanoseconds);
}

queue_groups groups_of(const api &api, driver::device device) {
  driver::queue_group_properties blank{};
  blank.type = driver::queue_group_properties_type;
  const auto all = list_of(blank, [&](auto *count, auto *groups) {
    return api.device_get_queue_group_properties(device, count, groups);
  });
  queue_groups found;
  for (std::uint32_t ordinal = 0; ordinal < all.size(); ++ordinal) {
    const driver::queue_group_properties &group = all[ordinal];
    const bool computes = (group.flags & driver::group_computes) != 0;
    if (computes && !found.compute) {
      found.compute = ordinal;
      found.cooperative = (group.flags & driver::group_cooperates) != 0;
      found.max_fill_pattern = group.max_fill_pattern;
    } else if (!computes && (group.flags & driver::group_copies) != 0 && !found.copy) {
      found.copy = ordinal;
    }
  }
  return found;
}

bool has_extension(const api &api, driver::driver_handle owner, const char *name) {
  const auto all = list_of(driver::extension{}, [&](auto *count, auto *extensions) {
    return api.driver_get_extension_properties(owner, count, extensions);
  });
  return std::any_of(all.begin(), all.end(), [name](const driver::extension &one) {
    return std::strncmp(one.name, name, sizeof one.name) == 0;
  });
}

host_import host_import_of(const api &api, driver::driver_handle owner) noexcept {
  host_import found;
  const auto find = [&](const char *name, auto &entry) {
    void *address = nullptr;
    if (api.driver_get_extension_function_address != nullptr &&
        api.driver_get_extension_function_address(owner, name, &address) == driver::ZE_RESULT_SUCCESS)
      entry = reinterpret_cast<std::remove_reference_t<decltype(entry)>>(address);
  };
  find("zexDriverImportExternalPointer", found.take);
  find("zexDriverReleaseImportedPointer", found.release);
  return found.take != nullptr && found.release != nullptr ? found : host_import{};
}

std::string device_label(const hal_device_description &facts) {
  const hal_device_identity &identity = facts.identity;
  std::string label = facts.name;
  if ((identity.valid & HAL_IDENTITY_PCI) != 0) {
    label += fmt::format(" ({:04x}:{:02x}:{:02x}.{:x})", identity.pci_domain, identity.pci_bus,
                         identity.pci_device, identity.pci_function);
  }
  if ((identity.valid & HAL_IDENTITY_PARTITION) != 0) label += fmt::format(", part {}", identity.partition);
  return label;
}

void describe(std::uint32_t index, hal_device_description &out) {
  const subject of(vendor(), probed(index));
  out.type = type_of(of.facts.kind);
  plugin::copy_text(out.name, std::string_view(of.facts.name, strnlen(of.facts.name, sizeof of.facts.name)));
  plugin::copy_text(out.vendor, of.facts.vendor_id == 0x8086 ? "Intel" : "");
  driver::driver_properties driver{driver::driver_properties_type, nullptr, {}, 0};
  check(of.vendor.driver_get_properties(of.of.owner, &driver), "zeDriverGetProperties");
  plugin::copy_text(out.driver_version, fmt::format("{} (Level Zero {}.{})", driver.version,
                                                    of.of.version >> 16, of.of.version & 0xffffu));
  add_identity(of, out);
  add_memory(of, out);
  add_limits(of, out);
  out.features = features_of(of);
  add_code(of, out);
}

}  // namespace hal::plugins::level_zero
