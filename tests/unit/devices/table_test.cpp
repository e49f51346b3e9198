#include "devices/table.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "hal/detail/device_state.hpp"
#include "tests/abi/layout.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::devices::complete_device_table;
using hal::devices::complete_plugin;
using hal::test::thrown;

// A pointer to call nothing with: what matters is whether it is kept.
void *const mark = reinterpret_cast<void *>(0x1000);

struct table_slot {
  std::string name;
  std::size_t offset;
};

// "field hal_device_table.launch offset 376 size 8 slot 46"
std::vector<table_slot> slots() {
  const std::string prefix = "field hal_device_table.";
  std::vector<table_slot> all;
  for (const std::string &line : hal::test::abi_layout()) {
    if (line.compare(0, prefix.size(), prefix) != 0 || line.find(" slot ") == std::string::npos) continue;
    const std::size_t end = line.find(' ', prefix.size());
    all.push_back(
        {line.substr(prefix.size(), end - prefix.size()), std::stoul(line.substr(line.find("offset ") + 7))});
  }
  return all;
}

void *&entry_of(hal_device_table &table, const table_slot &slot) {
  return *reinterpret_cast<void **>(reinterpret_cast<char *>(&table) + slot.offset);
}

hal_device_table full_table() {
  hal_device_table table{};
  table.struct_size = sizeof table;
  for (const table_slot &slot : slots()) entry_of(table, slot) = mark;
  return table;
}

hal_plugin full_plugin() {
  static const hal_device_table device = full_table();
  hal_plugin plugin{};
  plugin.struct_size = sizeof plugin;
  plugin.abi_major = HAL_ABI_MAJOR;
  plugin.name = "test";
  plugin.probe = [](const hal_host *, std::uint32_t *, hal_error *) { return hal_status{HAL_STATUS_OK}; };
  plugin.describe = [](std::uint32_t, hal_device_description *, hal_error *) {
    return hal_status{HAL_STATUS_OK};
  };
  plugin.open = [](const hal_host *, std::uint32_t, const hal_open_options *, hal_device **, hal_error *) {
    return hal_status{HAL_STATUS_OK};
  };
  plugin.device = &device;
  return plugin;
}

// Whether hal/abi/device.h calls it required: told by leaving it out.
bool is_required(const table_slot &slot) {
  hal_device_table table = full_table();
  entry_of(table, slot) = nullptr;
  try {
    complete_device_table(table);
    return false;
  } catch (const hal::error &refused) {
    CHECK(refused.status() == hal::status::incompatible_version);
    CHECK_NAMES(refused.what(), "required");
    CHECK_NAMES(refused.what(), slot.name);
    return true;
  }
}

TEST_CASE("table: what is there is kept") {
  hal_device_table table = complete_device_table(full_table());
  CHECK(table.struct_size == sizeof table);
  for (const table_slot &slot : slots()) CHECK(entry_of(table, slot) == mark);
}

TEST_CASE("table: required entries are those that the header calls so") {
  std::string required;
  for (const table_slot &slot : slots()) {
    if (is_required(slot)) required += slot.name + " ";
  }
  CHECK(
      required ==
      "device_close device_synchronize memory_allocate memory_free memory_info stream_create stream_destroy "
      "stream_synchronize stream_query stream_wait_event event_create event_destroy event_record event_query "
      "event_synchronize copy_to_device copy_to_host copy fill ");
}

TEST_CASE("table: everything that is missing is named at once") {
  hal_device_table table = full_table();
  table.copy = nullptr;
  table.fill = nullptr;
  table.launch = nullptr;
  const hal::error refused = thrown([&] { complete_device_table(table); });
  CHECK_NAMES(refused.what(), "copy, fill.");
}

// Calls an entry through its own type, with nothing but the error record.
template <typename... Arguments>
void check_answer(hal_status (*entry)(Arguments...), hal_status expected, const std::string &name) {
  hal_error error;
  std::memset(&error, 'e', sizeof error);
  error.struct_size = sizeof error;
  const auto call = [entry](hal_error *into) {
    const auto argument = [into](auto *type) {
      using wanted = std::remove_pointer_t<decltype(type)>;
      if constexpr (std::is_same_v<wanted, hal_error *>) {
        return into;
      } else {
        return wanted{};
      }
    };
    return entry(argument(static_cast<Arguments *>(nullptr))...);
  };
  CHECK(call(&error) == expected);
  CHECK(error.status == expected);
  CHECK(error.native_code == 0);
  CHECK(std::memchr(error.message, '\0', sizeof error.message) != nullptr);
  CHECK_NAMES(std::string(error.message), name);
  CHECK(call(nullptr) == expected);

  // A record of another time, shorter than ours: nothing is written beyond it.
  std::memset(&error, 'e', sizeof error);
  error.struct_size = 8;
  CHECK(call(&error) == expected);
  CHECK(error.status == expected);
  CHECK(error.message[0] == 'e');
  CHECK(error.native_code == 0x6565656565656565);
}

void check_all(const hal_device_table &table, hal_status expected, bool optional_only) {
  int checked = 0;
  const auto check = [&](auto entry, const char *name, bool optional) {
    if (optional_only && !optional) return;
    CAPTURE(name);
    check_answer(entry, expected, name);
    ++checked;
  };
  check(table.device_close, "device_close", false);
  check(table.device_synchronize, "device_synchronize", false);
  check(table.native_handle, "native_handle", true);
  check(table.memory_allocate, "memory_allocate", false);
  check(table.memory_free, "memory_free", false);
  check(table.memory_info, "memory_info", false);
  check(table.memory_slice, "memory_slice", true);
  check(table.memory_map, "memory_map", true);
  check(table.memory_unmap, "memory_unmap", true);
  check(table.memory_allocate_async, "memory_allocate_async", true);
  check(table.memory_free_async, "memory_free_async", true);
  check(table.memory_export, "memory_export", true);
  check(table.memory_import, "memory_import", true);
  check(table.memory_adopt, "memory_adopt", true);
  check(table.pointer_info, "pointer_info", true);
  check(table.peer_info, "peer_info", true);
  check(table.peer_enable, "peer_enable", true);
  check(table.peer_disable, "peer_disable", true);
  check(table.stream_create, "stream_create", false);
  check(table.stream_adopt, "stream_adopt", true);
  check(table.stream_destroy, "stream_destroy", false);
  check(table.stream_synchronize, "stream_synchronize", false);
  check(table.stream_query, "stream_query", false);
  check(table.stream_wait_event, "stream_wait_event", false);
  check(table.stream_host_function, "stream_host_function", true);
  check(table.event_create, "event_create", false);
  check(table.event_destroy, "event_destroy", false);
  check(table.event_record, "event_record", false);
  check(table.event_query, "event_query", false);
  check(table.event_synchronize, "event_synchronize", false);
  check(table.event_elapsed, "event_elapsed", true);
  check(table.copy_to_device, "copy_to_device", false);
  check(table.copy_to_host, "copy_to_host", false);
  check(table.copy, "copy", false);
  check(table.copy_peer, "copy_peer", true);
  check(table.copy_2d, "copy_2d", true);
  check(table.fill, "fill", false);
  check(table.fill_2d, "fill_2d", true);
  check(table.module_load, "module_load", true);
  check(table.module_unload, "module_unload", true);
  check(table.module_kernel, "module_kernel", true);
  check(table.module_kernel_name, "module_kernel_name", true);
  check(table.kernel_attributes, "kernel_attributes", true);
  check(table.kernel_parameter, "kernel_parameter", true);
  check(table.kernel_suggest_block, "kernel_suggest_block", true);
  check(table.kernel_occupancy, "kernel_occupancy", true);
  check(table.launch, "launch", true);
  check(table.graph_begin_capture, "graph_begin_capture", true);
  check(table.graph_end_capture, "graph_end_capture", true);
  check(table.graph_destroy, "graph_destroy", true);
  check(table.graph_instantiate, "graph_instantiate", true);
  check(table.graph_update, "graph_update", true);
  check(table.graph_launch, "graph_launch", true);
  check(table.graph_executable_destroy, "graph_executable_destroy", true);
  check(table.module_binary, "module_binary", true);
  CHECK(checked == static_cast<int>(optional_only ? slots().size() - 19 : slots().size()));
}

TEST_CASE("table: every optional entry that is NULL answers unsupported and says its name") {
  hal_device_table table = full_table();
  for (const table_slot &slot : slots()) {
    if (!is_required(slot)) entry_of(table, slot) = nullptr;
  }
  check_all(complete_device_table(table), HAL_STATUS_UNSUPPORTED, true);
}

TEST_CASE("table: every entry of the empty table answers invalid_handle and says its name") {
  check_all(hal::detail::empty_table, HAL_STATUS_INVALID_HANDLE, false);
}

TEST_CASE("table: what is beyond a shorter table's end is not read") {
  hal_device_table table = full_table();
  table.struct_size = offsetof(hal_device_table, fill_2d);
  const hal_device_table complete = complete_device_table(table);
  CHECK(reinterpret_cast<void *>(complete.fill) == mark);
  check_answer(complete.fill_2d, HAL_STATUS_UNSUPPORTED, "fill_2d");
  check_answer(complete.launch, HAL_STATUS_UNSUPPORTED, "launch");
}

TEST_CASE("table: an entry that the table's size cuts in half is beyond its end") {
  for (std::size_t cut = 1; cut < sizeof(void *); ++cut) {
    hal_device_table table = full_table();
    table.struct_size = static_cast<std::uint32_t>(offsetof(hal_device_table, launch) + cut);
    const hal_device_table complete = complete_device_table(table);
    check_answer(complete.launch, HAL_STATUS_UNSUPPORTED, "launch");
  }
}

TEST_CASE("table: a longer table is read as far as it is known") {
  hal_device_table table = full_table();
  table.struct_size = sizeof table + 800;
  CHECK(complete_device_table(table).struct_size == sizeof table);
}

TEST_CASE("table: a table of no size lacks everything") {
  hal_device_table table = full_table();
  table.struct_size = 0;
  CHECK_NAMES(std::string(thrown([&] { complete_device_table(table); }).what()),
              "device_close, device_synchronize");
}

TEST_CASE("table: the plugin's own table") {
  const hal_plugin complete = complete_plugin(full_plugin());
  check_answer(complete.properties, HAL_STATUS_UNSUPPORTED, "properties");
  check_answer(complete.metrics, HAL_STATUS_UNSUPPORTED, "metrics");
  hal_plugin gaps = full_plugin();
  gaps.probe = nullptr;
  gaps.open = nullptr;
  CHECK_NAMES(std::string(thrown([&] { complete_plugin(gaps); }).what()), "probe, open.");
  gaps = full_plugin();
  gaps.device = nullptr;
  CHECK_NAMES(std::string(thrown([&] { complete_plugin(gaps); }).what()), "no device table");
  gaps = full_plugin();
  gaps.name = nullptr;
  CHECK_NAMES(std::string(thrown([&] { complete_plugin(gaps); }).what()), "no name");
}

}  // namespace
