// What the driver says while something is freed or destroyed.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "hal/abi/plugin.h"
#include "tests/sim/common/ending_subject.hpp"

namespace {

void ignore(void *, hal_log_level, const char *) {}
constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};

const sim::ending_subject &subject = sim::the_ending_subject();

const hal_plugin &plugin() {
  static const hal_plugin &loaded = *[] {
    setenv(subject.variable, subject.machine, 1);
    void *object = dlopen(HAL_SIM_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    REQUIRE_MESSAGE(object != nullptr, dlerror());
    const auto query = reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
    const hal_plugin *table = query(&host);
    std::uint32_t count = 0;
    REQUIRE(table->probe(&host, &count, nullptr) == HAL_STATUS_OK);
    return table;
  }();
  return loaded;
}

const hal_device_table &table() {
  return *plugin().device;
}

hal_error fresh() {
  hal_error error{};
  error.struct_size = sizeof error;
  return error;
}

hal_device *open(std::uint32_t index) {
  hal_device *device = nullptr;
  REQUIRE(plugin().open(&host, index, nullptr, &device, nullptr) == HAL_STATUS_OK);
  return device;
}

bool holds(const hal_error &error, const char *text) {
  return std::string(error.message).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("ending: what the driver refuses is told, and the handle is gone [negative]") {
  hal_device *device = open(0);
  hal_stream *stream = nullptr;
  hal_stream *other = nullptr;
  REQUIRE(table().stream_create(device, nullptr, &stream, nullptr) == HAL_STATUS_OK);
  REQUIRE(table().stream_create(device, nullptr, &other, nullptr) == HAL_STATUS_OK);
  hal_error error = fresh();
  CHECK(table().stream_destroy(device, stream, &error) == HAL_STATUS_INTERNAL);
  CHECK(error.native_code == subject.refusal);
  CHECK(holds(error, subject.stream_call));
  CHECK(table().stream_destroy(device, stream, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(table().stream_synchronize(other, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  CHECK(table().stream_destroy(device, other, nullptr) == HAL_STATUS_OK);
  CHECK(table().device_close(device, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("ending: a device lost inside a free is lost from then on, and the free is done [negative]") {
  hal_device *device = open(1);
  hal_stream *stream = nullptr;
  hal_memory *memory = nullptr;
  hal_memory *other = nullptr;
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 4096, 0, 0, 0};
  REQUIRE(table().stream_create(device, nullptr, &stream, nullptr) == HAL_STATUS_OK);
  REQUIRE(table().memory_allocate(device, &options, &memory, nullptr) == HAL_STATUS_OK);
  REQUIRE(table().memory_allocate(device, &options, &other, nullptr) == HAL_STATUS_OK);
  CHECK(table().memory_free(device, memory, nullptr) == HAL_STATUS_OK);
  CHECK(table().memory_free(device, memory, nullptr) == HAL_STATUS_INVALID_HANDLE);
  hal_error error = fresh();
  CHECK(table().fill(stream, other, 0, 64, 1, 1, &error) == HAL_STATUS_DEVICE_LOST);
  CHECK(holds(error, subject.free_call));
  CHECK(holds(error, subject.lost_text));
  CHECK(table().memory_free(device, other, nullptr) == HAL_STATUS_OK);
  CHECK(table().stream_destroy(device, stream, nullptr) == HAL_STATUS_OK);
  error = fresh();
  CHECK(table().device_close(device, &error) == HAL_STATUS_INTERNAL);
  CHECK(holds(error, subject.close_call));
  CHECK(table().device_close(device, nullptr) == HAL_STATUS_INVALID_HANDLE);
}
