// The other process of interop_test.cpp: opens exported memory and fills it.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "hal/abi/plugin.h"

namespace {

void ignore(void *, hal_log_level, const char *) {}

}  // namespace

// ipc-child PLUGIN FILE-WITH-HANDLE
int main(int argc, char **argv) {
  if (argc != 3) return 2;
  void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  const auto query =
      object == nullptr ? nullptr
                        : reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  if (query == nullptr) return 2;
  const hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};
  const hal_plugin *plugin = query(&host);
  const hal_device_table &table = *plugin->device;
  hal_external_handle handle{};
  std::ifstream(argv[2], std::ios::binary).read(reinterpret_cast<char *>(&handle), sizeof handle);
  std::uint32_t count = 0;
  hal_device *device = nullptr;
  hal_stream *stream = nullptr;
  hal_memory *memory = nullptr;
  hal_error error{};
  error.struct_size = sizeof error;
  const bool done = plugin->probe(&host, &count, &error) == HAL_STATUS_OK &&
                    plugin->open(&host, count - 1, nullptr, &device, &error) == HAL_STATUS_OK &&
                    table.stream_create(device, nullptr, &stream, &error) == HAL_STATUS_OK &&
                    table.memory_import(device, &handle, &memory, &error) == HAL_STATUS_OK &&
                    table.fill(stream, memory, 0, 4096, 0x77, 1, &error) == HAL_STATUS_OK &&
                    table.stream_synchronize(stream, HAL_NO_TIMEOUT, &error) == HAL_STATUS_OK;
  if (!done) std::printf("%s\n", error.message);
  if (memory != nullptr) table.memory_free(device, memory, nullptr);
  if (stream != nullptr) table.stream_destroy(device, stream, nullptr);
  if (device != nullptr) table.device_close(device, nullptr);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
