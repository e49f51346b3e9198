#include "runtime/halctl/bench_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>

#include "hal/error.hpp"
#include "hal/stream.hpp"
#include "hal/units.hpp"
#include "runtime/halctl/device_kernels.hpp"
#include "runtime/halctl/text.hpp"

namespace hal::ctl {
namespace {

using clock = std::chrono::steady_clock;
using namespace hal::literals;

// What a step says when it cannot be done here: not a failure.
struct skip {
  std::string why;
};

double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

struct timing {
  double least_sample;  // seconds: short ones are repeated until they take this long
  double budget;        // seconds for the samples of one step
  std::uint32_t least_samples;
  std::uint32_t most_samples;
};
constexpr timing thorough{2e-3, 0.25, 11, 201};
constexpr timing hasty{0.2e-3, 0.02, 5, 51};

class bench {
 public:
  bench(const device &on, bool quick)
      : device_(on), quick_(quick), stream_(on.create_stream()), other_(on.create_stream()) {}

  const device &on() const { return device_; }
  stream &work() { return stream_; }
  stream &other() { return other_; }
  bool quick() const { return quick_; }

  void need(std::uint64_t feature, const char *name) const {
    if (!device_.info().has_feature(feature)) throw skip{fmt::format("the device has no {}", name)};
  }

  // The empty kernel, loaded when it is first asked for.
  const hal::kernel &kernel() {
    need(HAL_FEATURE_KERNELS, "kernels");
    if (!kernel_) {
      try {
        kernel_ = empty_kernel(device_);
      } catch (const error &none) {
        throw skip{none.what()};
      }
    }
    return kernel_->kernel;
  }

  // Times `once` again and again. What it submitted is finished between the samples, outside of the time, so
  // that no queue runs full; `most` is how many operations may be submitted before that.
  template <typename Once>
  void measure(bench_figure &into, std::uint32_t most, Once &&once) {
    const timing &how = quick_ ? hasty : thorough;
    const auto sample = [&](std::uint32_t operations) {
      const auto begin = clock::now();
      for (std::uint32_t i = 0; i < operations; ++i) once();
      const double seconds = seconds_since(begin);
      stream_.synchronize();
      other_.synchronize();
      return seconds;
    };
    sample(1);
    std::uint32_t operations = 1;
    while (operations < most && sample(operations) < how.least_sample)
      operations = std::min(most, operations * 2);
    std::vector<double> times;
    const auto begin = clock::now();
    while (times.size() < how.least_samples ||
           (times.size() < how.most_samples && seconds_since(begin) < how.budget))
      times.push_back(sample(operations) / operations);
    std::sort(times.begin(), times.end());
    const auto at = [&times](double part) {
      return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1) + 0.5)];
    };
    into.median = at(0.5);
    into.low = at(0.1);
    into.high = at(0.9);
    into.samples = static_cast<std::uint32_t>(times.size());
    into.operations = operations;
  }

  buffer pinned(std::uint64_t size) const {
    need(HAL_FEATURE_HOST_MEMORY, "host_memory");
    try {
      return device_.allocate(size, {.kind = memory_kind::host});
    } catch (const error &limit) {
      if (limit.status() == status::resource_exhausted || limit.status() == status::out_of_host_memory)
        throw skip{limit.what()};
      throw;
    }
  }

  // Memory whose pages are there, so that what is measured is the work on it.
  buffer touched(std::uint64_t size) {
    const std::uint64_t most = std::min(device_.info().memory_total / 8, device_.info().max_allocation);
    if (most != 0 && size > most)
      throw skip{fmt::format("{} do not fit beside what else uses the device", human_bytes(size))};
    buffer memory = device_.allocate(size);
    stream_.fill(memory, std::uint8_t{0});
    stream_.synchronize();
    return memory;
  }

 private:
  const device &device_;
  const bool quick_;
  stream stream_;
  stream other_;
  std::optional<loaded_kernel> kernel_;
};

constexpr launch_shape one_block{.grid = 1, .block = 1};
constexpr std::uint32_t queue_room = 500;  // submissions that every device takes without blocking
constexpr std::uint32_t any = 1u << 20;    // for what waits by itself

void launch(bench &at, bench_figure &result) {
  const hal::kernel &kernel = at.kernel();
  at.measure(result, queue_room, [&] { at.work().launch(kernel, one_block); });
}

void launch_and_synchronize(bench &at, bench_figure &result) {
  const hal::kernel &kernel = at.kernel();
  at.measure(result, any, [&] {
    at.work().launch(kernel, one_block);
    at.work().synchronize();
  });
}

void graph_of_100(bench &at, bench_figure &result) {
  at.need(HAL_FEATURE_GRAPHS, "graphs");
  const hal::kernel &kernel = at.kernel();
  const graph recorded = at.work().capture([&](stream &capturing) {
    for (int i = 0; i < 100; ++i) capturing.launch(kernel, one_block);
  });
  const graph_executable ready(recorded);
  at.measure(result, any, [&] {
    at.work().launch(ready);
    at.work().synchronize();
  });
}

void record_and_wait(bench &at, bench_figure &result) {
  const event mark = at.on().create_event();
  at.measure(result, queue_room, [&] {
    at.work().record(mark);
    at.other().wait(mark);
  });
}

void record_and_synchronize(bench &at, bench_figure &result) {
  const event mark = at.on().create_event();
  at.measure(result, any, [&] {
    at.work().record(mark);
    mark.synchronize();
  });
}

void allocate_and_free(bench &at, bench_figure &result) {
  at.measure(result, any, [&] { const buffer memory = at.on().allocate(1_MiB); });
}

void allocate_and_free_in_order(bench &at, bench_figure &result) {
  at.need(HAL_FEATURE_STREAM_ALLOCATION, "stream_allocation");
  // Not every device reuses what is freed before its stream gets there.
  const auto room = std::max<std::uint64_t>(at.on().memory().free / 4 / 1_MiB, 1);
  const auto most = static_cast<std::uint32_t>(std::min<std::uint64_t>(queue_room, room));
  at.measure(result, most, [&] { at.work().free(at.work().allocate(1_MiB)); });
}

struct step {
  std::string name;
  std::uint64_t bytes;
  std::function<void(bench &, bench_figure &)> run;
};

void add_transfers(std::vector<step> &steps, std::uint64_t size) {
  const auto name = [size](const char *what) { return fmt::format("{}, {}", what, human_bytes(size)); };
  steps.push_back({name("copy to the device, pinned"), size, [size](bench &at, bench_figure &result) {
                     const buffer from = at.pinned(size);
                     const buffer to = at.touched(size);
                     std::ranges::fill(from.host_bytes(), std::byte{1});
                     at.measure(result, any, [&] {
                       at.work().copy_to_device(to, from.host_bytes().data(), size);
                       at.work().synchronize();
                     });
                   }});
  steps.push_back({name("copy to the device, pageable"), size, [size](bench &at, bench_figure &result) {
                     const std::vector<std::byte> from(static_cast<std::size_t>(size), std::byte{1});
                     const buffer to = at.touched(size);
                     at.measure(result, any, [&] {
                       at.work().copy(to, from);
                       at.work().synchronize();
                     });
                   }});
  steps.push_back({name("copy to the host, pinned"), size, [size](bench &at, bench_figure &result) {
                     const buffer from = at.touched(size);
                     const buffer to = at.pinned(size);
                     std::ranges::fill(to.host_bytes(), std::byte{1});
                     at.measure(result, any, [&] {
                       at.work().copy_to_host(to.host_bytes().data(), from, size);
                       at.work().synchronize();
                     });
                   }});
  steps.push_back({name("copy to the host, pageable"), size, [size](bench &at, bench_figure &result) {
                     const buffer from = at.touched(size);
                     std::vector<std::byte> to(static_cast<std::size_t>(size), std::byte{1});
                     at.measure(result, any, [&] {
                       at.work().copy(to, from);
                       at.work().synchronize();
                     });
                   }});
  steps.push_back({name("copy on the device"), size, [size](bench &at, bench_figure &result) {
                     const buffer from = at.touched(size);
                     const buffer to = at.touched(size);
                     at.measure(result, any, [&] {
                       at.work().copy(to, from);
                       at.work().synchronize();
                     });
                   }});
  steps.push_back({name("fill"), size, [size](bench &at, bench_figure &result) {
                     const buffer memory = at.touched(size);
                     at.measure(result, any, [&] {
                       at.work().fill(memory, std::uint32_t{0});
                       at.work().synchronize();
                     });
                   }});
}

std::vector<step> all_steps(bool quick) {
  std::vector<step> steps = {
      {"launch", 0, launch},
      {"launch and synchronize", 0, launch_and_synchronize},
      {"graph of 100 launches", 0, graph_of_100},
      {"event recorded and awaited by a stream", 0, record_and_wait},
      {"event recorded and synchronized with", 0, record_and_synchronize},
      {"allocate and free, 1.00 MiB", 0, allocate_and_free},
      {"allocate and free in stream order, 1.00 MiB", 0, allocate_and_free_in_order},
  };
  for (const std::uint64_t size : {4_KiB, 64_KiB, 1_MiB}) add_transfers(steps, size);
  if (!quick) {
    for (const std::uint64_t size : {16_MiB, 256_MiB}) add_transfers(steps, size);
  }
  return steps;
}

}  // namespace

std::string_view to_string(bench_figure::outcome ended) noexcept {
  switch (ended) {
    case bench_figure::outcome::ok:
      return "ok";
    case bench_figure::outcome::failed:
      return "failed";
    case bench_figure::outcome::skipped:
      break;
  }
  return "skipped";
}

std::vector<bench_figure> run_bench(const device &on, bool quick,
                                    const std::function<void(std::string_view)> &begin) {
  std::vector<bench_figure> figures;
  bench at(on, quick);
  for (const step &next : all_steps(quick)) {
    begin(next.name);
    bench_figure &result = figures.emplace_back();
    result.name = next.name;
    result.bytes = next.bytes;
    try {
      next.run(at, result);
    } catch (const skip &here) {
      result.ended = bench_figure::outcome::skipped;
      result.detail = here.why;
    } catch (const error &wrong) {
      result.ended = bench_figure::outcome::failed;
      result.detail = wrong.what();
      if (wrong.status() == status::device_lost || wrong.status() == status::launch_failed) break;
    } catch (const std::bad_alloc &) {
      result.ended = bench_figure::outcome::skipped;
      result.detail = fmt::format("this program has no memory for {}", human_bytes(next.bytes));
    }
  }
  return figures;
}

}  // namespace hal::ctl
