// metrics: what changes while the device runs.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

hal_metrics read_metrics() {
  hal_metrics figures;
  std::memset(&figures, poison, sizeof figures);
  figures.struct_size = sizeof figures;
  if (plugin().abi_minor == 0) {  // it knows nothing behind this
    const std::size_t known = offsetof(hal_metrics, memory_temperature);
    std::memset(reinterpret_cast<unsigned char *>(&figures) + known, 0, sizeof figures - known);
  }
  require_ok(call(plugin().metrics, the_subject().index(), &figures));
  return figures;
}

std::uint64_t monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

TEST_CASE("metrics: a figure that was not read is 0") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  const hal_metrics figures = read_metrics();
  const auto zero_unless = [&](std::uint64_t bit, auto value) {
    CAPTURE(bit);
    if ((figures.valid & bit) == 0) CHECK(value == 0);
  };
  zero_unless(HAL_METRIC_UTILIZATION, figures.utilization);
  zero_unless(HAL_METRIC_MEMORY_UTILIZATION, figures.memory_utilization);
  zero_unless(HAL_METRIC_MEMORY_USED, figures.memory_used);
  zero_unless(HAL_METRIC_MEMORY_TOTAL, figures.memory_total);
  zero_unless(HAL_METRIC_POWER, figures.power);
  zero_unless(HAL_METRIC_POWER_LIMIT, figures.power_limit);
  zero_unless(HAL_METRIC_TEMPERATURE, figures.temperature);
  zero_unless(HAL_METRIC_COMPUTE_CLOCK, figures.compute_clock);
  zero_unless(HAL_METRIC_MEMORY_CLOCK, figures.memory_clock);
  zero_unless(HAL_METRIC_MEMORY_TEMPERATURE, figures.memory_temperature);
  zero_unless(HAL_METRIC_BUS_RATES, figures.bus_sent + figures.bus_received);
  zero_unless(HAL_METRIC_LINK_BYTES, figures.link_sent + figures.link_received);
  zero_unless(HAL_METRIC_ECC_ERRORS, figures.ecc_corrected + figures.ecc_uncorrected);
  zero_unless(HAL_METRIC_FAULTS, figures.faults + figures.last_fault);
  zero_unless(HAL_METRIC_THROTTLE, figures.throttle);
}

TEST_CASE("metrics: figures lie within their bounds") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  for (int i = 0; i < 5; ++i) {
    const hal_metrics figures = read_metrics();
    CHECK(figures.struct_size == sizeof figures);
    CHECK((figures.utilization >= 0 && figures.utilization <= 1));
    CHECK((figures.memory_utilization >= 0 && figures.memory_utilization <= 1));
    CHECK(std::isfinite(figures.power));
    CHECK(figures.power >= 0);
    CHECK(std::isfinite(figures.temperature));
    CHECK(std::isfinite(figures.memory_temperature));
    if (figures.faults == 0) CHECK(figures.last_fault == 0);
    if (figures.valid & HAL_METRIC_MEMORY_TOTAL) CHECK(figures.memory_used <= figures.memory_total);
  }
}

TEST_CASE("metrics: the time of the reading is on the monotonic clock and does not run back") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  const auto first = read_metrics().timestamp;
  const auto second = read_metrics().timestamp;
  CHECK(first > 0);
  CHECK(second >= first);
  CHECK(second <= monotonic_now());
}

TEST_CASE("metrics: can be read while the device works, from 16 threads") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 1 << 20);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      hal_metrics figures{};
      figures.struct_size = sizeof figures;
      if (plugin().metrics(the_subject().index(), &figures, nullptr) != HAL_STATUS_OK) ++wrong;
    });
  }
  for (int i = 0; i < 10; ++i) fill(on, memory, 1);
  for (auto &one : threads) one.join();
  finish(on);
  CHECK(wrong == 0);
}

TEST_CASE("metrics: writes no more than a short record holds [negative]") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  for (const std::size_t size :
       {offsetof(hal_metrics, timestamp), offsetof(hal_metrics, memory_used), sizeof(hal_metrics) - 8}) {
    CAPTURE(size);
    alignas(8) unsigned char room[sizeof(hal_metrics)];
    std::memset(room, poison, sizeof room);
    const auto stated = static_cast<std::uint32_t>(size);
    std::memcpy(room, &stated, sizeof stated);
    expect_ok(call(plugin().metrics, the_subject().index(), reinterpret_cast<hal_metrics *>(room)));
    CHECK(std::all_of(room + size, room + sizeof room, [](auto byte) { return byte == poison; }));
  }
}

TEST_CASE("metrics: an index beyond the count [negative]") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  hal_metrics figures{};
  figures.struct_size = sizeof figures;
  expect_status(call(plugin().metrics, the_subject().device_count(), &figures), HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(plugin().metrics, UINT32_MAX, &figures), HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("metrics: no record [negative]") {
  if (skip_without(HAL_FEATURE_METRICS)) return;
  expect_status(call(plugin().metrics, the_subject().index(), nullptr), HAL_STATUS_INVALID_ARGUMENT);
}
