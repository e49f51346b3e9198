// The library of kernels on the host device, in turns with what else a CPU has: the same loop under OpenMP,
// and OpenCL's own compiler (PoCL) with the same source. `ratio` above 1: the HAL is faster.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "hal/hal.hpp"
#include "hal/program.hpp"
#include "tests/bench/side_by_side.hpp"
#include "tests/kernels/target.hpp"

namespace {

using kernels_test::argument;
using kernels_test::memory;
using kernels_test::shape;
using kernels_test::target;

struct host {
  explicit host(const char *file = HAL_BENCH_KERNELS) : bundle(hal::bundle::open(file)) {}

  hal::runtime runtime;
  hal::device device = runtime.open("host:0");
  hal::bundle bundle;
  hal::program code = device.load(bundle);
  hal::stream stream = device.create_stream();
};

constexpr std::uint32_t block = 256;
constexpr std::uint32_t tile = 8 * block;

std::uint32_t groups_of(std::uint64_t count, std::uint32_t of) {
  return static_cast<std::uint32_t>((count + of - 1) / of);
}

// One array's elements: within a core's cache, within the shared cache, beyond both. None is a multiple of a
// group's.
void element_counts(benchmark::internal::Benchmark *of) {
  for (const std::int64_t count : {(16 << 10) + 5, (1 << 20) + 5, (64 << 20) + 5}) of->Arg(count);
}

// How the kernel is written, and how many elements a group has.
struct way {
  const char *bundle;
  const char *axpy;
  const char *copy;
  std::uint32_t tile;
};

// The library's, whose items take several elements each, and the plain one with a bound.
constexpr way library{HAL_BENCH_KERNELS, "axpy_f32", "copy_f32", tile};
constexpr way guarded{HAL_BENCH_GUARDED, "axpy", "copy", block};

void axpy_beside_openmp(benchmark::State &state, const way &how) {
  host here(how.bundle);
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const hal::buffer x = here.device.allocate(count * sizeof(float));
  const hal::buffer y = here.device.allocate(count * sizeof(float));
  here.stream.fill(x, 1.0f);
  here.stream.fill(y, 0.0f);
  here.stream.synchronize();
  const hal::kernel kernel = here.code[how.axpy];
  const auto x_map = x.map();
  const auto y_map = y.map();
  // The same memory for both, so that neither profits from luckier pages.
  const float *from = x_map.as<float>().data();
  float *to = y_map.as<float>().data();
  const float a = 0.5f;
  const int operations = static_cast<int>(std::max<std::uint64_t>(1, (1 << 24) / count));
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i)
          here.stream.launch(kernel, {.grid = groups_of(count, how.tile), .block = block}, a, x, y, count);
        here.stream.synchronize();
      },
      [&] {
        for (int operation = 0; operation < operations; ++operation) {
#pragma omp parallel for schedule(static)
          for (std::uint64_t i = 0; i < count; ++i) to[i] = a * from[i] + to[i];
        }
      });
  state.counters["GB/s"] = 12.0 * static_cast<double>(count) / state.counters["hal_ns"];
}

void copy_beside_openmp(benchmark::State &state, const way &how) {
  host here(how.bundle);
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const hal::buffer x = here.device.allocate(count * sizeof(float));
  const hal::buffer y = here.device.allocate(count * sizeof(float));
  here.stream.fill(x, 1.0f);
  here.stream.fill(y, 0.0f);
  here.stream.synchronize();
  const hal::kernel kernel = here.code[how.copy];
  const auto x_map = x.map();
  const auto y_map = y.map();
  const float *from = x_map.as<float>().data();
  float *to = y_map.as<float>().data();
  const int operations = static_cast<int>(std::max<std::uint64_t>(1, (1 << 24) / count));
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i)
          here.stream.launch(kernel, {.grid = groups_of(count, how.tile), .block = block}, x, y, count);
        here.stream.synchronize();
      },
      [&] {
        for (int operation = 0; operation < operations; ++operation) {
#pragma omp parallel for schedule(static)
          for (std::uint64_t i = 0; i < count; ++i) to[i] = from[i];
          benchmark::ClobberMemory();
        }
      });
  state.counters["GB/s"] = 8.0 * static_cast<double>(count) / state.counters["hal_ns"];
}

// The two ways of running the same source; nothing when there is no OpenCL here.
struct both {
  both() {
    try {
      theirs = kernels_test::make_opencl_target(HAL_BENCH_KERNEL_SOURCES);
    } catch (const hal::error &why) {
      reason = why.what();
    }
    ours = kernels_test::make_hal_target(here.device, here.bundle);
  }

  host here;
  std::unique_ptr<target> ours;
  std::unique_ptr<target> theirs;
  std::string reason;
};

both &pair() {
  static both made;
  return made;
}

std::unique_ptr<memory> filled(target &on, std::size_t count) {
  auto made = on.allocate(count * sizeof(float));
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i * 2654435761u % 1000) / 1000.0f;
  on.write(*made, std::as_bytes(std::span(values)));
  return made;
}

// Buffers of so many elements, then values.
void beside_opencl(benchmark::State &state, const std::string &kernel, const shape &with,
                   const std::vector<std::size_t> &buffers, const std::vector<argument> &values,
                   double flops) {
  if (!pair().theirs) {
    state.SkipWithError(pair().reason.c_str());
    return;
  }
  const auto prepared = [&](target &on, std::vector<std::unique_ptr<memory>> &memories) {
    std::vector<argument> arguments;
    for (const std::size_t count : buffers) memories.push_back(filled(on, count));
    for (const auto &one : memories) arguments.emplace_back(one);
    arguments.insert(arguments.end(), values.begin(), values.end());
    return arguments;
  };
  std::vector<std::unique_ptr<memory>> our_memories;
  std::vector<std::unique_ptr<memory>> their_memories;
  const auto our_arguments = prepared(*pair().ours, our_memories);
  const auto their_arguments = prepared(*pair().theirs, their_memories);
  const auto run = [&](target &on, const std::vector<argument> &arguments) {
    on.launch(kernel, with, arguments);
    on.synchronize();
  };
  // OpenCL compiles for the shape at the first launch.
  run(*pair().ours, our_arguments);
  run(*pair().theirs, their_arguments);
  hal::bench::side_by_side(
      state, 1, [&] { run(*pair().ours, our_arguments); }, [&] { run(*pair().theirs, their_arguments); });
  state.counters["GFLOP/s"] = flops / state.counters["hal_ns"];
}

void matmul_beside_opencl(benchmark::State &state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  const std::size_t elements = std::size_t{n} * n;
  beside_opencl(state, "matmul_f32", {{groups_of(n, 64), groups_of(n, 64), 1}, {8, 8, 1}},
                {elements, elements, elements}, {n, n, n}, 2.0 * static_cast<double>(elements) * n);
}

void sum_beside_opencl(benchmark::State &state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const std::uint32_t groups = groups_of(count, 4096);
  beside_opencl(state, "sum_f32", {{groups, 1, 1}, {64, 1, 1}}, {count, groups}, {count},
                static_cast<double>(count));
}

void softmax_beside_opencl(benchmark::State &state) {
  const std::uint32_t rows = 256;
  const auto columns = static_cast<std::uint32_t>(state.range(0));
  const std::size_t elements = std::size_t{rows} * columns;
  beside_opencl(state, "softmax_f32", {{rows, 1, 1}, {64, 1, 1}}, {elements, elements}, {rows, columns},
                5.0 * static_cast<double>(elements));
}

void attention_beside_opencl(benchmark::State &state) {
  const auto keys = static_cast<std::uint32_t>(state.range(0));
  const std::uint32_t depth = 64;
  const std::size_t elements = std::size_t{keys} * depth;
  beside_opencl(state, "attention_f32", {{groups_of(keys, 16), 1, 1}, {4, 16, 1}},
                {elements, elements, elements, elements}, {keys, keys, depth, 0.125f, 0u},
                4.0 * static_cast<double>(elements) * keys);
}

BENCHMARK_CAPTURE(axpy_beside_openmp, library, library)
    ->Apply(element_counts)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy_beside_openmp, library, library)
    ->Apply(element_counts)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(axpy_beside_openmp, guarded, guarded)
    ->Apply(element_counts)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy_beside_openmp, guarded, guarded)
    ->Apply(element_counts)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(matmul_beside_opencl)
    ->Arg(256)
    ->Arg(512)
    ->Arg(1000)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(sum_beside_opencl)->Arg(1 << 20)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(softmax_beside_opencl)->Arg(1000)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(attention_beside_opencl)->Arg(512)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
