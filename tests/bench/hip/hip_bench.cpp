// What stands between a program and the HIP runtime: the C++ interface and the plugin over a runtime that
// does nothing, against calling that runtime's entries.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdlib>
#include <vector>

#include "hal/hal.hpp"
#include "plugins/hip/api.hpp"
#include "tests/bench/side_by_side.hpp"
#include "tests/support/code_object.hpp"

namespace {

namespace driver = hal::plugins::hip::driver;

constexpr int operations = 10'000;

hal::device open_hip() {
  static hal::runtime runtime([] {
    hal::runtime_options options;
    options.plugin_path = {HAL_BENCH_HIP_PLUGIN_DIR};
    options.only_plugin_path = true;
    return options;
  }());
  return runtime.open("hip:0");
}

// The entries, as the plugin has them.
const driver::entries &direct() {
  static const driver::entries found = [] {
    driver::entries all;
    void *library = dlopen("libamdhip64.so.6", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::abort();
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  all.member = reinterpret_cast<decltype(all.member)>(dlsym(library, #symbol));
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
    return all;
  }();
  return found;
}

void launch_with_4_arguments(benchmark::State &state) {
  const hal::device device = open_hip();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::buffer y = device.allocate(64);
  const std::vector<std::byte> code = hal::test::saxpy_code_object();
  const hal::module module = device.load({.format = "hsaco", .bytes = code});
  const hal::kernel kernel = module["saxpy"];
  float factor = 2.0f;
  std::uint32_t count = 1024;
  std::uint64_t first = x.handle()->address;
  std::uint64_t second = y.handle()->address;
  void *arguments[] = {&first, &second, &factor, &count};
  auto *const launch = direct().launch_kernel;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i)
          stream.launch(kernel, {.grid = 1, .block = 256}, x, y, factor, count);
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(launch(nullptr, 1, 1, 1, 256, 1, 1, 0, nullptr, arguments, nullptr));
        }
      });
}

void copy_of_4_bytes(benchmark::State &state) {
  const hal::device device = open_hip();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const std::uint32_t value = 7;
  void *const address = reinterpret_cast<void *>(static_cast<std::uintptr_t>(x.handle()->address));
  auto *const copy = direct().memcpy_async;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) stream.copy_to_device(x, &value, sizeof value);
      },
      [&] {
        for (int i = 0; i < operations; ++i)
          benchmark::DoNotOptimize(copy(address, &value, sizeof value, driver::copy_by_address, nullptr));
      });
}

void record_and_wait(benchmark::State &state) {
  const hal::device device = open_hip();
  hal::stream stream = device.create_stream();
  hal::stream other = device.create_stream();
  const hal::event mark = device.create_event();
  auto *const record = direct().event_record;
  auto *const wait = direct().stream_wait_event;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          stream.record(mark);
          other.wait(mark);
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(record(nullptr, nullptr));
          benchmark::DoNotOptimize(wait(nullptr, nullptr, 0));
        }
      });
}

void allocate_and_free(benchmark::State &state) {
  const hal::device device = open_hip();
  auto *const allocate = direct().mem_alloc;
  auto *const free = direct().mem_free;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) benchmark::DoNotOptimize(device.allocate(64));
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          driver::deviceptr address = nullptr;
          benchmark::DoNotOptimize(allocate(&address, 64));
          benchmark::DoNotOptimize(free(address));
        }
      });
}

BENCHMARK(launch_with_4_arguments)->UseManualTime();
BENCHMARK(copy_of_4_bytes)->UseManualTime();
BENCHMARK(record_and_wait)->UseManualTime();
BENCHMARK(allocate_and_free)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
