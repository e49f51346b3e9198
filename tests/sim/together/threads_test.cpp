// Many threads over all devices at once.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/sim/together/machine.hpp"

using namespace together;

TEST_CASE("together: 16 threads work on all devices, and copy from one to the next") {
  const std::vector<hal::device> devices = open_all();
  std::vector<hal::program> code;
  for (const hal::device &device : devices)
    code.push_back(takes_kernels(device) ? device.load(kernels()) : hal::program());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < 16; ++number) {
    threads.emplace_back([&, number] {
      try {
        for (unsigned round = 0; round < 9; ++round) {
          const std::size_t at = (number + round) % devices.size();
          const hal::device &from = devices[at];
          const hal::device &to = devices[(at + 1) % devices.size()];
          hal::stream on = from.create_stream();
          hal::stream there = to.create_stream();
          constexpr std::uint32_t count = 5000;
          const std::vector<float> values(count, static_cast<float>(number + 1));
          const hal::buffer input = from.allocate(count * sizeof(float));
          const hal::buffer sum = from.allocate(count * sizeof(float));
          const hal::buffer copy = to.allocate(count * sizeof(float));
          on.copy(input, values);
          const bool adds = takes_kernels(from);
          if (adds)
            on.launch(code[at]["vector_add"], {.grid = (count + 63) / 64, .block = 64}, input, input, sum,
                      count);
          else
            on.copy(sum, input);
          on.copy(copy, sum);
          on.synchronize();
          std::vector<float> found(count);
          there.copy(found, copy);
          there.synchronize();
          const float expected = static_cast<float>(number + 1) * (adds ? 2.0f : 1.0f);
          if (found != std::vector<float>(count, expected)) ++wrong;
        }
      } catch (const hal::error &) {
        ++wrong;
      }
    });
  }
  for (std::thread &one : threads) one.join();
  CHECK(wrong == 0);
}

TEST_CASE("together: 16 threads look at the inventory while devices are opened and closed") {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < 16; ++number) {
    threads.emplace_back([&, number] {
      try {
        const auto seen = all_plugins().look();
        const auto &entry = seen->devices[number % seen->devices.size()];
        if (entry.usable() && !works(all_plugins().open(entry.ways_in.front()))) ++wrong;
      } catch (const hal::error &) {
        ++wrong;
      }
    });
  }
  for (std::thread &one : threads) one.join();
  CHECK(wrong == 0);
}
