// A program that depends on the HAL: opens the device that its argument names and moves a buffer there and
// back.
#include <cstdint>
#include <cstdio>
#include <hal/hal.hpp>
#include <numeric>
#include <vector>

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: program DEVICE\n");
    return 2;
  }
  try {
    hal::runtime runtime;
    const hal::device device = runtime.open(argv[1]);
    hal::stream stream = device.create_stream();
    std::vector<std::uint32_t> sent(100'000);
    std::iota(sent.begin(), sent.end(), 7u);
    std::vector<std::uint32_t> received(sent.size());
    const hal::buffer there = device.allocate(sent.size() * sizeof sent[0]);
    const hal::buffer copied = device.allocate(there.size());
    stream.copy(there, sent);
    stream.copy(copied, there);
    stream.copy(received, copied);
    stream.synchronize();
    if (received != sent) {
      std::fprintf(stderr, "The buffer that came back from %s differs.\n", argv[1]);
      return 1;
    }
    std::printf("%s: %s\n", device.info().selector().c_str(), device.info().name.c_str());
    return 0;
  } catch (const hal::error &failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
