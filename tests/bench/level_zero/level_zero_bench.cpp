// What stands between a program and Level Zero: the C++ interface and the plugin over a driver that does
// nothing, against calling that driver's entries. A launch with 4 arguments is 6 of them: one for each
// argument, the group size, which a program sets once, and the launch; and a barrier where lists are not in
// order.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdlib>

#include "hal/hal.hpp"
#include "plugins/level_zero/api.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

namespace driver = hal::plugins::level_zero::driver;

constexpr int operations = 10'000;

hal::device open_level_zero() {
  static hal::runtime runtime([] {
    hal::runtime_options options;
    options.plugin_path = {HAL_BENCH_LEVEL_ZERO_PLUGIN_DIR};
    options.only_plugin_path = true;
    return options;
  }());
  return runtime.open("level_zero:0");
}

// The entries, as the plugin has them.
const driver::entries &direct() {
  static const driver::entries found = [] {
    driver::entries all;
    void *library = dlopen("libze_loader.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::abort();
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) \
  all.member = reinterpret_cast<decltype(all.member)>(dlsym(library, #symbol));
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
    return all;
  }();
  return found;
}

bool is_in_order() {
  const char *given = std::getenv("HAL_NULL_IN_ORDER");
  return given != nullptr && *given == '1';
}

// kernel void saxpy(global float *x, global float *y, float a, uint n)
constexpr std::uint32_t saxpy[] = {0x07230203,
                                   0x00010200,
                                   0,
                                   32,
                                   0,  //
                                   6u << 16 | 15,
                                   6,
                                   20,
                                   0x70786173,
                                   'y',
                                   0,  // OpEntryPoint Kernel "saxpy"
                                   2u << 16 | 19,
                                   1,
                                   4u << 16 | 21,
                                   2,
                                   32,
                                   0,
                                   3u << 16 | 22,
                                   3,
                                   32,  // void, uint, float
                                   4u << 16 | 32,
                                   4,
                                   5,
                                   3,  // global float *
                                   7u << 16 | 33,
                                   5,
                                   1,
                                   4,
                                   4,
                                   3,
                                   2,  //
                                   5u << 16 | 54,
                                   1,
                                   20,
                                   0,
                                   5,  // OpFunction
                                   3u << 16 | 55,
                                   4,
                                   21,
                                   3u << 16 | 55,
                                   4,
                                   22,
                                   3u << 16 | 55,
                                   3,
                                   23,
                                   3u << 16 | 55,
                                   2,
                                   24,
                                   2u << 16 | 248,
                                   25,
                                   1u << 16 | 253,
                                   1u << 16 | 56};

void launch_with_4_arguments(benchmark::State &state) {
  const hal::device device = open_level_zero();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::buffer y = device.allocate(64);
  const hal::module module = device.load({.format = "spirv", .bytes = std::as_bytes(std::span(saxpy))});
  const hal::kernel kernel = module["saxpy"];
  float factor = 2.0f;
  std::uint32_t count = 1024;
  std::uint64_t first = x.handle()->address;
  std::uint64_t second = y.handle()->address;
  const driver::entries &entries = direct();
  auto *const set = entries.kernel_set_argument;
  auto *const launch = entries.append_launch_kernel;
  auto *const barrier = entries.append_barrier;
  const driver::group_count groups{1, 1, 1};
  const bool in_order = is_in_order();
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i)
          stream.launch(kernel, {.grid = 1, .block = 256}, x, y, factor, count);
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(set(nullptr, 0, 8, &first));
          benchmark::DoNotOptimize(set(nullptr, 1, 8, &second));
          benchmark::DoNotOptimize(set(nullptr, 2, 4, &factor));
          benchmark::DoNotOptimize(set(nullptr, 3, 4, &count));
          if (!in_order) benchmark::DoNotOptimize(barrier(nullptr, nullptr, 0, nullptr));
          benchmark::DoNotOptimize(launch(nullptr, nullptr, &groups, nullptr, 0, nullptr));
        }
      });
  state.counters["calls"] = in_order ? 5 : 6;
}

void copy_of_4_bytes(benchmark::State &state) {
  const hal::device device = open_level_zero();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const std::uint32_t value = 7;
  auto *const copy = direct().append_memory_copy;
  void *const to = reinterpret_cast<void *>(x.handle()->address);
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) stream.copy_to_device(x, &value, sizeof value);
      },
      [&] {
        for (int i = 0; i < operations; ++i)
          benchmark::DoNotOptimize(copy(nullptr, to, &value, sizeof value, nullptr, 0, nullptr));
      });
}

void record_and_wait(benchmark::State &state) {
  const hal::device device = open_level_zero();
  hal::stream stream = device.create_stream();
  hal::stream other = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::event mark = device.create_event();
  const std::uint32_t value = 7;
  const driver::entries &entries = direct();
  void *const to = reinterpret_cast<void *>(x.handle()->address);
  driver::event event = nullptr;
  // With work between, as otherwise one mark would do for all.
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          stream.copy_to_device(x, &value, sizeof value);
          stream.record(mark);
          other.wait(mark);
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(
              entries.append_memory_copy(nullptr, to, &value, sizeof value, nullptr, 0, nullptr));
          benchmark::DoNotOptimize(entries.event_host_reset(nullptr));
          benchmark::DoNotOptimize(entries.append_barrier(nullptr, nullptr, 0, nullptr));
          benchmark::DoNotOptimize(entries.append_barrier(nullptr, nullptr, 1, &event));
        }
      });
}

void allocate_and_free(benchmark::State &state) {
  const hal::device device = open_level_zero();
  const driver::entries &entries = direct();
  const driver::device_allocation plain{driver::device_allocation_type, nullptr, 0, 0};
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) benchmark::DoNotOptimize(device.allocate(64));
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          void *address = nullptr;
          benchmark::DoNotOptimize(entries.mem_alloc_device(nullptr, &plain, 64, 0, nullptr, &address));
          benchmark::DoNotOptimize(entries.mem_free(nullptr, address));
        }
      });
}

// Beside it what the plugin does without closed lists: every operation anew.
void graph_of_100(benchmark::State &state) {
  const hal::device device = open_level_zero();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::graph recorded = stream.capture([&](hal::stream &capturing) {
    for (int i = 0; i < 100; ++i) capturing.fill(x, std::uint8_t{1});
  });
  const hal::graph_executable ready(recorded);
  const driver::entries &entries = direct();
  void *const to = reinterpret_cast<void *>(x.handle()->address);
  const std::uint8_t value = 1;
  constexpr int launches = operations / 100;
  hal::bench::side_by_side(
      state, launches,
      [&] {
        for (int i = 0; i < launches; ++i) stream.launch(ready);
      },
      [&] {
        for (int i = 0; i < operations; ++i)
          benchmark::DoNotOptimize(
              entries.append_memory_fill(nullptr, to, &value, 1, 64, nullptr, 0, nullptr));
      });
}

BENCHMARK(launch_with_4_arguments)->UseManualTime();
BENCHMARK(copy_of_4_bytes)->UseManualTime();
BENCHMARK(record_and_wait)->UseManualTime();
BENCHMARK(graph_of_100)->UseManualTime();
BENCHMARK(allocate_and_free)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
