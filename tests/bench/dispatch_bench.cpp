// How long decisions take, and opening a large bundle.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "hal/hal.hpp"

namespace {

std::vector<std::byte> ptx_of(std::size_t size) {
  std::string text = ".version 7.0\n.target sm_80\n";
  text.resize(std::max(size, text.size()), ' ');
  const auto *begin = reinterpret_cast<const std::byte *>(text.data());
  return {begin, begin + text.size()};
}

// `kernels` kernels with `variants` variants each, of that many bytes of code.
hal::bundle_builder builder_of(std::size_t kernels, std::size_t variants, std::size_t code_bytes) {
  hal::bundle_builder made;
  const auto code = ptx_of(code_bytes);
  for (std::size_t index = 0; index < variants; ++index)
    made.add_image("ptx", "sm_" + std::to_string(70 + index), {}, code);
  for (std::size_t index = 0; index < kernels; ++index) {
    hal::bundle_kernel kernel;
    kernel.name = "kernel_" + std::to_string(index);
    for (std::size_t image = 0; image < variants; ++image)
      kernel.variants.push_back({static_cast<std::uint32_t>(image), {}, {}});
    made.add_kernel(kernel);
  }
  return made;
}

std::vector<hal::device_info> devices_of(std::size_t count) {
  std::vector<hal::device_info> devices(count);
  for (std::size_t index = 0; index < count; ++index) {
    devices[index].plugin = "cuda";
    devices[index].index = static_cast<std::uint32_t>(index);
    devices[index].features = HAL_FEATURE_KERNELS;
    devices[index].module_formats = {"cubin", "ptx"};
    devices[index].targets = {"sm_" + std::to_string(70 + index % 21)};
  }
  return devices;
}

void best_of_8_devices_and_10_variants(benchmark::State &state) {
  const auto bytes = builder_of(1, 10, 64).bytes();
  const auto code = hal::bundle::from_memory(bytes);
  const hal::dispatcher decides(code, devices_of(8));
  const hal::bundle_kernel kernel = code.kernel(0);
  for (auto _ : state) benchmark::DoNotOptimize(decides.best(kernel));
}

void decide_1000_kernels_on_1024_devices(benchmark::State &state) {
  const auto bytes = builder_of(1000, 10, 64).bytes();
  const auto code = hal::bundle::from_memory(bytes);
  const auto devices = devices_of(1024);
  for (auto _ : state) {
    const hal::dispatcher decides(code, devices);
    for (std::size_t index = 0; index < code.kernel_count(); ++index)
      benchmark::DoNotOptimize(decides.best(code.kernel(index)));
  }
}

void open_100_MiB_and_find_a_kernel(benchmark::State &state) {
  std::string folder = (std::filesystem::temp_directory_path() / "hal-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  const std::filesystem::path file = std::filesystem::path(folder) / "large.halb";
  builder_of(100, 10, std::size_t{10} << 20).write(file);
  for (auto _ : state) {
    const hal::bundle opened = hal::bundle::open(file);
    benchmark::DoNotOptimize(opened.find("kernel_42"));
  }
  std::filesystem::remove_all(folder);
}

BENCHMARK(best_of_8_devices_and_10_variants);
BENCHMARK(decide_1000_kernels_on_1024_devices)->Unit(benchmark::kMillisecond);
BENCHMARK(open_100_MiB_and_find_a_kernel)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
