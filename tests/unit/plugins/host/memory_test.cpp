#include "plugins/host/memory.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "fixture_tree.hpp"
#include "opened_device.hpp"
#include "plugins/host/limits.hpp"

namespace hal::plugins::host {
namespace {

void use_address(const hal_native_block *block) {
  auto *flag = *static_cast<std::atomic<int> **>(block->arguments[0]);
  while (flag[0].load() == 0) std::this_thread::yield();
  flag[1].store(7);
}

constexpr hal_native_parameter value_only[] = {{HAL_ARGUMENT_VALUE, 8, 8, 0, "address"}};
constexpr hal_native_kernel kernel_code = {
    sizeof(hal_native_kernel), 0, "use_address", &use_address, nullptr, value_only, 1, {0, 0, 0}, 0};
constexpr const hal_native_kernel *kernel_list[] = {&kernel_code};
constexpr hal_native_module module_code = {sizeof(hal_native_module), 1, kernel_list};

hal_status allocate(opened_device &on, std::uint64_t size, std::uint64_t alignment, hal_memory_kind kind,
                    hal_memory **out) {
  const hal_memory_options options{sizeof options, kind, size, alignment, 0, 0};
  return on.table.memory_allocate(on.device, &options, out, &on.error);
}

// Bytes of a range that are locked, by the kernel's own account.
std::uint64_t locked_bytes() {
  const auto status = file_tree().text("/proc/self/status");
  const auto line = value_of(*status, "VmLck");
  return parse_number(line->substr(0, line->find(' '))).value() * 1024;
}

}  // namespace

TEST_SUITE("host/memory") {
  TEST_CASE("kinds, sizes and alignments") {
    opened_device on;
    for (const hal_memory_kind kind : {HAL_MEMORY_DEVICE, HAL_MEMORY_HOST, HAL_MEMORY_SHARED}) {
      for (const std::uint64_t size : {1ull, 255ull, 4096ull, 200000ull, 5000000ull}) {
        for (const std::uint64_t alignment : {0ull, 1ull, 512ull, 65536ull, 4194304ull}) {
          if (kind == HAL_MEMORY_HOST && size > 200000) continue;
          hal_memory *made = nullptr;
          const hal_status status = allocate(on, size, alignment, kind, &made);
          REQUIRE_MESSAGE(status == HAL_STATUS_OK, on.error.message);
          CHECK(made->size == size);
          CHECK(made->kind == kind);
          CHECK(made->address % std::max<std::uint64_t>(alignment, allocation_alignment) == 0);
          CHECK((made->host == nullptr) == (kind == HAL_MEMORY_DEVICE));
          std::memset(reinterpret_cast<void *>(made->address), 0x5a, size);
          on.end(made);
        }
      }
    }
  }

  TEST_CASE("allocations that cannot succeed are answered") {
    opened_device on;
    hal_memory *made = nullptr;
    for (const std::uint64_t size :
         {std::uint64_t{1} << 46, std::uint64_t{1} << 62, UINT64_MAX, UINT64_MAX - 4095}) {
      CHECK(allocate(on, size, 0, HAL_MEMORY_DEVICE, &made) == HAL_STATUS_OUT_OF_DEVICE_MEMORY);
      CHECK(std::string(on.error.message).find(std::to_string(size)) != std::string::npos);
      CHECK(made == nullptr);
    }
    CHECK(allocate(on, 16, std::uint64_t{1} << 62, HAL_MEMORY_DEVICE, &made) ==
          HAL_STATUS_OUT_OF_DEVICE_MEMORY);
    CHECK(allocate(on, 16, 3, HAL_MEMORY_DEVICE, &made) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(allocate(on, 0, 0, HAL_MEMORY_DEVICE, &made) == HAL_STATUS_INVALID_ARGUMENT);
  }

  TEST_CASE("memory that was promised and not touched counts as taken") {
    fixture_tree tree;
    tree.write("/proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 2048 kB\n");
    const file_tree files = tree.files();
    opened_device on;
    memory_pool pool(files);
    pool.check_available(1 << 20);
    hal_memory *first = pool.insert(std::make_unique<memory>(
        *on.device, pages::map(1 << 20, 256), memory::origin::allocated, 1u << 20, HAL_MEMORY_DEVICE, 0u));
    std::uint64_t free = 0, total = 0;
    pool.figures(free, total);
    CHECK(free == 1u << 20);
    CHECK(total == 4u << 20);
    CHECK_THROWS_AS(pool.check_available((1 << 20) + 4096), plugin::failure);
    // Once touched it is missing from MemAvailable instead, which this file does not know.
    std::memset(reinterpret_cast<void *>(first->address), 1, first->size);
    CHECK_NOTHROW(pool.check_available((1 << 20) + 4096));
    pool.figures(free, total);
    CHECK(free == 2u << 20);
    pool.take(first);
  }

  TEST_CASE("pinned memory is locked, and unlocked when it ends") {
    opened_device on;
    const std::uint64_t before = locked_bytes();
    hal_memory *pinned = on.memory(100000, HAL_MEMORY_HOST);
    CHECK(locked_bytes() >= before + 100000);
    on.end(pinned);
    CHECK(locked_bytes() == before);
  }

  TEST_CASE("the limit on locked memory is named") {
    // In a child: a lowered limit cannot be raised again. Privileged users have none until they give it up.
    const pid_t child = fork();
    if (child == 0) {
      const rlimit none{4096, 4096};
      bool good = setrlimit(RLIMIT_MEMLOCK, &none) == 0 && (geteuid() != 0 || setuid(65534) == 0);
      const hal_host host{sizeof(hal_host), 1, 0, nullptr, &ignore_log};
      hal_error error{sizeof(hal_error), 0, 0, {}};
      const hal_plugin &plugin = plugin::detail::plugin_table<host_plugin>;
      std::uint32_t count = 0;
      hal_device *device = nullptr;
      good = good && plugin.probe(&host, &count, &error) == HAL_STATUS_OK &&
             plugin.open(&host, 0, nullptr, &device, &error) == HAL_STATUS_OK;
      const hal_memory_options options{sizeof options, HAL_MEMORY_HOST, 1 << 20, 0, 0, 0};
      hal_memory *made = nullptr;
      const hal_status status =
          good ? plugin.device->memory_allocate(device, &options, &made, &error) : HAL_STATUS_OK;
      const std::string text = error.message;
      good = good && status == HAL_STATUS_RESOURCE_EXHAUSTED && made == nullptr &&
             text.find("RLIMIT_MEMLOCK") != std::string::npos && text.find("4096") != std::string::npos;
      _exit(good ? 0 : 1);
    }
    int ended = -1;
    REQUIRE(waitpid(child, &ended, 0) == child);
    CHECK(ended == 0);
  }

  TEST_CASE("adopted ranges that overlap keep each other's pages locked") {
    opened_device on, other;
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    void *owned = mmap(nullptr, page * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(owned != MAP_FAILED);
    const auto start = reinterpret_cast<std::uint64_t>(owned);
    const std::uint64_t before = locked_bytes();
    hal_memory *low = nullptr, *high = nullptr, *inner = nullptr;
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_HOST, start, page * 5, &low, &on.error) ==
          HAL_STATUS_OK);
    CHECK(other.table.memory_adopt(other.device, HAL_MEMORY_HOST, start + page * 4, page * 4, &high,
                                   &on.error) == HAL_STATUS_OK);
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_HOST, start + page + 100, 50, &inner, &on.error) ==
          HAL_STATUS_OK);
    CHECK(locked_bytes() == before + page * 8);
    on.end(low);
    CHECK(locked_bytes() == before + page * 5);
    other.end(high);
    CHECK(locked_bytes() == before + page);
    on.end(inner);
    CHECK(locked_bytes() == before);
    munmap(owned, page * 8);
  }

  TEST_CASE("what cannot be adopted") {
    opened_device on;
    hal_memory *made = nullptr;
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_HOST, 0, 16, &made, &on.error) ==
          HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_HOST, 4096, 0, &made, &on.error) ==
          HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_DEVICE, 4096, 64, &made, &on.error) ==
          HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_adopt(on.device, HAL_MEMORY_DEVICE, UINT64_MAX - 3, 64, &made, &on.error) ==
          HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_adopt(on.device, 9, 4096, 64, &made, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
  }

  TEST_CASE("slices: part of the parent, freed before it") {
    opened_device on;
    hal_memory *whole = on.memory(1000), *slice = nullptr, *inner = nullptr, *none = nullptr;
    REQUIRE(on.table.memory_slice(on.device, whole, 100, 900, &slice, &on.error) == HAL_STATUS_OK);
    REQUIRE(on.table.memory_slice(on.device, slice, 10, 20, &inner, &on.error) == HAL_STATUS_OK);
    CHECK(inner->address == whole->address + 110);
    CHECK(inner->host == static_cast<char *>(whole->host) + 110);
    CHECK(on.table.memory_slice(on.device, slice, 1, 900, &none, &on.error) == HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.table.memory_slice(on.device, slice, UINT64_MAX, 2, &none, &on.error) ==
          HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.table.memory_slice(on.device, slice, 0, 0, &none, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_free(on.device, whole, &on.error) == HAL_STATUS_BUSY);
    CHECK(on.table.memory_free(on.device, slice, &on.error) == HAL_STATUS_BUSY);
    hal_pointer_info info{};
    info.struct_size = sizeof info;
    CHECK(on.table.pointer_info(on.device, inner->address, &info, &on.error) == HAL_STATUS_OK);
    CHECK(info.memory == whole);
    on.end(inner);
    on.end(slice);
    on.end(whole);
    CHECK(on.table.memory_free(on.device, whole, &on.error) == HAL_STATUS_INVALID_HANDLE);
  }

  TEST_CASE("a slice freed in stream order keeps its parent until then") {
    opened_device on;
    gate held;
    hal_stream *stream = on.stream();
    hal_memory *whole = on.memory(4096), *slice = nullptr;
    REQUIRE(on.table.memory_slice(on.device, whole, 0, 64, &slice, &on.error) == HAL_STATUS_OK);
    held.close_on(on, stream);
    CHECK(on.table.fill(stream, slice, 0, 64, 1, 1, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.memory_free_async(stream, slice, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.memory_free_async(stream, slice, &on.error) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.table.memory_free_async(stream, whole, &on.error) == HAL_STATUS_OK);
    held.open();
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    on.end(stream);
  }

  TEST_CASE("freeing waits for work that uses the memory, and for no other") {
    opened_device on;
    gate held;
    hal_stream *stream = on.stream();
    hal_memory *used = on.memory(64), *unused = on.memory(64);
    held.close_on(on, stream);
    CHECK(on.table.fill(stream, used, 0, 64, 1, 1, &on.error) == HAL_STATUS_OK);
    on.end(unused);
    std::atomic<bool> freed = false;
    std::thread other([&] {
      hal_error error{sizeof(hal_error), 0, 0, {}};
      CHECK(on.table.memory_free(on.device, used, &error) == HAL_STATUS_OK);
      freed = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK_FALSE(freed);
    held.open();
    other.join();
    on.end(stream);
  }

  TEST_CASE("freeing waits for kernels that were given the address as a value") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_module *module = on.module(module_code);
    hal_memory *used = on.memory(2 * sizeof(std::atomic<int>));
    auto *flags = new (used->host) std::atomic<int>[2];
    flags[0] = 0;
    flags[1] = 0;
    std::uint64_t address = used->address;
    CHECK(on.launch(stream, on.kernel(module, "use_address"), 1, 1, {&address}) == HAL_STATUS_OK);
    std::atomic<bool> freed = false;
    std::thread other([&] {
      hal_error error{sizeof(hal_error), 0, 0, {}};
      CHECK(on.table.memory_free(on.device, used, &error) == HAL_STATUS_OK);
      freed = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK_FALSE(freed);
    flags[0] = 1;
    other.join();
    on.end(stream);
    on.end(module);
  }

  TEST_CASE("mapping") {
    opened_device on;
    hal_memory *memory = on.memory(100, HAL_MEMORY_DEVICE);
    void *host = nullptr;
    CHECK(on.table.memory_map(on.device, memory, 0, 100, 0, &host, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.memory_map(on.device, memory, 50, 51, HAL_MAP_READ, &host, &on.error) ==
          HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.table.memory_map(on.device, memory, 50, 50, HAL_MAP_READ, &host, &on.error) == HAL_STATUS_OK);
    CHECK(reinterpret_cast<std::uint64_t>(host) == memory->address + 50);
    CHECK(on.table.memory_map(on.device, memory, 0, 1, HAL_MAP_WRITE, &host, &on.error) ==
          HAL_STATUS_INVALID_STATE);
    CHECK(on.table.memory_unmap(on.device, memory, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.memory_unmap(on.device, memory, &on.error) == HAL_STATUS_INVALID_STATE);
    on.end(memory);
  }

  TEST_CASE("exported memory is the same memory, elsewhere too") {
    opened_device on, other;
    hal_memory *memory = on.memory(10000, HAL_MEMORY_SHARED, HAL_MEMORY_EXPORTABLE), *slice = nullptr;
    REQUIRE(on.table.memory_slice(on.device, memory, 5000, 1000, &slice, &on.error) == HAL_STATUS_OK);
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    REQUIRE(on.table.memory_export(on.device, slice, HAL_EXTERNAL_FD, &handle, &on.error) == HAL_STATUS_OK);
    CHECK(handle.size == 1000);
    CHECK(handle.offset == 5000);
    // The memory cannot be cut off below those who map it.
    CHECK(ftruncate(handle.fd, 0) != 0);
    hal_memory *imported = nullptr;
    REQUIRE(other.table.memory_import(other.device, &handle, &imported, &on.error) == HAL_STATUS_OK);
    close(handle.fd);
    static_cast<char *>(memory->host)[5999] = 'x';
    CHECK(*reinterpret_cast<char *>(imported->address + 999) == 'x');
    on.end(slice);
    on.end(memory);
    CHECK(*reinterpret_cast<char *>(imported->address + 999) == 'x');
    other.end(imported);
  }

  TEST_CASE("what cannot be exported or imported") {
    opened_device on;
    hal_memory *plain = on.memory(64), *made = nullptr;
    hal_memory *shared = on.memory(64, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    CHECK(on.table.memory_export(on.device, plain, HAL_EXTERNAL_FD, &handle, &on.error) ==
          HAL_STATUS_INVALID_STATE);
    CHECK(on.table.memory_export(on.device, shared, HAL_EXTERNAL_DMA_BUF, &handle, &on.error) ==
          HAL_STATUS_UNSUPPORTED);
    CHECK(on.table.memory_export(on.device, shared, 0, &handle, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    REQUIRE(on.table.memory_export(on.device, shared, HAL_EXTERNAL_FD, &handle, &on.error) == HAL_STATUS_OK);
    const auto import = [&](hal_external_handle changed) {
      return on.table.memory_import(on.device, &changed, &made, &on.error);
    };
    hal_external_handle changed = handle;
    changed.size = 65;
    CHECK(import(changed) == HAL_STATUS_INVALID_ARGUMENT);
    changed = handle;
    changed.offset = UINT64_MAX - 3;
    CHECK(import(changed) == HAL_STATUS_INVALID_ARGUMENT);
    changed = handle;
    changed.fd = -1;
    CHECK(import(changed) == HAL_STATUS_INVALID_ARGUMENT);
    const int ordinary = open("/dev/null", O_RDWR | O_CLOEXEC);
    changed.fd = ordinary;
    CHECK(import(changed) == HAL_STATUS_INVALID_ARGUMENT);
    close(ordinary);
    const int unsealed = memfd_create("hal-test", MFD_CLOEXEC);
    CHECK(ftruncate(unsealed, 4096) == 0);
    changed.fd = unsealed;
    CHECK(import(changed) == HAL_STATUS_INVALID_ARGUMENT);
    close(unsealed);
    changed = handle;
    changed.kind = HAL_EXTERNAL_IPC;
    CHECK(import(changed) == HAL_STATUS_UNSUPPORTED);
    close(handle.fd);
    CHECK(import(handle) == HAL_STATUS_INVALID_ARGUMENT);
    on.end(plain);
    on.end(shared);
  }

  TEST_CASE("what an address belongs to") {
    opened_device on;
    hal_memory *first = on.memory(100), *second = on.memory(1 << 20, HAL_MEMORY_DEVICE);
    char own[64];
    hal_memory *adopted = nullptr;
    REQUIRE(on.table.memory_adopt(on.device, HAL_MEMORY_DEVICE, reinterpret_cast<std::uint64_t>(own), 64,
                                  &adopted, &on.error) == HAL_STATUS_OK);
    const auto holder = [&](std::uint64_t address) {
      hal_pointer_info info{};
      info.struct_size = sizeof info;
      CHECK(on.table.pointer_info(on.device, address, &info, &on.error) == HAL_STATUS_OK);
      CHECK((info.kind == 0) == (info.memory == nullptr));
      return info.memory;
    };
    CHECK(holder(first->address) == first);
    CHECK(holder(first->address + 99) == first);
    CHECK(holder(first->address + 100) == nullptr);
    CHECK(holder(second->address + (1 << 20) - 1) == second);
    CHECK(holder(reinterpret_cast<std::uint64_t>(own + 63)) == adopted);
    CHECK(holder(0) == nullptr);
    CHECK(holder(UINT64_MAX) == nullptr);
    const std::uint64_t gone = second->address;
    on.end(second);
    CHECK(holder(gone) == nullptr);
    on.end(first);
    on.end(adopted);
  }
}

}  // namespace hal::plugins::host
