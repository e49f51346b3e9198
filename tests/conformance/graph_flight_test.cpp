// Graphs of many operations, of which many launches are in flight: each operation counts on the one before
// it, so that whatever runs twice, not at all or too early is seen.
#include <algorithm>
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/graphs.hpp"

using namespace conformance;

namespace {

// Moves what `first` holds up by a byte and puts `value` below; what `second` held is lost.
void shift(const bench &at, hal_stream *on, std::uint8_t value) {
  expect_ok(call(table().copy, on, at.second, 1u, at.first, 0u, 255u));
  expect_ok(call(table().fill, on, at.second, 0u, 1u, std::uint32_t{value}, 1u));
  expect_ok(call(table().copy, on, at.first, 0u, at.second, 0u, 256u));
  expect_ok(call(table().fill, on, at.second, 0u, 256u, 0xeeu, 1u));
}

// What `first` holds after `values` came in, one after the other.
std::vector<std::uint8_t> shifted(std::vector<std::uint8_t> values) {
  std::reverse(values.begin(), values.end());
  values.resize(256);
  return values;
}

// `times` times the values of one launch.
std::vector<std::uint8_t> repeated(const std::vector<std::uint8_t> &once, int times) {
  std::vector<std::uint8_t> values;
  for (int i = 0; i < times; ++i) values.insert(values.end(), once.begin(), once.end());
  return values;
}

}  // namespace

TEST_CASE("graph: thirty launches in flight run one after the other") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] {
    for (const std::uint8_t value : {1, 2, 3}) shift(at, at.on, value);
  });
  const executable ready(at.device, recorded);
  gate closed(at.on);
  for (int i = 0; i < 30; ++i) expect_ok(run(ready, at.on));
  closed.open();
  expect_equal(download(at.on, at.first, 256), shifted(repeated({1, 2, 3}, 30)));
  for (int i = 0; i < 10; ++i) expect_ok(run(ready, at.on));
  expect_equal(download(at.on, at.first, 256), shifted(repeated({1, 2, 3}, 40)));
}

TEST_CASE("graph: one executable on streams of every priority, updated between them") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] {
    for (const std::uint8_t value : {1, 2}) shift(at, at.on, value);
  });
  const graph next(at.on, at.device, [&] {
    for (const std::uint8_t value : {3, 4}) shift(at, at.on, value);
  });
  const executable ready(at.device, recorded);
  const auto go_around = [&] {
    for (const std::int32_t priority : {0, -1, 1}) {
      const stream on(at.device, priority);
      for (int i = 0; i < 6; ++i) expect_ok(run(ready, on));
      finish(on);
    }
  };
  go_around();
  expect_equal(download(at.on, at.first, 256), shifted(repeated({1, 2}, 18)));
  if (skip_without(HAL_FEATURE_GRAPH_UPDATE)) return;
  expect_ok(call(table().graph_update, ready, next));
  go_around();
  std::vector<std::uint8_t> values = repeated({1, 2}, 18);
  const std::vector<std::uint8_t> later = repeated({3, 4}, 18);
  values.insert(values.end(), later.begin(), later.end());
  expect_equal(download(at.on, at.first, 256), shifted(values));
}

TEST_CASE("graph: launches alternate with other work of the stream") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] {
    for (const std::uint8_t value : {1, 2}) shift(at, at.on, value);
  });
  const executable ready(at.device, recorded);
  for (int i = 0; i < 20; ++i) {
    expect_ok(run(ready, at.on));
    shift(at, at.on, 9);
  }
  expect_equal(download(at.on, at.first, 256), shifted(repeated({1, 2, 9}, 20)));
}

TEST_CASE("graph: host functions between the device's operations see what those left") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  bench at;
  buffer pinned(at.device, 256, HAL_MEMORY_HOST);
  struct witness {
    const std::uint8_t *sees;
    std::vector<std::uint8_t> seen;
  } told{static_cast<const std::uint8_t *>(pinned->host), {}};
  const hal_host_function look = [](void *user) {
    auto &into = *static_cast<witness *>(user);
    into.seen.push_back(into.sees[0]);
  };
  const graph recorded(at.on, at.device, [&] {
    for (const std::uint8_t value : {1, 2}) {
      shift(at, at.on, value);
      expect_ok(call(table().copy_to_host, at.on, pinned->host, at.first, 0u, 256u));
      expect_ok(call(table().stream_host_function, at.on, look, &told));
    }
  });
  const executable ready(at.device, recorded);
  for (int i = 0; i < 6; ++i) expect_ok(run(ready, at.on));
  finish(at.on);
  expect_equal(told.seen, repeated({1, 2}, 6));
  expect_equal(download(at.on, at.first, 256), shifted(repeated({1, 2}, 6)));
}

TEST_CASE("graph: launches on two streams in turns, ordered by events") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  stream other(at.device);
  event turn(at.device);
  const graph recorded(at.on, at.device, [&] { shift(at, at.on, 5); });
  const executable ready(at.device, recorded);
  hal_stream *const streams[] = {at.on, other};
  for (int i = 0; i < 20; ++i) {
    hal_stream *const now = streams[i % 2];
    expect_ok(run(ready, now));
    expect_ok(call(table().event_record, turn, now));
    expect_ok(call(table().stream_wait_event, streams[(i + 1) % 2], turn));
  }
  expect_equal(download(at.on, at.first, 256), shifted(repeated({5}, 20)));
}

TEST_CASE("graph: updates between launches that are in flight") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_GRAPH_UPDATE)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  bench at;
  std::vector<std::unique_ptr<graph>> recorded;
  for (const std::uint8_t value : {1, 2, 3, 4, 5, 6})
    recorded.push_back(std::make_unique<graph>(at.on, at.device, [&] { shift(at, at.on, value); }));
  const executable ready(at.device, *recorded.front());
  gate closed(at.on);
  for (const auto &one : recorded) {
    expect_ok(call(table().graph_update, ready, *one));
    expect_ok(run(ready, at.on));
  }
  closed.open();
  expect_equal(download(at.on, at.first, 256), shifted({1, 2, 3, 4, 5, 6}));
}

TEST_CASE("graph: an executable that is destroyed while it runs has run") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  for (int i = 0; i < 5; ++i) {
    const graph recorded(at.on, at.device, [&] { shift(at, at.on, 7); });
    const executable ready(at.device, recorded);
    expect_ok(run(ready, at.on));
  }
  expect_equal(download(at.on, at.first, 256), shifted(repeated({7}, 5)));
}
