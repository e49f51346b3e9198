// What stands between a program and the CUDA driver: the C++ interface and the plugin over a driver that does
// nothing, against calling that driver's entries.
#include <benchmark/benchmark.h>

#include "tests/bench/cuda/direct.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

namespace driver = hal::bench::driver;
using hal::bench::context_kept;
using hal::bench::direct;
using hal::bench::open_cuda;

constexpr int operations = 10'000;

void launch_with_4_arguments(benchmark::State &state) {
  const hal::device device = open_cuda();
  const context_kept context;
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::buffer y = device.allocate(64);
  static constexpr char text[] =
      ".entry saxpy(.param .u64 x, .param .u64 y, .param .f32 a, .param .u32 n) {}";
  const hal::module module =
      device.load({.format = "ptx", .bytes = std::as_bytes(std::span(text, sizeof text - 1))});
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
  const hal::device device = open_cuda();
  const context_kept context;
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const std::uint32_t value = 7;
  auto *const copy = direct().memcpy_htod_async;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) stream.copy_to_device(x, &value, sizeof value);
      },
      [&] {
        for (int i = 0; i < operations; ++i)
          benchmark::DoNotOptimize(copy(x.handle()->address, &value, sizeof value, nullptr));
      });
}

void record_and_wait(benchmark::State &state) {
  const hal::device device = open_cuda();
  const context_kept context;
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
  const hal::device device = open_cuda();
  const context_kept context;
  auto *const allocate = direct().mem_alloc;
  auto *const free = direct().mem_free;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) benchmark::DoNotOptimize(device.allocate(64));
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          driver::deviceptr address = 0;
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
