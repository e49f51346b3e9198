// The host device against plain loops under OpenMP.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "hal/hal.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

using namespace hal::literals;

// One array of 256 MiB; a vector add has three.
constexpr std::uint64_t array_bytes = 256_MiB;
constexpr std::uint64_t block_items = 1024;

void add_block(const hal_native_block *block) {
  const float *a = *static_cast<const float *const *>(block->arguments[0]);
  const float *b = *static_cast<const float *const *>(block->arguments[1]);
  float *c = *static_cast<float *const *>(block->arguments[2]);
  const std::uint64_t begin = std::uint64_t{block->index[0]} * block->block[0];
  for (std::uint64_t i = begin; i < begin + block->block[0]; ++i) c[i] = a[i] + b[i];
}

void empty_block(const hal_native_block *) {}

constexpr hal_native_parameter pointers[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "a"},
                                             {HAL_ARGUMENT_MEMORY, 8, 8, 0, "b"},
                                             {HAL_ARGUMENT_MEMORY, 8, 8, 0, "c"}};
constexpr hal_native_kernel add{
    sizeof(hal_native_kernel), 0, "add", &add_block, nullptr, pointers, 3, {0, 0, 0}, 0};
constexpr hal_native_kernel empty{
    sizeof(hal_native_kernel), 0, "empty", &empty_block, nullptr, nullptr, 0, {0, 0, 0}, 0};
constexpr const hal_native_kernel *kernels[] = {&add, &empty};
constexpr hal_native_module native{sizeof(hal_native_module), 2, kernels};

struct host {
  hal::runtime runtime;
  hal::device device = runtime.open("host:0");
  hal::module code = device.load({.format = "native", .bytes = std::as_bytes(std::span(&native, 1))});
  hal::stream stream = device.create_stream();
};

void vector_add_3_x_256_MiB(benchmark::State &state) {
  host here;
  constexpr std::size_t count = array_bytes / sizeof(float);
  const hal::buffer a = here.device.allocate(array_bytes);
  const hal::buffer b = here.device.allocate(array_bytes);
  const hal::buffer c = here.device.allocate(array_bytes);
  here.stream.fill(a, 1.0f);
  here.stream.fill(b, 2.0f);
  here.stream.fill(c, 0.0f);
  here.stream.synchronize();
  const hal::kernel kernel = here.code["add"];

  // The same memory for both, so that neither profits from luckier pages.
  const auto a_map = a.map();
  const auto b_map = b.map();
  const auto c_map = c.map();
  const float *x = a_map.as<float>().data();
  const float *y = b_map.as<float>().data();
  float *z = c_map.as<float>().data();
  hal::bench::side_by_side(
      state, 1,
      [&] {
        here.stream.launch(kernel, {.grid = count / block_items, .block = block_items}, a, b, c);
        here.stream.synchronize();
      },
      [&] {
#pragma omp parallel for schedule(static)
        for (std::size_t i = 0; i < count; ++i) z[i] = x[i] + y[i];
      });
  state.counters["GB/s"] = 3.0 * static_cast<double>(array_bytes) / state.counters["hal_ns"];
  if (z[0] != 3.0f || z[count - 1] != 3.0f) state.SkipWithError("the sum is wrong");
}

void empty_launch_and_synchronize(benchmark::State &state) {
  host here;
  const hal::kernel kernel = here.code["empty"];
  constexpr int operations = 200;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          here.stream.launch(kernel, {.grid = 1, .block = 1});
          here.stream.synchronize();
        }
      },
      [&] {
        // The smallest parallel region: waking the team and meeting at its end.
        for (int i = 0; i < operations; ++i) {
#pragma omp parallel
          benchmark::ClobberMemory();
        }
      });
}

void copy_of_256_MiB(benchmark::State &state) {
  host here;
  const hal::buffer target = here.device.allocate(array_bytes);
  const std::vector<std::byte> source(array_bytes, std::byte{7});
  std::vector<std::byte> other(array_bytes);
  here.stream.copy(target, source);
  here.stream.synchronize();
  hal::bench::side_by_side(
      state, 1,
      [&] {
        here.stream.copy(target, source);
        here.stream.synchronize();
      },
      [&] {
        const std::size_t parts = static_cast<std::size_t>(omp_get_max_threads());
#pragma omp parallel for schedule(static)
        for (std::size_t part = 0; part < parts; ++part) {
          const std::size_t size = array_bytes / parts;
          std::memcpy(other.data() + part * size, source.data() + part * size, size);
        }
      });
}

BENCHMARK(vector_add_3_x_256_MiB)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(copy_of_256_MiB)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(empty_launch_and_synchronize)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
