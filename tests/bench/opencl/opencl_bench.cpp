// What stands between a program and an OpenCL driver that computes: the C++ interface and the plugin, against
// calling OpenCL's entries, both over the same driver.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "hal/hal.hpp"
#include "plugins/opencl/api.hpp"
#include "tests/bench/side_by_side.hpp"

namespace {

namespace driver = hal::plugins::opencl::driver;

constexpr char source[] = R"(
kernel void nothing(void) {}
kernel void add(global const float *left, global const float *right, global float *sum, uint count) {
  const size_t i = get_global_id(0);
  if (i < count) sum[i] = left[i] + right[i];
})";

const driver::entries &direct() {
  static const driver::entries found = [] {
    driver::entries all;
    void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::abort();
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) \
  all.member = reinterpret_cast<decltype(all.member)>(dlsym(library, #symbol));
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
    return all;
  }();
  return found;
}

// The same device, context, queue and kernels, by OpenCL alone.
struct plain {
  plain() {
    const driver::entries &cl = direct();
    driver::platform platform = nullptr;
    cl.get_platform_ids(1, &platform, nullptr);
    cl.get_device_ids(platform, driver::device_type_all, 1, &device, nullptr);
    context = cl.create_context(nullptr, 1, &device, nullptr, nullptr, nullptr);
    queue = cl.create_queue(context, device, 0, nullptr);
    const char *text = source;
    program = cl.create_program_with_source(context, 1, &text, nullptr, nullptr);
    if (cl.build_program(program, 1, &device, "", nullptr, nullptr) != driver::CL_SUCCESS) std::abort();
    nothing = kernel("nothing");
    add = kernel("add");
  }
  driver::kernel kernel(const char *name) const { return direct().create_kernel(program, name, nullptr); }
  driver::buffer buffer(std::size_t size) const {
    return direct().create_buffer(context, driver::mem_read_write, size, nullptr, nullptr);
  }

  driver::device device = nullptr;
  driver::context context = nullptr;
  driver::queue queue = nullptr;
  driver::program program = nullptr;
  driver::kernel nothing = nullptr, add = nullptr;
};

const plain &the_plain() {
  static const plain made;
  return made;
}

struct over_hal {
  over_hal()
      : runtime([] {
          hal::runtime_options options;
          options.plugins = "opencl";
          return options;
        }()),
        device(runtime.open("opencl:0")),
        stream(device.create_stream()),
        module(device.load(
            {.format = "opencl-c", .bytes = std::as_bytes(std::span(source, sizeof source - 1))})),
        nothing(module["nothing"]),
        add(module["add"]) {}

  hal::runtime runtime;
  hal::device device;
  hal::stream stream;
  hal::module module;
  hal::kernel nothing, add;
};

over_hal &the_hal() {
  static over_hal made;
  return made;
}

void launch_and_synchronize(benchmark::State &state) {
  over_hal &ours = the_hal();
  const plain &theirs = the_plain();
  const driver::entries &cl = direct();
  constexpr int operations = 200;
  const std::size_t one = 1;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) {
          ours.stream.launch(ours.nothing, {.grid = 1, .block = 1});
          ours.stream.synchronize();
        }
      },
      [&] {
        for (int i = 0; i < operations; ++i) {
          cl.enqueue_kernel(theirs.queue, theirs.nothing, 1, nullptr, &one, &one, 0, nullptr, nullptr);
          cl.finish(theirs.queue);
        }
      });
}

void launch_of_100(benchmark::State &state) {
  over_hal &ours = the_hal();
  const plain &theirs = the_plain();
  const driver::entries &cl = direct();
  constexpr int operations = 100;
  const std::size_t one = 1;
  hal::bench::side_by_side(
      state, operations,
      [&] {
        for (int i = 0; i < operations; ++i) ours.stream.launch(ours.nothing, {.grid = 1, .block = 1});
        ours.stream.synchronize();
      },
      [&] {
        for (int i = 0; i < operations; ++i)
          cl.enqueue_kernel(theirs.queue, theirs.nothing, 1, nullptr, &one, &one, 0, nullptr, nullptr);
        cl.finish(theirs.queue);
      });
}

void vector_add(benchmark::State &state) {
  over_hal &ours = the_hal();
  const plain &theirs = the_plain();
  const driver::entries &cl = direct();
  const std::uint32_t count = 1u << 22;
  constexpr std::size_t block = 256;
  const std::size_t items = count;
  const hal::buffer x = ours.device.allocate(count * sizeof(float));
  const hal::buffer y = ours.device.allocate(count * sizeof(float));
  const hal::buffer z = ours.device.allocate(count * sizeof(float));
  driver::buffer memory[3];
  for (driver::buffer &one : memory) one = theirs.buffer(count * sizeof(float));
  const auto clear = [&] {
    for (const hal::buffer *one : {&x, &y, &z}) ours.stream.fill(*one, std::uint32_t{0});
    ours.stream.synchronize();
    const std::uint32_t zero = 0;
    for (const driver::buffer one : memory)
      cl.enqueue_fill(theirs.queue, one, &zero, sizeof zero, 0, count * sizeof(float), 0, nullptr, nullptr);
    cl.finish(theirs.queue);
  };
  clear();
  hal::bench::side_by_side(
      state, 1,
      [&] {
        ours.stream.launch(ours.add, {.grid = count / block, .block = block}, x, y, z, count);
        ours.stream.synchronize();
      },
      [&] {
        for (std::uint32_t i = 0; i < 3; ++i) cl.set_kernel_arg(theirs.add, i, sizeof memory[i], &memory[i]);
        cl.set_kernel_arg(theirs.add, 3, sizeof count, &count);
        cl.enqueue_kernel(theirs.queue, theirs.add, 1, nullptr, &items, &block, 0, nullptr, nullptr);
        cl.finish(theirs.queue);
      });
  for (const driver::buffer one : memory) cl.release_buffer(one);
}

// Four threads launch one kernel, each on a queue of its own. OpenCL's way is a kernel object for each
// thread.
void launch_from_4_threads(benchmark::State &state) {
  over_hal &ours = the_hal();
  const plain &theirs = the_plain();
  const driver::entries &cl = direct();
  constexpr int threads = 4;
  constexpr int operations = 200;
  const std::size_t one = 1;
  const std::uint32_t count = 0;
  std::vector<hal::stream> streams;
  std::vector<driver::queue> queues;
  std::vector<driver::kernel> kernels;
  const hal::buffer x = ours.device.allocate(64);
  const driver::buffer memory = theirs.buffer(64);
  for (int i = 0; i < threads; ++i) {
    streams.push_back(ours.device.create_stream());
    queues.push_back(cl.create_queue(theirs.context, theirs.device, 0, nullptr));
    kernels.push_back(theirs.kernel("add"));
  }
  const auto on_each = [&](const auto &work) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(static_cast<std::size_t>(i)); });
    for (std::thread &thread : running) thread.join();
  };
  hal::bench::side_by_side(
      state, threads * operations,
      [&] {
        on_each([&](std::size_t i) {
          for (int n = 0; n < operations; ++n)
            streams[i].launch(ours.add, {.grid = 1, .block = 1}, x, x, x, count);
          streams[i].synchronize();
        });
      },
      [&] {
        on_each([&](std::size_t i) {
          for (int n = 0; n < operations; ++n) {
            for (std::uint32_t argument = 0; argument < 3; ++argument)
              cl.set_kernel_arg(kernels[i], argument, sizeof memory, &memory);
            cl.set_kernel_arg(kernels[i], 3, sizeof count, &count);
            cl.enqueue_kernel(queues[i], kernels[i], 1, nullptr, &one, &one, 0, nullptr, nullptr);
          }
          cl.finish(queues[i]);
        });
      });
  for (const driver::queue queue : queues) cl.release_queue(queue);
  for (const driver::kernel kernel : kernels) cl.release_kernel(kernel);
  cl.release_buffer(memory);
}

BENCHMARK(launch_and_synchronize)->UseManualTime();
BENCHMARK(launch_of_100)->UseManualTime();
BENCHMARK(vector_add)->UseManualTime();
BENCHMARK(launch_from_4_threads)->UseManualTime();

}  // namespace

int main(int count, char **words) {
  if (hal::runtime runtime; [&runtime] {
        for (const hal::device_entry &entry : runtime.look()->devices) {
          for (const hal::device_info &way : entry.ways_in) {
            if (way.plugin == "opencl") return false;
          }
        }
        return true;
      }()) {
    return 77;  // no driver here
  }
  benchmark::Initialize(&count, words);
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
