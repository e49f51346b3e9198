// memory_import, by a driver that takes descriptors: the stand-in maps what they name.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "hal/abi/plugin.h"

namespace {

using bytes = std::vector<std::uint8_t>;
constexpr std::uint64_t page = 4096;

void ignore(void *, hal_log_level, const char *) {}
constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};

const hal_plugin &plugin() {
  static const hal_plugin &loaded = *[] {
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

// Four pages without a name, of which the caller holds the descriptor.
struct pages {
  pages() : fd(memfd_create("pages", MFD_CLOEXEC)) {
    REQUIRE(fd >= 0);
    REQUIRE(ftruncate(fd, 4 * page) == 0);
  }
  ~pages() { CHECK(close(fd) == 0); }
  pages(const pages &) = delete;
  pages &operator=(const pages &) = delete;

  void write(std::uint64_t at, const bytes &what) const {
    REQUIRE(pwrite(fd, what.data(), what.size(), static_cast<off_t>(at)) ==
            static_cast<ssize_t>(what.size()));
  }
  bytes read(std::uint64_t at, std::size_t count) const {
    bytes what(count);
    REQUIRE(pread(fd, what.data(), count, static_cast<off_t>(at)) == static_cast<ssize_t>(count));
    return what;
  }

  const int fd;
};

struct bench {
  bench() {
    REQUIRE(plugin().open(&host, 0, nullptr, &device, nullptr) == HAL_STATUS_OK);
    REQUIRE(table().stream_create(device, nullptr, &stream, nullptr) == HAL_STATUS_OK);
    error.struct_size = sizeof error;
  }
  ~bench() {
    CHECK(table().stream_destroy(device, stream, nullptr) == HAL_STATUS_OK);
    CHECK(table().device_close(device, nullptr) == HAL_STATUS_OK);
  }
  bench(const bench &) = delete;
  bench &operator=(const bench &) = delete;

  hal_status import(hal_external_kind kind, int fd, std::uint64_t offset, std::uint64_t size,
                    hal_memory **out) {
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    handle.kind = kind;
    handle.fd = fd;
    handle.offset = offset;
    handle.size = size;
    return table().memory_import(device, &handle, out, &error);
  }
  hal_memory *take(const pages &from, std::uint64_t offset, std::uint64_t size) {
    hal_memory *made = nullptr;
    REQUIRE_MESSAGE(import(HAL_EXTERNAL_FD, from.fd, offset, size, &made) == HAL_STATUS_OK, error.message);
    return made;
  }
  hal_memory *allocate(std::uint64_t size) {
    const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, size, 0, 0, 0};
    hal_memory *made = nullptr;
    REQUIRE(table().memory_allocate(device, &options, &made, nullptr) == HAL_STATUS_OK);
    return made;
  }
  void release(hal_memory *given) {
    CHECK(table().memory_free(device, given, nullptr) == HAL_STATUS_OK);
    CHECK(table().memory_free(device, given, nullptr) == HAL_STATUS_INVALID_HANDLE);
  }
  bytes download(hal_memory *from, std::size_t count) {
    bytes what(count);
    CHECK(table().copy_to_host(stream, what.data(), from, 0, count, nullptr) == HAL_STATUS_OK);
    CHECK(table().stream_synchronize(stream, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
    return what;
  }

  hal_device *device = nullptr;
  hal_stream *stream = nullptr;
  hal_error error{};
};

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

}  // namespace

TEST_CASE("import: the device reads and writes the exporter's memory, whose descriptor stays the caller's") {
  bench at;
  const pages exporter;
  exporter.write(page + 3, {1, 2, 3, 4});
  const std::size_t before = open_descriptors();
  hal_memory *memory = at.take(exporter, page, page);
  CHECK(memory->size == page);
  CHECK(memory->kind == HAL_MEMORY_DEVICE);
  CHECK(open_descriptors() == before);
  CHECK(at.download(memory, 8) == bytes{0, 0, 0, 1, 2, 3, 4, 0});
  CHECK(table().fill(at.stream, memory, 100, 3, 7, 1, nullptr) == HAL_STATUS_OK);
  at.release(memory);
  CHECK(exporter.read(page + 99, 5) == bytes{0, 7, 7, 7, 0});
  CHECK(exporter.read(0, 4) == bytes{0, 0, 0, 0});
}

TEST_CASE("import: copies between imported memory and the device's own") {
  bench at;
  const pages exporter;
  exporter.write(0, {5, 6, 7, 8});
  hal_memory *theirs = at.take(exporter, 0, 2 * page);
  hal_memory *own = at.allocate(page);
  CHECK(table().copy(at.stream, own, 10, theirs, 0, 4, nullptr) == HAL_STATUS_OK);
  CHECK(table().copy(at.stream, theirs, page, own, 11, 3, nullptr) == HAL_STATUS_OK);
  at.release(theirs);
  at.release(own);
  CHECK(exporter.read(page, 4) == bytes{6, 7, 8, 0});
}

TEST_CASE("import: a kernel works on it, from an offset on") {
  bench at;
  const pages exporter;
  exporter.write(2 * page, {1, 0, 0, 0, 2, 0, 0, 0});
  const std::string source = "kernel void add(global int *all, int more) { all[get_global_id(0)] += more; }";
  hal_module_source code{};
  code.struct_size = sizeof code;
  code.format = "opencl-c";
  code.bytes = source.data();
  code.size = source.size();
  hal_module *module = nullptr;
  REQUIRE(table().module_load(at.device, &code, &module, &at.error) == HAL_STATUS_OK);
  hal_kernel *kernel = nullptr;
  REQUIRE(table().module_kernel(module, "add", &kernel, nullptr) == HAL_STATUS_OK);
  hal_memory *memory = at.take(exporter, 2 * page, page);
  std::int32_t more = 40;
  void *arguments[] = {memory, &more};
  const hal_argument types[] = {{HAL_ARGUMENT_MEMORY, 8}, {HAL_ARGUMENT_VALUE, 4}};
  hal_launch launch{};
  launch.struct_size = sizeof launch;
  std::fill_n(launch.grid, 3, 1u);
  std::fill_n(launch.block, 3, 1u);
  launch.block[0] = 2;
  launch.arguments = arguments;
  launch.argument_types = types;
  launch.argument_count = 2;
  CHECK_MESSAGE(table().launch(at.stream, kernel, &launch, &at.error) == HAL_STATUS_OK, at.error.message);
  CHECK(table().stream_synchronize(at.stream, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  at.release(memory);
  CHECK(table().module_unload(at.device, module, nullptr) == HAL_STATUS_OK);
  CHECK(exporter.read(2 * page, 8) == bytes{41, 0, 0, 0, 42, 0, 0, 0});
}

TEST_CASE("import: what the driver does not take [negative]") {
  bench at;
  const pages exporter;
  const std::size_t before = open_descriptors();
  hal_memory *none = nullptr;
  CHECK(at.import(HAL_EXTERNAL_FD, exporter.fd, 3 * page, 2 * page, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(std::strstr(at.error.message, "20480 bytes of descriptor") != nullptr);
  CHECK(at.import(HAL_EXTERNAL_FD, 9999, 0, page, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(std::strstr(at.error.message, "9999") != nullptr);
  CHECK(at.import(HAL_EXTERNAL_FD, -1, 0, page, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(at.import(HAL_EXTERNAL_FD, exporter.fd, 0, 0, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(at.import(HAL_EXTERNAL_DMA_BUF, exporter.fd, 0, page, &none) == HAL_STATUS_UNSUPPORTED);
  CHECK(at.import(HAL_EXTERNAL_IPC, exporter.fd, 0, page, &none) == HAL_STATUS_UNSUPPORTED);
  CHECK(at.import(77, exporter.fd, 0, page, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(none == nullptr);
  CHECK(open_descriptors() == before);
}

// With a machine whose driver refuses each of the three calls once.
TEST_CASE("import: what fails on the way is told and leaves nothing [negative]" *
          doctest::test_suite("refusing")) {
  bench at;
  const pages exporter;
  const std::size_t before = open_descriptors();
  hal_memory *none = nullptr;
  CHECK(at.import(HAL_EXTERNAL_FD, exporter.fd, 0, page, &none) == HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(std::strstr(at.error.message, "clCreateBufferWithProperties") != nullptr);
  CHECK(at.import(HAL_EXTERNAL_FD, exporter.fd, 0, page, &none) == HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(std::strstr(at.error.message, "clEnqueueAcquireExternalMemObjectsKHR") != nullptr);
  CHECK(none == nullptr);
  CHECK(open_descriptors() == before);
  hal_memory *memory = at.take(exporter, 0, page);
  CHECK(table().memory_free(at.device, memory, &at.error) == HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(std::strstr(at.error.message, "clEnqueueReleaseExternalMemObjectsKHR") != nullptr);
  CHECK(table().memory_free(at.device, memory, nullptr) == HAL_STATUS_INVALID_HANDLE);
  CHECK(open_descriptors() == before);
}
