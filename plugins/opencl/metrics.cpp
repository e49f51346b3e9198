#include "plugins/opencl/metrics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "hal/plugin/failure.hpp"
#include "plugins/opencl/describe.hpp"

namespace hal::plugins::opencl {
namespace {

class property_list {
 public:
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) plugin::copy_text(add(name, HAL_PROPERTY_TEXT, "").text, value);
  }
  void number(std::string_view name, std::uint64_t value, const char *unit = "") {
    add(name, HAL_PROPERTY_UNSIGNED, unit).value.unsigned_value = value;
  }
  void boolean(std::string_view name, bool value) {
    add(name, HAL_PROPERTY_BOOLEAN, "").value.unsigned_value = value ? 1 : 0;
  }
  std::vector<hal_property> take() { return std::move(all_); }

 private:
  hal_property &add(std::string_view name, hal_property_type type, const char *unit) {
    hal_property &made = all_.emplace_back();
    plugin::copy_text(made.name, fmt::format("opencl.{}", name));
    plugin::copy_text(made.unit, unit);
    made.type = type;
    return made;
  }
  std::vector<hal_property> all_;
};

// How a fact comes from the driver, and so what it is.
enum class shape { text, u32, u64, size, yes_no };

struct fact {
  const char *name;
  driver::device_info which;
  shape how;
  const char *unit = "";
  int since = 120;  // OpenCL's version that has it first
};

constexpr fact facts[] = {
    {"device_version", driver::device_version, shape::text},
    {"c_version", driver::device_opencl_c_version, shape::text},
    {"profile", driver::device_profile, shape::text},
    {"conformance", driver::device_latest_conformance_version_passed, shape::text, "", 300},
    {"vendor_id", driver::device_vendor_id, shape::u32},
    {"available", driver::device_available, shape::yes_no},
    {"compiler_available", driver::device_compiler_available, shape::yes_no},
    {"linker_available", driver::device_linker_available, shape::yes_no},
    {"address_bits", driver::device_address_bits, shape::u32},
    {"little_endian", driver::device_endian_little, shape::yes_no},
    {"max_clock", driver::device_max_clock_frequency, shape::u32, "MHz"},
    {"max_sub_devices", driver::device_partition_max_sub_devices, shape::u32},
    {"preferred_work_group_multiple", driver::device_preferred_work_group_size_multiple, shape::size, "",
     300},
    {"max_sub_groups", driver::device_max_num_sub_groups, shape::u32, "", 210},
    {"sub_group_progress", driver::device_sub_group_independent_progress, shape::yes_no, "", 210},
    {"non_uniform_work_groups", driver::device_non_uniform_work_group_support, shape::yes_no, "", 300},
    {"work_group_collectives", driver::device_work_group_collective_functions_support, shape::yes_no, "",
     300},
    {"generic_address_space", driver::device_generic_address_space_support, shape::yes_no, "", 300},
    {"global_cache_size", driver::device_global_mem_cache_size, shape::u64, "B"},
    {"global_cache_line", driver::device_global_mem_cacheline_size, shape::u32, "B"},
    {"base_address_alignment", driver::device_mem_base_addr_align, shape::u32, "bit"},
    {"max_constant_buffer", driver::device_max_constant_buffer_size, shape::u64, "B"},
    {"max_constant_arguments", driver::device_max_constant_args, shape::u32},
    {"max_global_variable", driver::device_max_global_variable_size, shape::size, "B", 200},
    {"preferred_global_variables", driver::device_global_variable_preferred_total_size, shape::size, "B",
     200},
    {"host_unified_memory", driver::device_host_unified_memory, shape::yes_no},
    {"atomic_alignment_platform", driver::device_preferred_platform_atomic_alignment, shape::u32, "B", 200},
    {"atomic_alignment_global", driver::device_preferred_global_atomic_alignment, shape::u32, "B", 200},
    {"atomic_alignment_local", driver::device_preferred_local_atomic_alignment, shape::u32, "B", 200},
    {"images", driver::device_image_support, shape::yes_no},
    {"image_2d_width", driver::device_image2d_max_width, shape::size},
    {"image_2d_height", driver::device_image2d_max_height, shape::size},
    {"image_3d_width", driver::device_image3d_max_width, shape::size},
    {"image_3d_height", driver::device_image3d_max_height, shape::size},
    {"image_3d_depth", driver::device_image3d_max_depth, shape::size},
    {"image_buffer_size", driver::device_image_max_buffer_size, shape::size},
    {"image_array_size", driver::device_image_max_array_size, shape::size},
    {"image_pitch_alignment", driver::device_image_pitch_alignment, shape::u32, "", 200},
    {"image_base_alignment", driver::device_image_base_address_alignment, shape::u32, "", 200},
    {"max_samplers", driver::device_max_samplers, shape::u32},
    {"max_read_images", driver::device_max_read_image_args, shape::u32},
    {"max_write_images", driver::device_max_write_image_args, shape::u32},
    {"max_read_write_images", driver::device_max_read_write_image_args, shape::u32, "", 200},
    {"pipes", driver::device_pipe_support, shape::yes_no, "", 300},
    {"max_pipe_arguments", driver::device_max_pipe_args, shape::u32, "", 200},
    {"max_pipe_reservations", driver::device_pipe_max_active_reservations, shape::u32, "", 200},
    {"max_pipe_packet", driver::device_pipe_max_packet_size, shape::u32, "B", 200},
    {"max_device_queues", driver::device_max_on_device_queues, shape::u32, "", 200},
    {"max_device_events", driver::device_max_on_device_events, shape::u32, "", 200},
    {"device_queue_size", driver::device_queue_on_device_max_size, shape::u32, "B", 200},
    {"device_queue_preferred_size", driver::device_queue_on_device_preferred_size, shape::u32, "B", 200},
    {"prefers_user_sync", driver::device_preferred_interop_user_sync, shape::yes_no},
    {"profiling_timer_resolution", driver::device_profiling_timer_resolution, shape::size, "ns"},
    {"printf_buffer", driver::device_printf_buffer_size, shape::size, "B"},
    {"il_versions", driver::device_il_version, shape::text, "", 210},
    {"built_in_kernels", driver::device_built_in_kernels, shape::text},
};

struct bit_name {
  std::uint64_t bit;
  const char *name;
};
struct bit_fact {
  const char *name;
  driver::device_info which;
  std::vector<bit_name> names;
  int since = 120;
};

std::string names_of(std::uint64_t value, const std::vector<bit_name> &names) {
  std::vector<const char *> set;
  for (const bit_name &one : names) {
    if ((value & one.bit) != 0) set.push_back(one.name);
  }
  return set.empty() ? std::string("none") : fmt::format("{}", fmt::join(set, ", "));
}

const std::vector<bit_fact> &bit_facts() {
  static const std::vector<bit_name> floating = {
      {1, "denormals"},     {2, "infinity and NaN"},           {4, "round to nearest"},
      {8, "round to zero"}, {16, "round to infinity"},         {32, "fused multiply-add"},
      {64, "emulated"},     {128, "correct division and root"}};
  static const std::vector<bit_name> queue = {{1, "out of order"}, {2, "profiling"}};
  static const std::vector<bit_name> atomics = {
      {1, "relaxed"}, {2, "acquire and release"}, {4, "sequential"}, {8, "work item"}, {16, "work group"},
      {32, "device"}, {64, "all devices"}};
  static const std::vector<bit_fact> all = {
      {"device_type",
       driver::device_type_of,
       {{1, "default"}, {2, "CPU"}, {4, "GPU"}, {8, "accelerator"}, {16, "custom"}}},
      {"half_precision", driver::device_half_fp_config, floating},
      {"single_precision", driver::device_single_fp_config, floating},
      {"double_precision", driver::device_double_fp_config, floating},
      {"execution", driver::device_execution_capabilities, {{1, "kernels"}, {2, "native kernels"}}},
      {"queue_properties", driver::device_queue_properties, queue},
      {"device_queue_properties", driver::device_queue_on_device_properties, queue, 200},
      {"svm",
       driver::device_svm_capabilities,
       {{1, "coarse buffers"}, {2, "fine buffers"}, {4, "fine system"}, {8, "atomics"}},
       200},
      {"atomic_memory", driver::device_atomic_memory_capabilities, atomics, 300},
      {"atomic_fence", driver::device_atomic_fence_capabilities, atomics, 300},
      {"device_enqueue",
       driver::device_enqueue_capabilities,
       {{1, "supported"}, {2, "replaceable default"}},
       300},
  };
  return all;
}

void add_platform(const found_device &found, property_list &list) {
  const auto ask = [&found](driver::platform_info which) { return platform_text(found.platform, which); };
  list.text("platform", ask(driver::platform_name));
  list.text("platform_vendor", ask(driver::platform_vendor));
  list.text("platform_version", ask(driver::platform_version));
  list.text("platform_profile", ask(driver::platform_profile));
  list.text("platform_extensions", ask(driver::platform_extensions));
}

void add_fact(driver::device device, const fact &one, property_list &list) {
  switch (one.how) {
    case shape::text:
      return list.text(one.name, device_text(device, one.which));
    case shape::u32:
      return list.number(one.name, device_fact<std::uint32_t>(device, one.which), one.unit);
    case shape::u64:
      return list.number(one.name, device_fact<std::uint64_t>(device, one.which), one.unit);
    case shape::size:
      return list.number(one.name, device_fact<std::size_t>(device, one.which), one.unit);
    case shape::yes_no:
      return list.boolean(one.name, device_fact<driver::boolean>(device, one.which) != 0);
  }
}

void add_vectors(driver::device device, property_list &list) {
  constexpr const char *types[] = {"char", "short", "int", "long", "float", "double"};
  const auto ask = [device](std::uint32_t which) {
    return device_fact<std::uint32_t>(device, static_cast<driver::device_info>(which));
  };
  for (std::uint32_t i = 0; i < std::size(types); ++i) {
    list.text(fmt::format("vector_width_{}", types[i]),
              fmt::format("{} preferred, {} native", ask(driver::device_preferred_vector_width_char + i),
                          ask(driver::device_native_vector_width_char + i)));
  }
  list.text("vector_width_half",
            fmt::format("{} preferred, {} native", ask(driver::device_preferred_vector_width_half),
                        ask(driver::device_native_vector_width_char + 6)));
}

std::string version_text(std::uint32_t packed) {
  return fmt::format("{}.{}.{}", packed >> 22, packed >> 12 & 0x3ffu, packed & 0xfffu);
}

// One property for each, because their names together are longer than a property's text.
void add_extensions(driver::device device, const abilities &able, property_list &list) {
  const auto versions =
      able.version >= 300 ? device_list<driver::name_version>(device, driver::device_extensions_with_version)
                          : std::vector<driver::name_version>();
  std::istringstream words(able.extensions);
  for (std::string name; words >> name;) {
    std::string version = "there";
    for (const driver::name_version &one : versions) {
      if (std::string_view(one.name, strnlen(one.name, sizeof one.name)) == name)
        version = version_text(one.version);
    }
    list.text("extension." + name, version);
  }
  if (able.version < 300) return;
  for (const auto &one : device_list<driver::name_version>(device, driver::device_opencl_c_features))
    list.text(fmt::format("feature.{}", std::string_view(one.name, strnlen(one.name, sizeof one.name))),
              version_text(one.version));
  std::vector<std::string> languages;
  for (const auto &one : device_list<driver::name_version>(device, driver::device_opencl_c_all_versions))
    languages.push_back(version_text(one.version));
  list.text("c_versions", fmt::format("{}", fmt::join(languages, ", ")));
}

}  // namespace

std::vector<hal_property> properties(std::uint32_t index) {
  const found_device found = probed(index);
  const abilities able = abilities_of(found);
  property_list list;
  add_platform(found, list);
  for (const bit_fact &one : bit_facts()) {
    if (able.version >= one.since)
      list.text(one.name, names_of(device_fact<std::uint64_t>(found.device, one.which), one.names));
  }
  for (const fact &one : facts) {
    if (able.version >= one.since) add_fact(found.device, one, list);
  }
  add_vectors(found.device, list);
  const auto sub_groups = device_list<std::size_t>(found.device, driver::device_sub_group_sizes_intel);
  if (!sub_groups.empty()) list.text("sub_group_sizes", fmt::format("{}", fmt::join(sub_groups, ", ")));
  list.text("local_memory", device_fact<std::uint32_t>(found.device, driver::device_local_mem_type) == 1
                                ? "own"
                                : "in global memory");
  add_extensions(found.device, able, list);
  return list.take();
}

}  // namespace hal::plugins::opencl
