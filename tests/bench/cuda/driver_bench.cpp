// The plugin over whatever driver the machine has, beside that driver's own calls on the same objects, in
// turns within one run. Where there is no driver or no device: exit status 77, which Meson reads as a skip.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "tests/bench/cuda/direct.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

namespace driver = hal::bench::driver;
using hal::bench::direct;

constexpr std::uint32_t queue_room = 500;  // submissions between two waits

struct bench {
  hal::device device = hal::bench::open_cuda();
  hal::bench::context_kept context;
  hal::stream stream = device.create_stream();
  driver::stream native = static_cast<driver::stream>(device.native(HAL_OBJECT_STREAM, stream.handle()));
};

struct kernel_bench : bench {
  static constexpr char text[] =
      ".version 6.0\n.target sm_50\n.address_size 64\n.visible .entry nothing()\n{\n  ret;\n}\n";
  hal::module module =
      device.load({.format = "ptx", .bytes = std::as_bytes(std::span(text, sizeof text - 1))});
  hal::kernel kernel = module["nothing"];
  driver::function function =
      static_cast<driver::function>(device.native(HAL_OBJECT_KERNEL, kernel.handle()));

  void launch_direct() {
    benchmark::DoNotOptimize(
        direct().launch_kernel(function, 1, 1, 1, 32, 1, 1, 0, native, nullptr, nullptr));
  }
};

void synchronize_direct(driver::stream stream) {
  benchmark::DoNotOptimize(direct().stream_synchronize(stream));
}

void launch(benchmark::State &state) {
  kernel_bench at;
  hal::bench::side_by_side(
      state, queue_room,
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) at.stream.launch(at.kernel, {.grid = 1, .block = 32});
        at.stream.synchronize();
      },
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) at.launch_direct();
        synchronize_direct(at.native);
      });
}

void launch_and_synchronize(benchmark::State &state) {
  kernel_bench at;
  constexpr int operations = 100;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          at.stream.launch(at.kernel, {.grid = 1, .block = 32});
          at.stream.synchronize();
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          at.launch_direct();
          synchronize_direct(at.native);
        }
      });
}

void graph_of_100(benchmark::State &state) {
  kernel_bench at;
  const hal::graph recorded = at.stream.capture([&](hal::stream &capturing) {
    for (int i = 0; i < 100; ++i) capturing.launch(at.kernel, {.grid = 1, .block = 32});
  });
  const hal::graph_executable ready(recorded);
  const auto native =
      static_cast<driver::graph_exec>(at.device.native(HAL_OBJECT_GRAPH_EXECUTABLE, ready.handle()));
  constexpr int operations = 20;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          at.stream.launch(ready);
          at.stream.synchronize();
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(direct().graph_launch(native, at.native));
          synchronize_direct(at.native);
        }
      });
}

void record_and_wait(benchmark::State &state) {
  bench at;
  hal::stream other = at.device.create_stream();
  const auto other_native = static_cast<driver::stream>(at.device.native(HAL_OBJECT_STREAM, other.handle()));
  const hal::event mark = at.device.create_event();
  const auto native_mark = static_cast<driver::event>(at.device.native(HAL_OBJECT_EVENT, mark.handle()));
  hal::bench::side_by_side(
      state, queue_room,
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) {
          at.stream.record(mark);
          other.wait(mark);
        }
        other.synchronize();
      },
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) {
          benchmark::DoNotOptimize(direct().event_record(native_mark, at.native));
          benchmark::DoNotOptimize(direct().stream_wait_event(other_native, native_mark, 0));
        }
        synchronize_direct(other_native);
      });
}

void allocate_and_free(benchmark::State &state) {
  bench at;
  constexpr int operations = 50;
  constexpr std::size_t size = 1 << 20;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) benchmark::DoNotOptimize(at.device.allocate(size));
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          driver::deviceptr address = 0;
          benchmark::DoNotOptimize(direct().mem_alloc(&address, size));
          benchmark::DoNotOptimize(direct().mem_free(address));
        }
      });
}

void allocate_and_free_in_order(benchmark::State &state) {
  bench at;
  if (!at.device.info().has_feature(HAL_FEATURE_STREAM_ALLOCATION)) {
    state.SkipWithError("the device has no stream_allocation");
    return;
  }
  driver::pool_properties wanted{};
  wanted.type = driver::allocation_pinned;
  wanted.where = {driver::location_device, 0};
  driver::memory_pool pool = nullptr;
  direct().mem_pool_create(&pool, &wanted);
  std::uint64_t keep = UINT64_MAX;
  direct().mem_pool_set_attribute(pool, driver::pool_release_threshold, &keep);
  constexpr std::size_t size = 1 << 20;
  hal::bench::side_by_side(
      state, queue_room,
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) at.stream.free(at.stream.allocate(size));
        at.stream.synchronize();
      },
      [&] {
        for (std::uint32_t i = 0; i < queue_room; ++i) {
          driver::deviceptr address = 0;
          benchmark::DoNotOptimize(direct().mem_alloc_from_pool_async(&address, size, pool, at.native));
          benchmark::DoNotOptimize(direct().mem_free_async(address, at.native));
        }
        synchronize_direct(at.native);
      });
  direct().mem_pool_destroy(pool);
}

// A copy and the wait for it, of state.range(0) bytes between `host` and the device.
void copies(benchmark::State &state, std::byte *host, bool to_device, bench &at) {
  const auto size = static_cast<std::uint64_t>(state.range(0));
  const hal::buffer memory = at.device.allocate(size);
  const std::uint64_t address = memory.address();
  constexpr int operations = 10;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          if (to_device)
            at.stream.copy_to_device(memory, host, size);
          else
            at.stream.copy_to_host(host, memory, size);
          at.stream.synchronize();
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          benchmark::DoNotOptimize(to_device ? direct().memcpy_htod_async(address, host, size, at.native)
                                             : direct().memcpy_dtoh_async(host, address, size, at.native));
          synchronize_direct(at.native);
        }
      });
  state.counters["GB/s"] = static_cast<double>(size) / state.counters["hal_ns"];
}

void copy_pinned(benchmark::State &state, bool to_device) {
  bench at;
  const hal::buffer host =
      at.device.allocate(static_cast<std::uint64_t>(state.range(0)), {.kind = hal::memory_kind::host});
  std::ranges::fill(host.host_bytes(), std::byte{1});
  copies(state, host.host_bytes().data(), to_device, at);
}

void copy_pageable(benchmark::State &state, bool to_device) {
  bench at;
  std::vector<std::byte> host(static_cast<std::size_t>(state.range(0)), std::byte{1});
  copies(state, host.data(), to_device, at);
}

constexpr std::int64_t small = 4 << 10;
constexpr std::int64_t middle = 1 << 20;
constexpr std::int64_t large = 64 << 20;

BENCHMARK(launch)->UseManualTime();
BENCHMARK(launch_and_synchronize)->UseManualTime();
BENCHMARK(graph_of_100)->UseManualTime();
BENCHMARK(record_and_wait)->UseManualTime();
BENCHMARK(allocate_and_free)->UseManualTime();
BENCHMARK(allocate_and_free_in_order)->UseManualTime();
BENCHMARK_CAPTURE(copy_pinned, to_device, true)->Arg(small)->Arg(middle)->Arg(large)->UseManualTime();
BENCHMARK_CAPTURE(copy_pinned, to_host, false)->Arg(small)->Arg(middle)->Arg(large)->UseManualTime();
BENCHMARK_CAPTURE(copy_pageable, to_device, true)->Arg(small)->Arg(middle)->Arg(large)->UseManualTime();
BENCHMARK_CAPTURE(copy_pageable, to_host, false)->Arg(small)->Arg(middle)->Arg(large)->UseManualTime();

// Whether there is a driver with a device.
bool is_there() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  const auto init = reinterpret_cast<driver::result (*)(unsigned)>(dlsym(library, "cuInit"));
  const auto count = reinterpret_cast<driver::result (*)(int *)>(dlsym(library, "cuDeviceGetCount"));
  int devices = 0;
  return init != nullptr && count != nullptr && init(0) == driver::CUDA_SUCCESS &&
         count(&devices) == driver::CUDA_SUCCESS && devices > 0;
}

}  // namespace

int main(int count, char **words) {
  constexpr int skipped = 77;
  if (!is_there()) {
    std::puts("There is no CUDA driver with a device here; nothing was measured.");
    return skipped;
  }
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
