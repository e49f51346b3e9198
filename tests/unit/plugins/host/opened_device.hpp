// A host device for tests, through the same table that a program gets.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "hal/plugin/entry.hpp"
#include "plugins/host/plugin.hpp"

namespace hal::plugins::host {

inline void ignore_log(void *, hal_log_level, const char *) {}

class opened_device {
 public:
  opened_device() {
    static constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore_log};
    std::uint32_t count = 0;
    REQUIRE(plugin.probe(&host, &count, &error) == HAL_STATUS_OK);
    REQUIRE(count == 1);
    REQUIRE(plugin.open(&host, 0, nullptr, &device, &error) == HAL_STATUS_OK);
  }
  ~opened_device() {
    if (device == nullptr) return;
    const hal_status closed = table.device_close(device, &error);
    CHECK_MESSAGE(closed == HAL_STATUS_OK, error.message);
  }
  opened_device(const opened_device &) = delete;
  opened_device &operator=(const opened_device &) = delete;

  hal_stream *stream() {
    hal_stream *made = nullptr;
    REQUIRE(table.stream_create(device, nullptr, &made, &error) == HAL_STATUS_OK);
    return made;
  }
  hal_event *event(std::uint32_t flags = 0) {
    const hal_event_options options{sizeof options, flags};
    hal_event *made = nullptr;
    REQUIRE(table.event_create(device, &options, &made, &error) == HAL_STATUS_OK);
    return made;
  }
  hal_memory *memory(std::uint64_t size, hal_memory_kind kind = HAL_MEMORY_SHARED, std::uint32_t flags = 0) {
    const hal_memory_options options{sizeof options, kind, size, 0, flags, 0};
    hal_memory *made = nullptr;
    const hal_status status = table.memory_allocate(device, &options, &made, &error);
    REQUIRE_MESSAGE(status == HAL_STATUS_OK, error.message);
    return made;
  }
  hal_module *module(const hal_native_module &code) {
    hal_module_source source{};
    source.struct_size = sizeof source;
    source.format = "native";
    source.bytes = &code;
    source.size = code.struct_size;
    hal_module *made = nullptr;
    const hal_status status = table.module_load(device, &source, &made, &error);
    REQUIRE_MESSAGE(status == HAL_STATUS_OK, error.message);
    return made;
  }
  hal_kernel *kernel(hal_module *module, const char *name) {
    hal_kernel *found = nullptr;
    REQUIRE(table.module_kernel(module, name, &found, &error) == HAL_STATUS_OK);
    return found;
  }
  hal_status launch(hal_stream *stream, hal_kernel *kernel, std::uint32_t grid, std::uint32_t block,
                    std::vector<void *> arguments = {}, const hal_argument *types = nullptr,
                    std::uint64_t shared = 0) {
    hal_launch request{};
    request.struct_size = sizeof request;
    request.grid[0] = grid;
    request.block[0] = block;
    for (int axis = 1; axis < 3; ++axis) request.grid[axis] = request.block[axis] = 1;
    request.dynamic_shared_memory = shared;
    request.argument_count = static_cast<std::uint32_t>(arguments.size());
    request.arguments = arguments.data();
    request.argument_types = types;
    return table.launch(stream, kernel, &request, &error);
  }
  hal_status wait(hal_stream *stream, std::uint64_t timeout = HAL_NO_TIMEOUT) {
    return table.stream_synchronize(stream, timeout, &error);
  }
  void end(hal_stream *stream) { CHECK(table.stream_destroy(device, stream, &error) == HAL_STATUS_OK); }
  void end(hal_event *event) { CHECK(table.event_destroy(device, event, &error) == HAL_STATUS_OK); }
  void end(hal_memory *memory) {
    const hal_status freed = table.memory_free(device, memory, &error);
    CHECK_MESSAGE(freed == HAL_STATUS_OK, error.message);
  }
  void end(hal_module *module) { CHECK(table.module_unload(device, module, &error) == HAL_STATUS_OK); }

  const hal_plugin &plugin = plugin::detail::plugin_table<host_plugin>;
  const hal_device_table &table = host_plugin::device_table;
  hal_device *device = nullptr;
  hal_error error{sizeof(hal_error), 0, 0, {}};
};

// Holds a stream until it is opened.
class gate {
 public:
  ~gate() { open(); }

  void close_on(opened_device &on, hal_stream *stream) {
    REQUIRE(on.table.stream_host_function(stream, &stand, this, &on.error) == HAL_STATUS_OK);
  }
  void open() { open_.store(true); }

 private:
  static void stand(void *self) {
    while (!static_cast<gate *>(self)->open_.load()) std::this_thread::yield();
  }

  std::atomic<bool> open_ = false;
};

}  // namespace hal::plugins::host
