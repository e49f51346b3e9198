// A device's table out of groups of entries.
#pragma once

#include <cstdint>
#include <type_traits>

#include "hal/abi/device.h"
#include "hal/plugin/entry.hpp"

namespace hal::plugin {
namespace detail {

template <typename Entry>
consteval void set(Entry &slot, std::type_identity_t<Entry> given) {
  if (slot != nullptr) throw "Two groups have this entry.";
  slot = given;
}

static_assert(sizeof(hal_device_table) == 2 * sizeof(std::uint32_t) + 55 * sizeof(void (*)()),
              "an entry of the table is missing here");

template <typename Entries>
consteval void add_entries(hal_device_table &table) {
  if constexpr (requires { &Entries::device_close; }) set(table.device_close, entry<&Entries::device_close>);
  if constexpr (requires { &Entries::device_synchronize; })
    set(table.device_synchronize, entry<&Entries::device_synchronize>);
  if constexpr (requires { &Entries::native_handle; })
    set(table.native_handle, entry<&Entries::native_handle>);
  if constexpr (requires { &Entries::memory_allocate; })
    set(table.memory_allocate, entry<&Entries::memory_allocate>);
  if constexpr (requires { &Entries::memory_free; }) set(table.memory_free, entry<&Entries::memory_free>);
  if constexpr (requires { &Entries::memory_info; }) set(table.memory_info, entry<&Entries::memory_info>);
  if constexpr (requires { &Entries::memory_slice; }) set(table.memory_slice, entry<&Entries::memory_slice>);
  if constexpr (requires { &Entries::memory_map; }) set(table.memory_map, entry<&Entries::memory_map>);
  if constexpr (requires { &Entries::memory_unmap; }) set(table.memory_unmap, entry<&Entries::memory_unmap>);
  if constexpr (requires { &Entries::memory_allocate_async; })
    set(table.memory_allocate_async, entry<&Entries::memory_allocate_async>);
  if constexpr (requires { &Entries::memory_free_async; })
    set(table.memory_free_async, entry<&Entries::memory_free_async>);
  if constexpr (requires { &Entries::memory_export; })
    set(table.memory_export, entry<&Entries::memory_export>);
  if constexpr (requires { &Entries::memory_import; })
    set(table.memory_import, entry<&Entries::memory_import>);
  if constexpr (requires { &Entries::memory_adopt; }) set(table.memory_adopt, entry<&Entries::memory_adopt>);
  if constexpr (requires { &Entries::pointer_info; }) set(table.pointer_info, entry<&Entries::pointer_info>);
  if constexpr (requires { &Entries::peer_info; }) set(table.peer_info, entry<&Entries::peer_info>);
  if constexpr (requires { &Entries::peer_enable; }) set(table.peer_enable, entry<&Entries::peer_enable>);
  if constexpr (requires { &Entries::peer_disable; }) set(table.peer_disable, entry<&Entries::peer_disable>);
  if constexpr (requires { &Entries::stream_create; })
    set(table.stream_create, entry<&Entries::stream_create>);
  if constexpr (requires { &Entries::stream_adopt; }) set(table.stream_adopt, entry<&Entries::stream_adopt>);
  if constexpr (requires { &Entries::stream_destroy; })
    set(table.stream_destroy, entry<&Entries::stream_destroy>);
  if constexpr (requires { &Entries::stream_synchronize; })
    set(table.stream_synchronize, entry<&Entries::stream_synchronize>);
  if constexpr (requires { &Entries::stream_query; }) set(table.stream_query, entry<&Entries::stream_query>);
  if constexpr (requires { &Entries::stream_wait_event; })
    set(table.stream_wait_event, entry<&Entries::stream_wait_event>);
  if constexpr (requires { &Entries::stream_host_function; })
    set(table.stream_host_function, entry<&Entries::stream_host_function>);
  if constexpr (requires { &Entries::event_create; }) set(table.event_create, entry<&Entries::event_create>);
  if constexpr (requires { &Entries::event_destroy; })
    set(table.event_destroy, entry<&Entries::event_destroy>);
  if constexpr (requires { &Entries::event_record; }) set(table.event_record, entry<&Entries::event_record>);
  if constexpr (requires { &Entries::event_query; }) set(table.event_query, entry<&Entries::event_query>);
  if constexpr (requires { &Entries::event_synchronize; })
    set(table.event_synchronize, entry<&Entries::event_synchronize>);
  if constexpr (requires { &Entries::event_elapsed; })
    set(table.event_elapsed, entry<&Entries::event_elapsed>);
  if constexpr (requires { &Entries::copy_to_device; })
    set(table.copy_to_device, entry<&Entries::copy_to_device>);
  if constexpr (requires { &Entries::copy_to_host; }) set(table.copy_to_host, entry<&Entries::copy_to_host>);
  if constexpr (requires { &Entries::copy; }) set(table.copy, entry<&Entries::copy>);
  if constexpr (requires { &Entries::copy_peer; }) set(table.copy_peer, entry<&Entries::copy_peer>);
  if constexpr (requires { &Entries::copy_2d; }) set(table.copy_2d, entry<&Entries::copy_2d>);
  if constexpr (requires { &Entries::fill; }) set(table.fill, entry<&Entries::fill>);
  if constexpr (requires { &Entries::fill_2d; }) set(table.fill_2d, entry<&Entries::fill_2d>);
  if constexpr (requires { &Entries::module_load; }) set(table.module_load, entry<&Entries::module_load>);
  if constexpr (requires { &Entries::module_unload; })
    set(table.module_unload, entry<&Entries::module_unload>);
  if constexpr (requires { &Entries::module_kernel; })
    set(table.module_kernel, entry<&Entries::module_kernel>);
  if constexpr (requires { &Entries::module_kernel_name; })
    set(table.module_kernel_name, entry<&Entries::module_kernel_name>);
  if constexpr (requires { &Entries::kernel_attributes; })
    set(table.kernel_attributes, entry<&Entries::kernel_attributes>);
  if constexpr (requires { &Entries::kernel_parameter; })
    set(table.kernel_parameter, entry<&Entries::kernel_parameter>);
  if constexpr (requires { &Entries::kernel_suggest_block; })
    set(table.kernel_suggest_block, entry<&Entries::kernel_suggest_block>);
  if constexpr (requires { &Entries::kernel_occupancy; })
    set(table.kernel_occupancy, entry<&Entries::kernel_occupancy>);
  if constexpr (requires { &Entries::launch; }) set(table.launch, entry<&Entries::launch>);
  if constexpr (requires { &Entries::graph_begin_capture; })
    set(table.graph_begin_capture, entry<&Entries::graph_begin_capture>);
  if constexpr (requires { &Entries::graph_end_capture; })
    set(table.graph_end_capture, entry<&Entries::graph_end_capture>);
  if constexpr (requires { &Entries::graph_destroy; })
    set(table.graph_destroy, entry<&Entries::graph_destroy>);
  if constexpr (requires { &Entries::graph_instantiate; })
    set(table.graph_instantiate, entry<&Entries::graph_instantiate>);
  if constexpr (requires { &Entries::graph_update; }) set(table.graph_update, entry<&Entries::graph_update>);
  if constexpr (requires { &Entries::graph_launch; }) set(table.graph_launch, entry<&Entries::graph_launch>);
  if constexpr (requires { &Entries::graph_executable_destroy; })
    set(table.graph_executable_destroy, entry<&Entries::graph_executable_destroy>);
  if constexpr (requires { &Entries::module_binary; })
    set(table.module_binary, entry<&Entries::module_binary>);
}

}  // namespace detail

// Each group is a type whose static member functions have the names and parameters of the table's entries,
// without the hal_error, as `entry` takes them. What no group has is NULL, which the host answers with
// HAL_STATUS_UNSUPPORTED, or refuses the plugin for where it is required. Does not compile when two groups
// have the same entry; a group that derives from another one replaces entries of it by its own.
//   constexpr hal_device_table my_plugin::device_table = device_table<device_entries, memory_entries>();
template <typename... Groups>
consteval hal_device_table device_table() {
  hal_device_table table{};
  table.struct_size = sizeof table;
  (detail::add_entries<Groups>(table), ...);
  return table;
}

}  // namespace hal::plugin
