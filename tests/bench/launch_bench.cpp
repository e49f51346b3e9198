// What the C++ interface costs above a plugin that does nothing: against calling the plugin's function
// pointer with a record that was made beforehand, which is the least any caller could do.
#include <benchmark/benchmark.h>

#include "hal/hal.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

constexpr int operations = 10'000;

hal::device open_null() {
  hal::runtime_options options;
  options.plugin_path = {HAL_BENCH_NULL_PLUGIN_DIR};
  options.only_plugin_path = true;
  static hal::runtime runtime(options);
  return runtime.open("null:0");
}

void launch_with_4_arguments(benchmark::State &state) {
  const hal::device device = open_null();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const hal::buffer y = device.allocate(64);
  const hal::kernel kernel(*device.state(), nullptr);
  const float factor = 2.0f;
  const std::uint32_t count = 1024;

  void *const arguments[] = {x.handle(), y.handle(), const_cast<float *>(&factor),
                             const_cast<std::uint32_t *>(&count)};
  hal_launch record{};
  record.struct_size = sizeof record;
  record.grid[0] = record.grid[1] = record.grid[2] = 1;
  record.block[0] = 256;
  record.block[1] = record.block[2] = 1;
  record.argument_count = 4;
  record.arguments = arguments;
  auto *const launch = device.state()->table->launch;

  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          stream.launch(kernel, {.grid = 1, .block = 256}, x, y, factor, count);
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(launch(stream.handle(), nullptr, &record, nullptr));
        }
      });
}

void copy_of_4_bytes(benchmark::State &state) {
  const hal::device device = open_null();
  hal::stream stream = device.create_stream();
  const hal::buffer x = device.allocate(64);
  const std::uint32_t value = 7;
  auto *const copy = device.state()->table->copy_to_device;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) stream.copy_to_device(x, &value, sizeof value);
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(copy(stream.handle(), x.handle(), 0, &value, sizeof value, nullptr));
        }
      });
}

void record_and_wait(benchmark::State &state) {
  const hal::device device = open_null();
  hal::stream stream = device.create_stream();
  hal::stream other = device.create_stream();
  const hal::event mark = device.create_event();
  auto *const record = device.state()->table->event_record;
  auto *const wait = device.state()->table->stream_wait_event;
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
          benchmark::DoNotOptimize(record(mark.handle(), stream.handle(), nullptr));
          benchmark::DoNotOptimize(wait(other.handle(), mark.handle(), nullptr));
        }
      });
}

void allocate_and_free(benchmark::State &state) {
  const hal::device device = open_null();
  const hal_device_table &table = *device.state()->table;
  hal_memory_options options{};
  options.struct_size = sizeof options;
  options.kind = HAL_MEMORY_DEVICE;
  options.size = 64;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) benchmark::DoNotOptimize(device.allocate(64));
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          hal_memory *memory = nullptr;
          table.memory_allocate(device.state()->handle, &options, &memory, nullptr);
          table.memory_free(device.state()->handle, memory, nullptr);
        }
      });
}

BENCHMARK(launch_with_4_arguments)->UseManualTime();
BENCHMARK(copy_of_4_bytes)->UseManualTime();
BENCHMARK(record_and_wait)->UseManualTime();
BENCHMARK(allocate_and_free)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
