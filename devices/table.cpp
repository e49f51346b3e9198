#include "devices/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <tuple>
#include <vector>

#include "hal/detail/device_state.hpp"
#include "hal/error.hpp"
#include "hal/plugin/failure.hpp"

namespace hal {
namespace {

// A string as a template argument, so that each stand-in knows its entry's name.
template <std::size_t Size>
struct entry_name {
  char text[Size];
  constexpr entry_name(const char (&from)[Size]) { std::copy_n(from, Size, text); }
};

hal_status answer(hal_error *error, hal_status status, const char *format, const char *name) noexcept {
  char text[HAL_ERROR_MESSAGE_SIZE];
  const auto end = fmt::format_to_n(text, sizeof text, fmt::runtime(format), name).out;
  return plugin::fill_error(error, status, 0, std::string_view(text, static_cast<std::size_t>(end - text)));
}

template <auto Member, entry_name Name>
struct stand_in;

template <typename Table, typename... Arguments, hal_status (*Table::*Member)(Arguments...), entry_name Name>
struct stand_in<Member, Name> {
  static hal_error *error_of(Arguments... arguments) {
    return std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...));
  }
  static hal_status unsupported(Arguments... arguments) {
    return answer(error_of(arguments...), HAL_STATUS_UNSUPPORTED, "The plugin has no {}.", Name.text);
  }
  static hal_status empty(Arguments... arguments) {
    return answer(error_of(arguments...), HAL_STATUS_INVALID_HANDLE,
                  "The object of this call ({}) is empty: it was moved from or never filled.", Name.text);
  }
};

using any_function = void (*)();

struct entry_facts {
  std::string_view name;
  std::size_t offset;
  bool required;
  any_function unsupported;
  any_function empty;
};

#define HAL_ENTRY(table, member, required)                                                              \
  entry_facts {                                                                                         \
#member, offsetof(table, member), required,                                                         \
        reinterpret_cast < any_function>(&stand_in <&table::member, entry_name(#member)>::unsupported), \
        reinterpret_cast < any_function>(&stand_in <&table::member, entry_name(#member)>::empty)        \
  }
#define HAL_REQUIRED(member) HAL_ENTRY(hal_device_table, member, true)
#define HAL_OPTIONAL(member) HAL_ENTRY(hal_device_table, member, false)

// In the order of hal/abi/device.h.
const entry_facts device_entries[] = {
    HAL_REQUIRED(device_close),
    HAL_REQUIRED(device_synchronize),
    HAL_OPTIONAL(native_handle),
    HAL_REQUIRED(memory_allocate),
    HAL_REQUIRED(memory_free),
    HAL_REQUIRED(memory_info),
    HAL_OPTIONAL(memory_slice),
    HAL_OPTIONAL(memory_map),
    HAL_OPTIONAL(memory_unmap),
    HAL_OPTIONAL(memory_allocate_async),
    HAL_OPTIONAL(memory_free_async),
    HAL_OPTIONAL(memory_export),
    HAL_OPTIONAL(memory_import),
    HAL_OPTIONAL(memory_adopt),
    HAL_OPTIONAL(pointer_info),
    HAL_OPTIONAL(peer_info),
    HAL_OPTIONAL(peer_enable),
    HAL_OPTIONAL(peer_disable),
    HAL_REQUIRED(stream_create),
    HAL_OPTIONAL(stream_adopt),
    HAL_REQUIRED(stream_destroy),
    HAL_REQUIRED(stream_synchronize),
    HAL_REQUIRED(stream_query),
    HAL_REQUIRED(stream_wait_event),
    HAL_OPTIONAL(stream_host_function),
    HAL_REQUIRED(event_create),
    HAL_REQUIRED(event_destroy),
    HAL_REQUIRED(event_record),
    HAL_REQUIRED(event_query),
    HAL_REQUIRED(event_synchronize),
    HAL_OPTIONAL(event_elapsed),
    HAL_REQUIRED(copy_to_device),
    HAL_REQUIRED(copy_to_host),
    HAL_REQUIRED(copy),
    HAL_OPTIONAL(copy_peer),
    HAL_OPTIONAL(copy_2d),
    HAL_REQUIRED(fill),
    HAL_OPTIONAL(fill_2d),
    HAL_OPTIONAL(module_load),
    HAL_OPTIONAL(module_unload),
    HAL_OPTIONAL(module_kernel),
    HAL_OPTIONAL(module_kernel_name),
    HAL_OPTIONAL(kernel_attributes),
    HAL_OPTIONAL(kernel_parameter),
    HAL_OPTIONAL(kernel_suggest_block),
    HAL_OPTIONAL(kernel_occupancy),
    HAL_OPTIONAL(launch),
    HAL_OPTIONAL(graph_begin_capture),
    HAL_OPTIONAL(graph_end_capture),
    HAL_OPTIONAL(graph_destroy),
    HAL_OPTIONAL(graph_instantiate),
    HAL_OPTIONAL(graph_update),
    HAL_OPTIONAL(graph_launch),
    HAL_OPTIONAL(graph_executable_destroy),
    HAL_OPTIONAL(module_binary),
};

const entry_facts plugin_entries[] = {
    HAL_ENTRY(hal_plugin, probe, true),       HAL_ENTRY(hal_plugin, describe, true),
    HAL_ENTRY(hal_plugin, properties, false), HAL_ENTRY(hal_plugin, metrics, false),
    HAL_ENTRY(hal_plugin, open, true),
};

#undef HAL_OPTIONAL
#undef HAL_REQUIRED
#undef HAL_ENTRY

static_assert(std::size(device_entries) ==
                  (sizeof(hal_device_table) - offsetof(hal_device_table, device_close)) /
                      sizeof(any_function),
              "every entry of the device table is listed once");

any_function &slot(void *table, const entry_facts &entry) noexcept {
  return *reinterpret_cast<any_function *>(static_cast<char *>(table) + entry.offset);
}

// The smaller of both sizes, the rest 0. A member that the size cuts in half is not there.
template <typename Table>
Table trimmed(const Table &given) {
  Table table{};
  static_assert(sizeof(Table) % sizeof(any_function) == 0);
  const std::size_t size = std::min<std::size_t>(given.struct_size, sizeof table);
  std::memcpy(&table, &given, size - size % sizeof(any_function));
  table.struct_size = sizeof table;
  return table;
}

template <typename Table, std::size_t Count>
void fill_gaps(Table &table, const entry_facts (&entries)[Count], std::string_view what) {
  std::vector<std::string_view> missing;
  for (const entry_facts &entry : entries) {
    any_function &function = slot(&table, entry);
    if (function != nullptr) continue;
    if (entry.required) {
      missing.push_back(entry.name);
    } else {
      function = entry.unsupported;
    }
  }
  if (!missing.empty()) {
    throw error(status::incompatible_version,
                fmt::format("The {} lacks required entries: {}.", what, fmt::join(missing, ", ")));
  }
}

hal_device_table make_empty_table() {
  hal_device_table table{};
  table.struct_size = sizeof table;
  for (const entry_facts &entry : device_entries) slot(&table, entry) = entry.empty;
  return table;
}

}  // namespace

hal_device_table devices::complete_device_table(const hal_device_table &given) {
  hal_device_table table = trimmed(given);
  fill_gaps(table, device_entries, "device table");
  return table;
}

hal_plugin devices::complete_plugin(const hal_plugin &given) {
  hal_plugin table = trimmed(given);
  fill_gaps(table, plugin_entries, "plugin table");
  if (table.device == nullptr)
    throw error(status::incompatible_version, "The plugin table has no device table.");
  if (table.name == nullptr) throw error(status::incompatible_version, "The plugin table has no name.");
  return table;
}

const hal_device_table detail::empty_table = make_empty_table();

}  // namespace hal
