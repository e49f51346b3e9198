#include "plugins/opencl/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "hal/plugin/failure.hpp"
#include "plugins/opencl/identity.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

// What describe asks of one device.
struct subject {
  driver::device device;
  abilities able;
  std::string platform;

  std::uint64_t number(driver::device_info which) const noexcept {
    return device_fact<std::uint64_t>(device, which);
  }
  std::uint32_t count(driver::device_info which) const noexcept {
    return device_fact<std::uint32_t>(device, which);
  }
  // size_t on the boundary, which never needs more here.
  std::uint32_t extent(driver::device_info which) const noexcept {
    return static_cast<std::uint32_t>(
        std::min<std::size_t>(device_fact<std::size_t>(device, which), UINT32_MAX));
  }
  bool yes(driver::device_info which) const noexcept {
    return device_fact<driver::boolean>(device, which) != 0;
  }
};

bool mentions(const std::string &text, const char *word) {
  return text.find(word) != std::string::npos;
}

hal_device_type type_of(const subject &of, const std::string &name) {
  const std::uint64_t bits = of.number(driver::device_type_of);
  if ((bits & driver::device_type_gpu) != 0) return HAL_DEVICE_TYPE_GPU;
  if ((bits & driver::device_type_cpu) != 0) return HAL_DEVICE_TYPE_CPU;
  // OpenCL knows no more than "accelerator".
  for (const std::string &text : {of.platform, name}) {
    if (mentions(text, "FPGA") || mentions(text, "Xilinx")) return HAL_DEVICE_TYPE_FPGA;
    if (mentions(text, "DSP")) return HAL_DEVICE_TYPE_DSP;
    if (mentions(text, "NPU")) return HAL_DEVICE_TYPE_NPU;
  }
  return HAL_DEVICE_TYPE_OTHER;
}

std::string vendor_of(const subject &of) {
  const std::string told = device_text(of.device, driver::device_vendor);
  constexpr std::pair<const char *, const char *> known[] = {
      {"NVIDIA", "NVIDIA"}, {"Advanced Micro Devices", "AMD"}, {"AuthenticAMD", "AMD"},
      {"Intel", "Intel"},   {"GenuineIntel", "Intel"},         {"Xilinx", "Xilinx"},
  };
  for (const auto &[word, name] : known) {
    if (mentions(told, word)) return name;
  }
  return told;
}

void add_memory(const subject &of, hal_device_description &out) {
  out.memory_total = of.number(driver::device_global_mem_size);
  out.max_allocation = std::min(of.number(driver::device_max_mem_alloc_size), out.memory_total);
  out.l2_cache_size = of.number(driver::device_global_mem_cache_size);
  out.cache_line_size = of.count(driver::device_global_mem_cacheline_size);
  const std::uint32_t alignment = of.count(driver::device_mem_base_addr_align) / 8;
  out.allocation_alignment = (alignment & (alignment - 1)) == 0 ? alignment : 0;
}

std::uint32_t subgroup_of(const subject &of) {
  const auto sizes = device_list<std::size_t>(of.device, driver::device_sub_group_sizes_intel);
  if (!sizes.empty()) return static_cast<std::uint32_t>(*std::max_element(sizes.begin(), sizes.end()));
  for (const auto which : {driver::device_warp_size_nv, driver::device_wavefront_width_amd}) {
    if (const std::uint32_t told = of.count(which)) return told;
  }
  return of.able.version >= 300 ? of.extent(driver::device_preferred_work_group_size_multiple) : 0;
}

void add_limits(const subject &of, hal_device_description &out) {
  out.compute_units = of.count(driver::device_max_compute_units);
  out.max_block_items = of.extent(driver::device_max_work_group_size);
  auto extents = device_list<std::size_t>(of.device, driver::device_max_work_item_sizes);
  extents.resize(3, 1);
  const bool wide = of.count(driver::device_address_bits) > 32;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    out.max_block[axis] = static_cast<std::uint32_t>(std::min<std::size_t>(extents[axis], UINT32_MAX));
    // OpenCL limits the number of items only: to what the device can count.
    out.max_grid[axis] = wide ? UINT32_MAX : UINT32_MAX / std::max(out.max_block[axis], 1u);
  }
  out.subgroup_size = std::min(subgroup_of(of), out.max_block_items);
  out.max_arguments_size = of.extent(driver::device_max_parameter_size);
  out.shared_memory_per_block = of.number(driver::device_local_mem_size);
  out.clock_rate = std::uint64_t{of.count(driver::device_max_clock_frequency)} * 1'000'000;
}

std::uint64_t data_types_of(const subject &of) {
  std::uint64_t types =
      HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_I64 | HAL_DATA_TYPE_I32 | HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;
  if (of.number(driver::device_double_fp_config) != 0 || has_word(of.able.extensions, "cl_khr_fp64"))
    types |= HAL_DATA_TYPE_F64;
  if (has_word(of.able.extensions, "cl_khr_fp16")) types |= HAL_DATA_TYPE_F16;
  return types;
}

std::uint64_t features_of(const subject &of, bool takes_code) {
  std::uint64_t features = HAL_FEATURE_STREAM_ALLOCATION | HAL_FEATURE_ADOPT_STREAM |
                           HAL_FEATURE_ADOPT_CONTEXT | HAL_FEATURE_TIMESTAMPS | HAL_FEATURE_HOST_FUNCTIONS |
                           HAL_FEATURE_GRAPHS | HAL_FEATURE_GRAPH_UPDATE | HAL_FEATURE_COPY_2D |
                           HAL_FEATURE_SEPARATE_FAILURES;
  const auto add = [&features](std::uint64_t feature, bool there) { features |= there ? feature : 0; };
  const abilities &able = of.able;
  add(HAL_FEATURE_KERNELS, takes_code);
  add(HAL_FEATURE_MODULE_BINARY, of.yes(driver::device_compiler_available));
  add(HAL_FEATURE_ADDRESSES | HAL_FEATURE_POINTER_QUERY, able.has_usm || able.has_svm);
  add(HAL_FEATURE_HOST_MEMORY, able.has_usm ? able.has_usm_host : able.has_fine_svm);
  add(HAL_FEATURE_SHARED_MEMORY, able.has_usm ? able.has_usm_shared : able.has_fine_svm);
  add(HAL_FEATURE_MEMORY_IMPORT_FD, able.imports_fd);
  add(HAL_FEATURE_MEMORY_IMPORT_DMA_BUF, able.imports_dma_buf);
  add(HAL_FEATURE_STREAM_PRIORITY, able.has_priority);
  add(HAL_FEATURE_UNIFIED_MEMORY, of.yes(driver::device_host_unified_memory));
  add(HAL_FEATURE_ECC, of.yes(driver::device_error_correction_support));
  return features;
}

// "SPIR-V_1.0 SPIR-V_1.2" as "spirv1.2": the newest, which runs the older ones.
std::string spirv_target(const std::string &versions) {
  std::string best;
  constexpr std::string_view word = "SPIR-V_";
  for (std::size_t at = versions.find(word); at != std::string::npos; at = versions.find(word, at + 1)) {
    const std::size_t begin = at + word.size();
    best = std::max(best, versions.substr(begin, versions.find(' ', begin) - begin));
  }
  return "spirv" + best;
}

// A driver that is broken says so by its figures first.
void check_sense(const hal_device_description &facts, const std::string &platform) {
  constexpr std::uint64_t most_memory = 1ull << 56;
  constexpr std::uint32_t most_units = 1u << 24;
  std::string fault;
  if (facts.memory_total == 0 || facts.memory_total > most_memory)
    fault = fmt::format("{} bytes of memory", facts.memory_total);
  else if (facts.max_allocation == 0)
    fault = "allocations of 0 bytes at most";
  else if (facts.shared_memory_per_block > most_memory)
    fault = fmt::format("{} bytes of local memory", facts.shared_memory_per_block);
  else if (facts.compute_units == 0 || facts.compute_units > most_units)
    fault = fmt::format("{} compute units", facts.compute_units);
  else if (facts.max_block_items == 0 || facts.max_block[0] == 0)
    fault = "work groups of 0 items at most";
  if (fault.empty()) return;
  throw failure(HAL_STATUS_INTERNAL,
                fmt::format("The driver of the OpenCL platform \"{}\" says that the device \"{}\" "
                            "has {}; that makes no sense, and it is not used.",
                            platform, facts.name, fault));
}

}  // namespace

abilities abilities_of(const found_device &found) {
  const driver::device device = found.device;
  const driver::entries api = entries_of(found.platform);
  abilities able;
  able.version = version_of(device_text(device, driver::device_version));
  able.extensions = device_text(device, driver::device_extensions);
  const auto has = [&able](const char *name) { return has_word(able.extensions, name); };
  const auto can = [device](driver::device_info which, std::uint64_t bit) {
    return (device_fact<std::uint64_t>(device, which) & bit) != 0;
  };
  const bool usm_entries = api.device_mem_alloc != nullptr && api.host_mem_alloc != nullptr &&
                           api.shared_mem_alloc != nullptr && api.mem_free != nullptr &&
                           api.enqueue_memcpy != nullptr && api.enqueue_mem_fill != nullptr &&
                           api.set_kernel_arg_mem != nullptr;
  if (has("cl_intel_unified_shared_memory") && usm_entries) {
    able.has_usm = can(driver::device_device_mem_capabilities, driver::usm_access);
    able.has_usm_host = can(driver::device_host_mem_capabilities, driver::usm_access);
    able.has_usm_shared = can(driver::device_single_device_shared_mem_capabilities, driver::usm_access);
  }
  const bool new_entries =
      api.svm_alloc != nullptr && api.svm_free != nullptr && api.set_kernel_arg_svm != nullptr;
  if (able.version >= 200 && new_entries) {
    able.has_svm = can(driver::device_svm_capabilities, driver::svm_coarse_grain_buffer);
    able.has_fine_svm = able.has_svm && can(driver::device_svm_capabilities, driver::svm_fine_grain_buffer);
  }
  const bool spirv = mentions(device_text(device, driver::device_il_version), "SPIR-V");
  able.has_il = spirv && able.version >= 210 && api.create_program_with_il != nullptr;
  able.has_il_khr =
      spirv && !able.has_il && has("cl_khr_il_program") && api.create_program_with_il_khr != nullptr;
  able.has_priority =
      has("cl_khr_priority_hints") && able.version >= 200 && api.create_queue_with_properties != nullptr;
  const bool import_entries = api.create_buffer_with_properties != nullptr &&
                              api.enqueue_acquire_external != nullptr &&
                              api.enqueue_release_external != nullptr;
  if (able.version >= 300 && has("cl_khr_external_memory") && import_entries) {
    driver::unsigned_int kinds[16] = {};
    const std::size_t size =
        device_bytes(device, driver::device_external_memory_import_types, kinds, sizeof kinds);
    const driver::unsigned_int *const begin = kinds;
    const driver::unsigned_int *const end = kinds + size / sizeof *kinds;
    able.imports_fd = std::find(begin, end, driver::external_opaque_fd) != end;
    able.imports_dma_buf = std::find(begin, end, driver::external_dma_buf) != end;
  }
  able.has_suggestion = has("cl_khr_suggested_local_work_size") && api.get_suggested_local_size != nullptr;
  return able;
}

std::vector<const char *> formats_of(driver::device device, const abilities &able) {
  std::vector<const char *> formats = {"opencl-binary"};
  if (device_fact<driver::boolean>(device, driver::device_compiler_available) == 0) return formats;
  if (able.has_il || able.has_il_khr) formats.push_back("spirv");
  if (has_word(able.extensions, "cl_khr_spir")) formats.push_back("spir");
  formats.push_back("opencl-c");
  return formats;
}

std::string device_label(const hal_device_description &facts) {
  const hal_device_identity &identity = facts.identity;
  if ((identity.valid & HAL_IDENTITY_PCI) == 0) return facts.name;
  return fmt::format("{} ({:04x}:{:02x}:{:02x}.{:x})", facts.name, identity.pci_domain, identity.pci_bus,
                     identity.pci_device, identity.pci_function);
}

void describe(std::uint32_t index, hal_device_description &out) {
  const found_device found = probed(index);
  const subject of{found.device, abilities_of(found), platform_text(found.platform, driver::platform_name)};
  std::string name = device_text(of.device, driver::device_board_name_amd);
  if (name.empty()) name = device_text(of.device, driver::device_name);
  if (name.empty()) name = "an OpenCL device without a name";
  plugin::copy_text(out.name, name);
  out.type = type_of(of, name);
  plugin::copy_text(out.vendor, vendor_of(of));
  plugin::copy_text(out.driver_version, device_text(of.device, driver::device_driver_version));
  describe_identity(of.device, of.able.extensions, out);
  add_memory(of, out);
  add_limits(of, out);
  check_sense(out, of.platform);
  out.data_types = data_types_of(of);
  const std::vector<const char *> formats = formats_of(of.device, of.able);
  out.features = features_of(of, !formats.empty());
  if (of.able.has_il || of.able.has_il_khr)
    plugin::copy_text(out.targets[0], spirv_target(device_text(of.device, driver::device_il_version)));
  for (std::size_t i = 0; i < std::min<std::size_t>(formats.size(), HAL_MODULE_FORMATS); ++i)
    plugin::copy_text(out.module_formats[i], formats[i]);
}

}  // namespace hal::plugins::opencl
