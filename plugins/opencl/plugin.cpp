#include "plugins/opencl/plugin.hpp"

#include <fmt/format.h>

#include "hal/plugin/entry.hpp"
#include "plugins/opencl/copy.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/external_memory.hpp"

namespace hal::plugins::opencl {

using plugin::entry;
using plugin::failure;

std::uint32_t opencl_plugin::probe(const hal_host &host) {
  return find_devices(host);
}

hal_device *opencl_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  if (options.flags != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The open flags are {}; none are defined.", options.flags));
  }
  return open_device(index, options.native_context);
}

constexpr hal_device_table make_table() {
  hal_device_table table{};
  table.struct_size = sizeof table;
  table.device_close = entry<&device_close>;
  table.device_synchronize = entry<&device_synchronize>;
  table.native_handle = entry<&native_handle>;
  table.memory_allocate = entry<&memory_allocate>;
  table.memory_free = entry<&memory_free>;
  table.memory_info = entry<&memory_info>;
  table.memory_slice = entry<&memory_slice>;
  table.memory_map = entry<&memory_map>;
  table.memory_unmap = entry<&memory_unmap>;
  table.memory_allocate_async = entry<&memory_allocate_async>;
  table.memory_free_async = entry<&memory_free_async>;
  table.memory_import = entry<&memory_import>;
  table.pointer_info = entry<&pointer_info>;
  table.stream_create = entry<&stream_create>;
  table.stream_adopt = entry<&stream_adopt>;
  table.stream_destroy = entry<&stream_destroy>;
  table.stream_synchronize = entry<&stream_synchronize>;
  table.stream_query = entry<&stream_query>;
  table.stream_wait_event = entry<&stream_wait_event>;
  table.stream_host_function = entry<&stream_host_function>;
  table.event_create = entry<&event_create>;
  table.event_destroy = entry<&event_destroy>;
  table.event_record = entry<&event_record>;
  table.event_query = entry<&event_query>;
  table.event_synchronize = entry<&event_synchronize>;
  table.event_elapsed = entry<&event_elapsed>;
  table.copy_to_device = entry<&copy_to_device>;
  table.copy_to_host = entry<&copy_to_host>;
  table.copy = entry<&copy>;
  table.copy_2d = entry<&copy_2d>;
  table.fill = entry<&fill>;
  table.fill_2d = entry<&fill_2d>;
  table.module_load = entry<&module_load>;
  table.module_unload = entry<&module_unload>;
  table.module_kernel = entry<&module_kernel>;
  table.module_kernel_name = entry<&module_kernel_name>;
  table.kernel_attributes = entry<&kernel_attributes>;
  table.kernel_parameter = entry<&kernel_parameter>;
  table.kernel_suggest_block = entry<&kernel_suggest_block>;
  table.kernel_occupancy = entry<&kernel_occupancy>;
  table.launch = entry<&launch>;
  table.graph_begin_capture = entry<&graph_begin_capture>;
  table.graph_end_capture = entry<&graph_end_capture>;
  table.graph_destroy = entry<&graph_destroy>;
  table.graph_instantiate = entry<&graph_instantiate>;
  table.graph_update = entry<&graph_update>;
  table.graph_launch = entry<&graph_launch>;
  table.graph_executable_destroy = entry<&graph_executable_destroy>;
  table.module_binary = entry<&module_binary>;
  return table;
}

constexpr hal_device_table opencl_plugin::device_table = make_table();

}  // namespace hal::plugins::opencl
