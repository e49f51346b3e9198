#include "runtime/halctl/selftest_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>
#include <random>
#include <span>

#include "hal/abi/native_kernel.h"
#include "hal/error.hpp"
#include "hal/program.hpp"
#include "hal/stream.hpp"
#include "runtime/halctl/suite.hpp"

namespace hal::ctl {
namespace {

using bytes = std::vector<std::byte>;

// What a step says when it cannot be done here: not a failure.
struct skip {
  std::string why;
};

[[noreturn]] void differ(std::size_t at, std::byte given, std::byte expected, std::size_t size) {
  throw error(status::internal, fmt::format("Byte {} of {} is {:#04x}; it should be {:#04x}.", at, size,
                                            static_cast<unsigned>(given), static_cast<unsigned>(expected)));
}

void expect_same(std::span<const std::byte> given, std::span<const std::byte> expected) {
  const auto [a, b] = std::mismatch(given.begin(), given.end(), expected.begin(), expected.end());
  if (a == given.end() && b == expected.end()) return;
  differ(static_cast<std::size_t>(a - given.begin()), *a, *b, given.size());
}

// The same bytes in every run.
bytes random_bytes(std::uint64_t size, std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  bytes made(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < made.size(); i += sizeof(std::uint64_t)) {
    const std::uint64_t word = generator();
    std::memcpy(made.data() + i, &word, std::min(sizeof word, made.size() - i));
  }
  return made;
}

class bench {
 public:
  bench(const device &on, std::uint64_t size)
      : device_(on), stream_(on.create_stream()), data_(random_bytes(size, 1)), size_(size) {}

  const device &on() const { return device_; }
  stream &work() { return stream_; }
  const bytes &data() const { return data_; }
  std::uint64_t size() const { return size_; }

  void need(std::uint64_t feature, const char *name) const {
    if (!device_.info().has_feature(feature)) throw skip{fmt::format("the device has no {}", name)};
  }

  // Of that size: everything that is verified below goes by it.
  buffer allocate(std::uint64_t size, const memory_options &how = {}) const {
    buffer memory = device_.allocate(size, how);
    if (memory.size() != size) {
      throw error(status::internal, fmt::format("{} bytes were asked for, {} came.", size, memory.size()));
    }
    return memory;
  }

  // Submits, waits, and keeps the time of both together.
  template <typename Work>
  void measure(step_result &into, std::uint64_t moved, Work &&work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    stream_.synchronize();
    into.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    into.bytes = moved;
  }

  bytes read_back(const buffer_view &from) {
    bytes back(static_cast<std::size_t>(from.size()));
    stream_.copy(back, from);
    stream_.synchronize();
    return back;
  }

 private:
  const device &device_;
  stream stream_;
  bytes data_;
  std::uint64_t size_;
};

// Memory whose pages are there, so that what is measured is the copy.
buffer touched(bench &at, std::uint64_t size) {
  buffer memory = at.allocate(size);
  at.work().fill(memory, std::uint8_t{0});
  at.work().synchronize();
  return memory;
}

void allocate(bench &at, step_result &result) {
  at.measure(result, 0, [&] { const buffer memory = at.allocate(at.size()); });
  const buffer odd = at.allocate(4097);
  const memory_usage usage = at.on().memory();
  if (usage.free > usage.total) {
    throw error(status::internal, fmt::format("{} bytes are free of {}.", usage.free, usage.total));
  }
}

void copy_in(bench &at, step_result &result) {
  const buffer memory = touched(at, at.size());
  at.measure(result, at.size(), [&] { at.work().copy(memory, at.data()); });
  expect_same(at.read_back(memory), at.data());
}

void copy_out(bench &at, step_result &result) {
  const buffer memory = touched(at, at.size());
  at.work().copy(memory, at.data());
  at.work().synchronize();
  bytes back(at.data().size());
  at.measure(result, at.size(), [&] { at.work().copy(back, memory); });
  expect_same(back, at.data());
}

void copy_unaligned(bench &at, step_result &result) {
  const bytes source = random_bytes(8192, 2);
  const buffer memory = at.allocate(source.size());
  at.measure(result, 0, [&] {
    for (const std::uint64_t size : {1, 3, 63, 1021, 4097}) {
      for (const std::uint64_t offset : {0, 1, 7, 64}) {
        const std::span<const std::byte> part(source.data() + offset, size);
        at.work().copy(memory.part(offset, size), part);
        expect_same(at.read_back(memory.part(offset, size)), part);
      }
    }
  });
}

void copy_within(bench &at, step_result &result) {
  const buffer from = touched(at, at.size());
  const buffer to = touched(at, at.size());
  at.work().copy(from, at.data());
  at.work().synchronize();
  at.measure(result, 2 * at.size(), [&] { at.work().copy(to, from); });
  expect_same(at.read_back(to), at.data());
}

template <typename Value>
void fill_with(bench &at, const buffer &memory, Value value) {
  at.work().fill(memory, value);
  bytes expected(static_cast<std::size_t>(memory.size()));
  for (std::size_t i = 0; i < expected.size(); i += sizeof value)
    std::memcpy(expected.data() + i, &value, sizeof value);
  expect_same(at.read_back(memory), expected);
}

void fill(bench &at, step_result &result) {
  const std::uint64_t size = std::max<std::uint64_t>(4, at.size() / 4 * 4);
  const buffer memory = touched(at, size);
  at.measure(result, size, [&] { at.work().fill(memory, std::uint32_t{0}); });
  fill_with(at, memory, std::uint8_t{0xa5});
  fill_with(at, memory, std::uint16_t{0xbeef});
  fill_with(at, memory, std::uint32_t{0xdeadbeef});
}

void copy_rows(bench &at, step_result &result) {
  at.need(HAL_FEATURE_COPY_2D, "copy_2d");
  constexpr std::uint64_t width = 61;
  constexpr std::uint64_t height = 33;
  constexpr std::uint64_t host_pitch = 67;
  constexpr std::uint64_t device_pitch = 128;
  // Room for either pitch: a device that takes one for the other overwrites nothing else.
  bytes source = random_bytes(device_pitch * height, 3);
  bytes back(source.size());
  const buffer memory = at.allocate(device_pitch * height);
  const hal_rectangle on_device{memory.handle(), 0, nullptr, device_pitch};
  at.measure(result, 0, [&] {
    at.work().copy_2d(on_device, {nullptr, 0, source.data(), host_pitch}, {width, height});
    at.work().copy_2d({nullptr, 0, back.data(), host_pitch}, on_device, {width, height});
  });
  for (std::uint64_t row = 0; row < height; ++row) {
    expect_same(std::span(back).subspan(row * host_pitch, width),
                std::span(source).subspan(row * host_pitch, width));
  }
}

void events(bench &at, step_result &result) {
  at.need(HAL_FEATURE_TIMESTAMPS, "timestamps");
  const buffer memory = touched(at, at.size());
  const event start = at.on().create_event({.timing = true});
  const event end = at.on().create_event({.timing = true});
  at.measure(result, 0, [&] {
    at.work().record(start);
    at.work().copy(memory, at.data());
    at.work().record(end);
  });
  const std::chrono::nanoseconds between = elapsed(start, end);
  if (between.count() < 0 || static_cast<double>(between.count()) > result.seconds * 1e9 + 1e6) {
    throw error(status::internal, fmt::format("The events are {} ns apart; the host saw {:.0f} ns.",
                                              between.count(), result.seconds * 1e9));
  }
}

void order_between_streams(bench &at, step_result &result) {
  stream other = at.on().create_stream();
  const event written = at.on().create_event();
  const buffer memory = touched(at, at.size());
  const buffer copy = touched(at, at.size());
  at.measure(result, 0, [&] {
    at.work().fill(memory.part(0, at.size()), std::uint8_t{0});
    at.work().copy(memory, at.data());
    at.work().record(written);
    other.wait(written);
    other.copy(copy, memory);
    other.synchronize();
  });
  expect_same(at.read_back(copy), at.data());
}

void host_function(bench &at, step_result &result) {
  at.need(HAL_FEATURE_HOST_FUNCTIONS, "host_functions");
  std::atomic<int> calls = 0;
  at.measure(result, 0,
             [&] { at.work().call([](void *user) { ++*static_cast<std::atomic<int> *>(user); }, &calls); });
  if (calls != 1)
    throw error(status::internal, fmt::format("The function was called {} times, not once.", calls.load()));
}

void pinned_memory(bench &at, step_result &result) {
  at.need(HAL_FEATURE_HOST_MEMORY, "host_memory");
  const std::uint64_t size = std::min<std::uint64_t>(at.size(), 1 << 20);
  buffer pinned;
  try {
    pinned = at.allocate(size, {.kind = memory_kind::host});
  } catch (const error &limit) {
    if (limit.status() == status::resource_exhausted) throw skip{limit.what()};
    throw;
  }
  std::copy_n(at.data().begin(), size, pinned.host_bytes().begin());
  const buffer memory = touched(at, size);
  at.measure(result, size, [&] { at.work().copy(memory, pinned); });
  expect_same(at.read_back(memory), std::span(at.data()).first(static_cast<std::size_t>(size)));
}

void graphs(bench &at, step_result &result) {
  at.need(HAL_FEATURE_GRAPHS, "graphs");
  const buffer from = at.allocate(4096);
  const buffer to = at.allocate(4096);
  const graph recorded = at.work().capture([&](stream &capturing) {
    capturing.fill(from, std::uint8_t{0x5a});
    capturing.copy(to, from);
  });
  const graph_executable ready(recorded);
  at.measure(result, 0, [&] {
    for (int i = 0; i < 10; ++i) at.work().launch(ready);
  });
  expect_same(at.read_back(to), bytes(4096, std::byte{0x5a}));
}

void add_block(const hal_native_block *block) {
  const float *a = *static_cast<const float *const *>(block->arguments[0]);
  const float *b = *static_cast<const float *const *>(block->arguments[1]);
  float *sum = *static_cast<float *const *>(block->arguments[2]);
  const std::uint32_t count = *static_cast<const std::uint32_t *>(block->arguments[3]);
  const std::uint32_t begin = block->index[0] * block->block[0];
  const std::uint32_t end = std::min(count, begin + block->block[0]);
  for (std::uint32_t i = begin; i < end; ++i) sum[i] = a[i] + b[i];
}

constexpr std::array<hal_native_parameter, 4> add_parameters = {{{HAL_ARGUMENT_MEMORY, 8, 8, 0, "a"},
                                                                 {HAL_ARGUMENT_MEMORY, 8, 8, 0, "b"},
                                                                 {HAL_ARGUMENT_MEMORY, 8, 8, 0, "sum"},
                                                                 {HAL_ARGUMENT_VALUE, 4, 4, 0, "count"}}};
constexpr hal_native_kernel add_kernel{
    sizeof(hal_native_kernel), 0,         "add", &add_block, nullptr, add_parameters.data(),
    add_parameters.size(),     {0, 0, 0}, 0};
constexpr std::array<const hal_native_kernel *, 1> kernels = {&add_kernel};
constexpr hal_native_module native_module{sizeof(hal_native_module), kernels.size(), kernels.data()};

// The kernel in a format that the device takes: of this program, or compiled with the conformance suite.
kernel add_on(const device &on, module &own, program &compiled) {
  const auto &formats = on.info().module_formats;
  if (std::find(formats.begin(), formats.end(), "native") != formats.end()) {
    own = on.load({.format = "native", .bytes = std::as_bytes(std::span(&native_module, 1))});
    return own["add"];
  }
  const std::filesystem::path file = suite_file("conformance-kernels.halb");
  try {
    if (!file.empty()) {
      compiled = on.load(bundle::open(file));
      return compiled["vector_add"];
    }
  } catch (const error &unfit) {
    if (unfit.status() != status::incompatible_target) throw;
  }
  throw skip{"there is no test kernel in a format that the device takes"};
}

void vector_add(bench &at, step_result &result) {
  at.need(HAL_FEATURE_KERNELS, "kernels");
  module own;
  program compiled;
  const kernel add = add_on(at.on(), own, compiled);
  // No multiple of a block, so that the last one has a tail.
  const auto count =
      static_cast<std::uint32_t>(std::clamp<std::uint64_t>(at.size() / sizeof(float), 1, 1u << 28) | 1u);
  std::vector<float> a(count);
  std::vector<float> b(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    a[i] = static_cast<float>(i % 1000);
    b[i] = static_cast<float>(i % 77) * 0.5f;
  }
  const std::uint64_t size = std::uint64_t{count} * sizeof(float);
  const buffer on_a = touched(at, size);
  const buffer on_b = touched(at, size);
  const buffer on_sum = touched(at, size);
  at.work().copy(on_a, a);
  at.work().copy(on_b, b);
  at.work().synchronize();
  const std::uint32_t block = std::min(256u, at.on().info().max_block_items);
  at.measure(result, 3 * size, [&] {
    at.work().launch(add, {.grid = (count + block - 1) / block, .block = block}, on_a, on_b, on_sum, count);
  });
  std::vector<float> sum(count);
  at.work().copy(sum, on_sum);
  at.work().synchronize();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (sum[i] != a[i] + b[i]) {
      throw error(status::internal,
                  fmt::format("Element {} is {}; {} + {} is {}.", i, sum[i], a[i], b[i], a[i] + b[i]));
    }
  }
}

struct step {
  const char *name;
  void (*run)(bench &, step_result &);
};

constexpr step steps[] = {
    {"allocate", allocate},
    {"copy to the device", copy_in},
    {"copy to the host", copy_out},
    {"copies of odd sizes", copy_unaligned},
    {"copy on the device", copy_within},
    {"copy of rows", copy_rows},
    {"fill", fill},
    {"pinned memory", pinned_memory},
    {"events", events},
    {"order between streams", order_between_streams},
    {"host function", host_function},
    {"graph", graphs},
    {"vector add", vector_add},
};

}  // namespace

std::string_view to_string(step_result::outcome ended) noexcept {
  switch (ended) {
    case step_result::outcome::ok:
      return "ok";
    case step_result::outcome::failed:
      return "failed";
    case step_result::outcome::skipped:
      break;
  }
  return "skipped";
}

std::vector<step_result> run_steps(const device &on, std::uint64_t size,
                                   const std::function<void(std::string_view)> &begin) {
  std::vector<step_result> results;
  bench at(on, size);
  for (const step &next : steps) {
    begin(next.name);
    step_result &result = results.emplace_back();
    result.name = next.name;
    try {
      next.run(at, result);
    } catch (const skip &here) {
      result.ended = step_result::outcome::skipped;
      result.detail = here.why;
    } catch (const error &wrong) {
      result.ended = step_result::outcome::failed;
      result.detail = wrong.what();
      if (wrong.status() == status::device_lost || wrong.status() == status::launch_failed) break;
    } catch (const std::bad_alloc &) {
      result.ended = step_result::outcome::failed;
      result.detail = fmt::format("This program has no memory for transfers of {} bytes.", size);
    }
  }
  return results;
}

}  // namespace hal::ctl
