// Two ways of doing the same, measured in turns within one run, so that a noisy machine disturbs both alike.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace hal::bench {

template <typename Work>
double seconds_of(Work &&work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> &samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

// Runs `ours` and `theirs` in turns for as long as the benchmark wants. Reports the medians of both in
// nanoseconds per operation, what ours costs more, and the ratio of their time to ours (1: equal, above: ours
// is faster).
template <typename Ours, typename Theirs>
void side_by_side(benchmark::State &state, double operations, Ours &&ours, Theirs &&theirs) {
  std::vector<double> our_times;
  std::vector<double> their_times;
  for (auto _ : state) {
    const bool ours_first = our_times.size() % 2 == 0;
    if (ours_first) our_times.push_back(seconds_of(ours));
    their_times.push_back(seconds_of(theirs));
    if (!ours_first) our_times.push_back(seconds_of(ours));
    state.SetIterationTime(our_times.back());
  }
  const double our_time = median(our_times) / operations * 1e9;
  const double their_time = median(their_times) / operations * 1e9;
  state.counters["hal_ns"] = our_time;
  state.counters["other_ns"] = their_time;
  state.counters["more_ns"] = our_time - their_time;
  state.counters["ratio"] = their_time / our_time;
}

}  // namespace hal::bench
