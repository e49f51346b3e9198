#include "tests/abi/layout.hpp"

#include <cstddef>
#include <cstdint>

#include "hal/abi/native_kernel.h"
#include "hal/abi/plugin.h"

namespace hal::test {
namespace {

struct field {
  std::string name;
  std::size_t offset;
  std::size_t size;
};

struct record {
  std::string name;
  std::size_t size;
  std::vector<field> fields;
};

struct value {
  std::string name;
  std::string text;
};

// Names of C members cannot be had without a macro.
#define FIELD(type, member)                               \
  field {                                                 \
#member, offsetof(type, member), sizeof(type::member) \
  }
#define VALUE(name)             \
  value {                       \
#name, std::to_string(name) \
  }

// Every field of every struct, in the order of the headers.
std::vector<record> all_records() {
  std::vector<record> all;
  const auto add = [&all](const char *name, std::size_t size, std::vector<field> fields) {
    all.push_back({name, size, std::move(fields)});
  };
  add("hal_error", sizeof(hal_error),
      {FIELD(hal_error, struct_size), FIELD(hal_error, status), FIELD(hal_error, native_code),
       FIELD(hal_error, message)});
  add("hal_memory", sizeof(hal_memory),
      {FIELD(hal_memory, address), FIELD(hal_memory, size), FIELD(hal_memory, host), FIELD(hal_memory, kind),
       FIELD(hal_memory, flags)});
  add("hal_memory_options", sizeof(hal_memory_options),
      {FIELD(hal_memory_options, struct_size), FIELD(hal_memory_options, kind),
       FIELD(hal_memory_options, size), FIELD(hal_memory_options, alignment),
       FIELD(hal_memory_options, flags), FIELD(hal_memory_options, reserved)});
  add("hal_external_handle", sizeof(hal_external_handle),
      {FIELD(hal_external_handle, struct_size), FIELD(hal_external_handle, kind),
       FIELD(hal_external_handle, size), FIELD(hal_external_handle, offset), FIELD(hal_external_handle, fd),
       FIELD(hal_external_handle, reserved), FIELD(hal_external_handle, bytes)});
  add("hal_pointer_info", sizeof(hal_pointer_info),
      {FIELD(hal_pointer_info, struct_size), FIELD(hal_pointer_info, kind), FIELD(hal_pointer_info, base),
       FIELD(hal_pointer_info, size), FIELD(hal_pointer_info, memory)});
  add("hal_rectangle", sizeof(hal_rectangle),
      {FIELD(hal_rectangle, memory), FIELD(hal_rectangle, offset), FIELD(hal_rectangle, host),
       FIELD(hal_rectangle, pitch)});
  add("hal_copy_2d", sizeof(hal_copy_2d),
      {FIELD(hal_copy_2d, struct_size), FIELD(hal_copy_2d, reserved), FIELD(hal_copy_2d, destination),
       FIELD(hal_copy_2d, source), FIELD(hal_copy_2d, width), FIELD(hal_copy_2d, height)});
  add("hal_peer_info", sizeof(hal_peer_info),
      {FIELD(hal_peer_info, struct_size), FIELD(hal_peer_info, accessible),
       FIELD(hal_peer_info, native_atomics), FIELD(hal_peer_info, reserved),
       FIELD(hal_peer_info, bandwidth)});
  add("hal_open_options", sizeof(hal_open_options),
      {FIELD(hal_open_options, struct_size), FIELD(hal_open_options, flags),
       FIELD(hal_open_options, native_context)});
  add("hal_stream_options", sizeof(hal_stream_options),
      {FIELD(hal_stream_options, struct_size), FIELD(hal_stream_options, priority),
       FIELD(hal_stream_options, flags), FIELD(hal_stream_options, reserved)});
  add("hal_event_options", sizeof(hal_event_options),
      {FIELD(hal_event_options, struct_size), FIELD(hal_event_options, flags)});
  add("hal_module_source", sizeof(hal_module_source),
      {FIELD(hal_module_source, struct_size), FIELD(hal_module_source, reserved),
       FIELD(hal_module_source, format), FIELD(hal_module_source, bytes), FIELD(hal_module_source, size),
       FIELD(hal_module_source, options), FIELD(hal_module_source, log), FIELD(hal_module_source, log_size),
       FIELD(hal_module_source, log_length), FIELD(hal_module_source, flags),
       FIELD(hal_module_source, reserved_2)});
  add("hal_module_binary", sizeof(hal_module_binary),
      {FIELD(hal_module_binary, struct_size), FIELD(hal_module_binary, reserved),
       FIELD(hal_module_binary, format), FIELD(hal_module_binary, bytes), FIELD(hal_module_binary, room),
       FIELD(hal_module_binary, size)});
  add("hal_argument", sizeof(hal_argument), {FIELD(hal_argument, kind), FIELD(hal_argument, size)});
  add("hal_parameter", sizeof(hal_parameter),
      {FIELD(hal_parameter, struct_size), FIELD(hal_parameter, kind), FIELD(hal_parameter, size),
       FIELD(hal_parameter, alignment), FIELD(hal_parameter, name)});
  add("hal_kernel_attributes", sizeof(hal_kernel_attributes),
      {FIELD(hal_kernel_attributes, struct_size), FIELD(hal_kernel_attributes, parameter_count),
       FIELD(hal_kernel_attributes, max_block_items), FIELD(hal_kernel_attributes, subgroup_size),
       FIELD(hal_kernel_attributes, registers_per_item), FIELD(hal_kernel_attributes, required_block),
       FIELD(hal_kernel_attributes, static_shared_memory),
       FIELD(hal_kernel_attributes, max_dynamic_shared_memory),
       FIELD(hal_kernel_attributes, local_memory_per_item)});
  add("hal_launch", sizeof(hal_launch),
      {FIELD(hal_launch, struct_size), FIELD(hal_launch, flags), FIELD(hal_launch, grid),
       FIELD(hal_launch, block), FIELD(hal_launch, dynamic_shared_memory), FIELD(hal_launch, argument_count),
       FIELD(hal_launch, reserved), FIELD(hal_launch, arguments), FIELD(hal_launch, argument_types)});
  add("hal_device_identity", sizeof(hal_device_identity),
      {FIELD(hal_device_identity, valid), FIELD(hal_device_identity, pci_domain),
       FIELD(hal_device_identity, pci_bus), FIELD(hal_device_identity, pci_device),
       FIELD(hal_device_identity, pci_function), FIELD(hal_device_identity, reserved),
       FIELD(hal_device_identity, partition), FIELD(hal_device_identity, uuid)});
  add("hal_device_description", sizeof(hal_device_description),
      {FIELD(hal_device_description, struct_size),
       FIELD(hal_device_description, type),
       FIELD(hal_device_description, identity),
       FIELD(hal_device_description, name),
       FIELD(hal_device_description, vendor),
       FIELD(hal_device_description, driver_version),
       FIELD(hal_device_description, vendor_id),
       FIELD(hal_device_description, device_id),
       FIELD(hal_device_description, memory_total),
       FIELD(hal_device_description, max_allocation),
       FIELD(hal_device_description, memory_bandwidth),
       FIELD(hal_device_description, l2_cache_size),
       FIELD(hal_device_description, memory_bus_width),
       FIELD(hal_device_description, cache_line_size),
       FIELD(hal_device_description, allocation_alignment),
       FIELD(hal_device_description, reserved),
       FIELD(hal_device_description, compute_units),
       FIELD(hal_device_description, max_block_items),
       FIELD(hal_device_description, max_block),
       FIELD(hal_device_description, max_grid),
       FIELD(hal_device_description, subgroup_size),
       FIELD(hal_device_description, max_items_per_unit),
       FIELD(hal_device_description, registers_per_block),
       FIELD(hal_device_description, max_arguments_size),
       FIELD(hal_device_description, shared_memory_per_block),
       FIELD(hal_device_description, max_dynamic_shared_memory),
       FIELD(hal_device_description, clock_rate),
       FIELD(hal_device_description, data_types),
       FIELD(hal_device_description, features),
       FIELD(hal_device_description, peak_f64),
       FIELD(hal_device_description, peak_f32),
       FIELD(hal_device_description, peak_f16),
       FIELD(hal_device_description, peak_bf16),
       FIELD(hal_device_description, peak_f8),
       FIELD(hal_device_description, peak_i8),
       FIELD(hal_device_description, module_formats),
       FIELD(hal_device_description, targets)});
  add("hal_property", sizeof(hal_property),
      {FIELD(hal_property, name), FIELD(hal_property, unit), FIELD(hal_property, type),
       FIELD(hal_property, reserved), FIELD(hal_property, value), FIELD(hal_property, text)});
  add("hal_metrics", sizeof(hal_metrics),
      {FIELD(hal_metrics, struct_size),   FIELD(hal_metrics, reserved),
       FIELD(hal_metrics, valid),         FIELD(hal_metrics, timestamp),
       FIELD(hal_metrics, utilization),   FIELD(hal_metrics, memory_utilization),
       FIELD(hal_metrics, memory_used),   FIELD(hal_metrics, memory_total),
       FIELD(hal_metrics, power),         FIELD(hal_metrics, power_limit),
       FIELD(hal_metrics, temperature),   FIELD(hal_metrics, compute_clock),
       FIELD(hal_metrics, memory_clock),  FIELD(hal_metrics, memory_temperature),
       FIELD(hal_metrics, bus_sent),      FIELD(hal_metrics, bus_received),
       FIELD(hal_metrics, link_sent),     FIELD(hal_metrics, link_received),
       FIELD(hal_metrics, ecc_corrected), FIELD(hal_metrics, ecc_uncorrected),
       FIELD(hal_metrics, faults),        FIELD(hal_metrics, last_fault),
       FIELD(hal_metrics, throttle)});
  add("hal_host", sizeof(hal_host),
      {FIELD(hal_host, struct_size), FIELD(hal_host, abi_major), FIELD(hal_host, abi_minor),
       FIELD(hal_host, context), FIELD(hal_host, log)});
  add("hal_plugin", sizeof(hal_plugin),
      {FIELD(hal_plugin, struct_size), FIELD(hal_plugin, abi_major), FIELD(hal_plugin, abi_minor),
       FIELD(hal_plugin, name), FIELD(hal_plugin, version), FIELD(hal_plugin, probe),
       FIELD(hal_plugin, describe), FIELD(hal_plugin, properties), FIELD(hal_plugin, metrics),
       FIELD(hal_plugin, open), FIELD(hal_plugin, device)});
  add("hal_native_block", sizeof(hal_native_block),
      {FIELD(hal_native_block, struct_size), FIELD(hal_native_block, reserved), FIELD(hal_native_block, grid),
       FIELD(hal_native_block, block), FIELD(hal_native_block, index), FIELD(hal_native_block, reserved_2),
       FIELD(hal_native_block, arguments), FIELD(hal_native_block, shared),
       FIELD(hal_native_block, static_shared_memory), FIELD(hal_native_block, dynamic_shared_memory),
       FIELD(hal_native_block, fail)});
  add("hal_native_item", sizeof(hal_native_item),
      {FIELD(hal_native_item, struct_size), FIELD(hal_native_item, local), FIELD(hal_native_item, block),
       FIELD(hal_native_item, barrier)});
  add("hal_native_parameter", sizeof(hal_native_parameter),
      {FIELD(hal_native_parameter, kind), FIELD(hal_native_parameter, size),
       FIELD(hal_native_parameter, alignment), FIELD(hal_native_parameter, reserved),
       FIELD(hal_native_parameter, name)});
  add("hal_native_kernel", sizeof(hal_native_kernel),
      {FIELD(hal_native_kernel, struct_size), FIELD(hal_native_kernel, flags), FIELD(hal_native_kernel, name),
       FIELD(hal_native_kernel, run_block), FIELD(hal_native_kernel, run_item),
       FIELD(hal_native_kernel, parameters), FIELD(hal_native_kernel, parameter_count),
       FIELD(hal_native_kernel, required_block), FIELD(hal_native_kernel, static_shared_memory)});
  add("hal_native_module", sizeof(hal_native_module),
      {FIELD(hal_native_module, struct_size), FIELD(hal_native_module, kernel_count),
       FIELD(hal_native_module, kernels)});
  add("hal_device_table", sizeof(hal_device_table),
      {FIELD(hal_device_table, struct_size),
       FIELD(hal_device_table, reserved),
       FIELD(hal_device_table, device_close),
       FIELD(hal_device_table, device_synchronize),
       FIELD(hal_device_table, native_handle),
       FIELD(hal_device_table, memory_allocate),
       FIELD(hal_device_table, memory_free),
       FIELD(hal_device_table, memory_info),
       FIELD(hal_device_table, memory_slice),
       FIELD(hal_device_table, memory_map),
       FIELD(hal_device_table, memory_unmap),
       FIELD(hal_device_table, memory_allocate_async),
       FIELD(hal_device_table, memory_free_async),
       FIELD(hal_device_table, memory_export),
       FIELD(hal_device_table, memory_import),
       FIELD(hal_device_table, memory_adopt),
       FIELD(hal_device_table, pointer_info),
       FIELD(hal_device_table, peer_info),
       FIELD(hal_device_table, peer_enable),
       FIELD(hal_device_table, peer_disable),
       FIELD(hal_device_table, stream_create),
       FIELD(hal_device_table, stream_adopt),
       FIELD(hal_device_table, stream_destroy),
       FIELD(hal_device_table, stream_synchronize),
       FIELD(hal_device_table, stream_query),
       FIELD(hal_device_table, stream_wait_event),
       FIELD(hal_device_table, stream_host_function),
       FIELD(hal_device_table, event_create),
       FIELD(hal_device_table, event_destroy),
       FIELD(hal_device_table, event_record),
       FIELD(hal_device_table, event_query),
       FIELD(hal_device_table, event_synchronize),
       FIELD(hal_device_table, event_elapsed),
       FIELD(hal_device_table, copy_to_device),
       FIELD(hal_device_table, copy_to_host),
       FIELD(hal_device_table, copy),
       FIELD(hal_device_table, copy_peer),
       FIELD(hal_device_table, copy_2d),
       FIELD(hal_device_table, fill),
       FIELD(hal_device_table, fill_2d),
       FIELD(hal_device_table, module_load),
       FIELD(hal_device_table, module_unload),
       FIELD(hal_device_table, module_kernel),
       FIELD(hal_device_table, module_kernel_name),
       FIELD(hal_device_table, kernel_attributes),
       FIELD(hal_device_table, kernel_parameter),
       FIELD(hal_device_table, kernel_suggest_block),
       FIELD(hal_device_table, kernel_occupancy),
       FIELD(hal_device_table, launch),
       FIELD(hal_device_table, graph_begin_capture),
       FIELD(hal_device_table, graph_end_capture),
       FIELD(hal_device_table, graph_destroy),
       FIELD(hal_device_table, graph_instantiate),
       FIELD(hal_device_table, graph_update),
       FIELD(hal_device_table, graph_launch),
       FIELD(hal_device_table, graph_executable_destroy),
       FIELD(hal_device_table, module_binary)});
  return all;
}

// Every enumerator and constant, in the order of the headers.
std::vector<value> all_values() {
  return {
      VALUE(HAL_STATUS_OK),
      VALUE(HAL_STATUS_NOT_READY),
      VALUE(HAL_STATUS_TIMED_OUT),
      VALUE(HAL_STATUS_UNSUPPORTED),
      VALUE(HAL_STATUS_UNAVAILABLE),
      VALUE(HAL_STATUS_INVALID_ARGUMENT),
      VALUE(HAL_STATUS_INVALID_HANDLE),
      VALUE(HAL_STATUS_OUT_OF_RANGE),
      VALUE(HAL_STATUS_INVALID_STATE),
      VALUE(HAL_STATUS_BUSY),
      VALUE(HAL_STATUS_NOT_FOUND),
      VALUE(HAL_STATUS_PERMISSION_DENIED),
      VALUE(HAL_STATUS_OUT_OF_HOST_MEMORY),
      VALUE(HAL_STATUS_OUT_OF_DEVICE_MEMORY),
      VALUE(HAL_STATUS_RESOURCE_EXHAUSTED),
      VALUE(HAL_STATUS_INVALID_MODULE),
      VALUE(HAL_STATUS_INCOMPATIBLE_TARGET),
      VALUE(HAL_STATUS_COMPILATION_FAILED),
      VALUE(HAL_STATUS_LAUNCH_FAILED),
      VALUE(HAL_STATUS_DEVICE_LOST),
      VALUE(HAL_STATUS_INCOMPATIBLE_VERSION),
      VALUE(HAL_STATUS_INTERNAL),
      VALUE(HAL_STATUS_UNKNOWN),
      VALUE(HAL_ERROR_MESSAGE_SIZE),
      VALUE(HAL_MEMORY_DEVICE),
      VALUE(HAL_MEMORY_HOST),
      VALUE(HAL_MEMORY_SHARED),
      VALUE(HAL_MEMORY_EXPORTABLE),
      VALUE(HAL_MEMORY_EXPORT_FD),
      VALUE(HAL_MEMORY_EXPORT_DMA_BUF),
      VALUE(HAL_MEMORY_EXPORT_IPC),
      VALUE(HAL_EXTERNAL_FD),
      VALUE(HAL_EXTERNAL_DMA_BUF),
      VALUE(HAL_EXTERNAL_IPC),
      VALUE(HAL_MAP_READ),
      VALUE(HAL_MAP_WRITE),
      VALUE(HAL_EVENT_TIMING),
      VALUE(HAL_OBJECT_DEVICE),
      VALUE(HAL_OBJECT_CONTEXT),
      VALUE(HAL_OBJECT_MEMORY),
      VALUE(HAL_OBJECT_STREAM),
      VALUE(HAL_OBJECT_EVENT),
      VALUE(HAL_OBJECT_MODULE),
      VALUE(HAL_OBJECT_KERNEL),
      VALUE(HAL_OBJECT_GRAPH_EXECUTABLE),
      VALUE(HAL_ARGUMENT_VALUE),
      VALUE(HAL_ARGUMENT_MEMORY),
      VALUE(HAL_ARGUMENT_SHARED),
      VALUE(HAL_LAUNCH_COOPERATIVE),
      VALUE(HAL_MODULE_KEEP_BINARY),
      VALUE(HAL_NO_TIMEOUT),
      VALUE(HAL_UNKNOWN_COUNT),
      VALUE(HAL_DEVICE_TYPE_OTHER),
      VALUE(HAL_DEVICE_TYPE_CPU),
      VALUE(HAL_DEVICE_TYPE_GPU),
      VALUE(HAL_DEVICE_TYPE_NPU),
      VALUE(HAL_DEVICE_TYPE_FPGA),
      VALUE(HAL_DEVICE_TYPE_DSP),
      VALUE(HAL_DEVICE_TYPE_COPROCESSOR),
      VALUE(HAL_IDENTITY_PCI),
      VALUE(HAL_IDENTITY_UUID),
      VALUE(HAL_IDENTITY_PARTITION),
      VALUE(HAL_DATA_TYPE_F64),
      VALUE(HAL_DATA_TYPE_F32),
      VALUE(HAL_DATA_TYPE_TF32),
      VALUE(HAL_DATA_TYPE_F16),
      VALUE(HAL_DATA_TYPE_BF16),
      VALUE(HAL_DATA_TYPE_F8_E4M3),
      VALUE(HAL_DATA_TYPE_F8_E5M2),
      VALUE(HAL_DATA_TYPE_F6),
      VALUE(HAL_DATA_TYPE_F4),
      VALUE(HAL_DATA_TYPE_I64),
      VALUE(HAL_DATA_TYPE_I32),
      VALUE(HAL_DATA_TYPE_I16),
      VALUE(HAL_DATA_TYPE_I8),
      VALUE(HAL_DATA_TYPE_I4),
      VALUE(HAL_FEATURE_KERNELS),
      VALUE(HAL_FEATURE_HOST_MEMORY),
      VALUE(HAL_FEATURE_SHARED_MEMORY),
      VALUE(HAL_FEATURE_ADDRESSES),
      VALUE(HAL_FEATURE_STREAM_ALLOCATION),
      VALUE(HAL_FEATURE_EXPORT_FD),
      VALUE(HAL_FEATURE_EXPORT_DMA_BUF),
      VALUE(HAL_FEATURE_EXPORT_IPC),
      VALUE(HAL_FEATURE_PEER_ACCESS),
      VALUE(HAL_FEATURE_POINTER_QUERY),
      VALUE(HAL_FEATURE_ADOPT_MEMORY),
      VALUE(HAL_FEATURE_ADOPT_STREAM),
      VALUE(HAL_FEATURE_ADOPT_CONTEXT),
      VALUE(HAL_FEATURE_STREAM_PRIORITY),
      VALUE(HAL_FEATURE_TIMESTAMPS),
      VALUE(HAL_FEATURE_HOST_FUNCTIONS),
      VALUE(HAL_FEATURE_COOPERATIVE_LAUNCH),
      VALUE(HAL_FEATURE_GRAPHS),
      VALUE(HAL_FEATURE_GRAPH_UPDATE),
      VALUE(HAL_FEATURE_COPY_2D),
      VALUE(HAL_FEATURE_PEER_COPY),
      VALUE(HAL_FEATURE_METRICS),
      VALUE(HAL_FEATURE_UNIFIED_MEMORY),
      VALUE(HAL_FEATURE_ECC),
      VALUE(HAL_FEATURE_MODULE_BINARY),
      VALUE(HAL_FEATURE_MEMORY_EXPORT_FD),
      VALUE(HAL_FEATURE_MEMORY_EXPORT_DMA_BUF),
      VALUE(HAL_FEATURE_MEMORY_EXPORT_IPC),
      VALUE(HAL_FEATURE_MEMORY_IMPORT_FD),
      VALUE(HAL_FEATURE_MEMORY_IMPORT_DMA_BUF),
      VALUE(HAL_FEATURE_SEPARATE_FAILURES),
      VALUE(HAL_MODULE_FORMAT_SIZE),
      VALUE(HAL_MODULE_FORMATS),
      VALUE(HAL_TARGET_SIZE),
      VALUE(HAL_TARGETS),
      VALUE(HAL_PROPERTY_TEXT),
      VALUE(HAL_PROPERTY_UNSIGNED),
      VALUE(HAL_PROPERTY_SIGNED),
      VALUE(HAL_PROPERTY_REAL),
      VALUE(HAL_PROPERTY_BOOLEAN),
      VALUE(HAL_METRIC_UTILIZATION),
      VALUE(HAL_METRIC_MEMORY_USED),
      VALUE(HAL_METRIC_MEMORY_TOTAL),
      VALUE(HAL_METRIC_POWER),
      VALUE(HAL_METRIC_POWER_LIMIT),
      VALUE(HAL_METRIC_TEMPERATURE),
      VALUE(HAL_METRIC_COMPUTE_CLOCK),
      VALUE(HAL_METRIC_MEMORY_CLOCK),
      VALUE(HAL_METRIC_MEMORY_UTILIZATION),
      VALUE(HAL_METRIC_MEMORY_TEMPERATURE),
      VALUE(HAL_METRIC_BUS_RATES),
      VALUE(HAL_METRIC_LINK_BYTES),
      VALUE(HAL_METRIC_ECC_ERRORS),
      VALUE(HAL_METRIC_FAULTS),
      VALUE(HAL_METRIC_THROTTLE),
      VALUE(HAL_THROTTLE_IDLE),
      VALUE(HAL_THROTTLE_SETTING),
      VALUE(HAL_THROTTLE_POWER),
      VALUE(HAL_THROTTLE_TEMPERATURE),
      VALUE(HAL_THROTTLE_HARDWARE),
      VALUE(HAL_THROTTLE_OTHER),
      VALUE(HAL_LOG_ERROR),
      VALUE(HAL_LOG_WARNING),
      VALUE(HAL_LOG_INFO),
      VALUE(HAL_LOG_DEBUG),
      VALUE(HAL_ABI_MAJOR),
      VALUE(HAL_ABI_MINOR),
      VALUE(HAL_NATIVE_USES_BARRIER),
      {"HAL_PLUGIN_QUERY_SYMBOL", HAL_PLUGIN_QUERY_SYMBOL},
      {"HAL_NATIVE_MODULE_SYMBOL", HAL_NATIVE_MODULE_SYMBOL},
  };
}

#undef VALUE
#undef FIELD

// Tables of functions: their slots are counted, too.
bool is_table(const record &record) {
  return record.name == "hal_device_table";
}

}  // namespace

std::vector<std::string> abi_layout() {
  std::vector<std::string> lines;
  lines.push_back("abi " + std::to_string(HAL_ABI_MAJOR) + "." + std::to_string(HAL_ABI_MINOR));
  for (const record &record : all_records()) {
    lines.push_back("struct " + record.name + " size " + std::to_string(record.size));
    std::size_t slot = 0;
    for (const field &field : record.fields) {
      std::string line = "field " + record.name + "." + field.name + " offset " +
                         std::to_string(field.offset) + " size " + std::to_string(field.size);
      if (is_table(record) && field.size == sizeof(void *)) line += " slot " + std::to_string(slot++);
      lines.push_back(std::move(line));
    }
  }
  for (const value &value : all_values()) lines.push_back("value " + value.name + " " + value.text);
  return lines;
}

std::vector<std::string> abi_holes() {
  std::vector<std::string> holes;
  for (const record &record : all_records()) {
    std::size_t end = 0;
    const auto check = [&](std::size_t next) {
      if (end == next) return;
      holes.push_back(record.name + " has bytes " + std::to_string(end) + " to " + std::to_string(next) +
                      " that tests/abi/layout.cpp does not list: add the field there, or name the padding.");
    };
    for (const field &field : record.fields) {
      check(field.offset);
      end = field.offset + field.size;
    }
    check(record.size);
  }
  return holes;
}

}  // namespace hal::test
