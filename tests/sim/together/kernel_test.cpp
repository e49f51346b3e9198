// Kernels of one bundle on every device.
#include <doctest/doctest.h>

#include <cstring>
#include <map>

#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

template <typename Value>
std::vector<Value> read(hal::stream &on, const hal::buffer &memory) {
  std::vector<Value> values(static_cast<std::size_t>(memory.size() / sizeof(Value)));
  on.copy(values, memory);
  on.synchronize();
  return values;
}

std::vector<float> add_on(const hal::device &device, std::uint32_t count) {
  const hal::program code = device.load(kernels());
  hal::stream on = device.create_stream();
  std::vector<float> left(count), right(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    left[i] = static_cast<float>(i) * 0.25f;
    right[i] = static_cast<float>(count - i) * 3.0f;
  }
  const hal::buffer a = device.allocate(count * sizeof(float));
  const hal::buffer b = device.allocate(count * sizeof(float));
  const hal::buffer sum = device.allocate(count * sizeof(float));
  on.copy(a, left);
  on.copy(b, right);
  on.launch(code["vector_add"], {.grid = (count + 63) / 64, .block = 64}, a, b, sum, count);
  return read<float>(on, sum);
}

}  // namespace

TEST_CASE("together: one bundle's kernels run on each device and agree") {
  constexpr std::uint32_t count = 10'007;
  std::map<std::string, std::vector<float>> sums;
  std::size_t without = 0;
  for (const hal::device &device : open_all()) {
    if (takes_kernels(device))
      sums[device.info().selector()] = add_on(device, count);
    else
      ++without;
  }
  REQUIRE(sums.size() >= 2);
  CHECK_MESSAGE((without == 0 || !HAL_TEST_COMPILED), "the bundle has nothing for ", without, " devices");
  std::vector<float> expected(count);
  for (std::uint32_t i = 0; i < count; ++i)
    expected[i] = static_cast<float>(i) * 0.25f + static_cast<float>(count - i) * 3.0f;
  for (const auto &[selector, found] : sums) {
    CAPTURE(selector);
    CHECK((found == expected));
  }
}

TEST_CASE("together: what one device computed is the next one's input") {
  std::vector<hal::device> devices = open_all();
  std::erase_if(devices, [](const hal::device &one) { return !takes_kernels(one); });
  REQUIRE(devices.size() >= 2);
  constexpr std::uint32_t count = 4096;
  std::vector<float> values(count, 1.0f);
  hal::buffer here;
  for (const hal::device &device : devices) {
    hal::stream on = device.create_stream();
    hal::buffer input = device.allocate(count * sizeof(float));
    if (here)
      on.copy(input, here);
    else
      on.copy(input, values);
    const hal::program code = device.load(kernels());
    hal::buffer output = device.allocate(count * sizeof(float));
    on.launch(code["vector_add"], {.grid = count / 64, .block = 64}, input, input, output, count);
    on.synchronize();
    here = std::move(output);
  }
  hal::stream last = devices.back().create_stream();
  const float expected = static_cast<float>(1u << devices.size());
  CHECK((read<float>(last, here) == std::vector<float>(count, expected)));
}
