// stream_host_function.
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

struct call_record {
  std::vector<int> *order;
  int number;
};

void append(void *user) {
  const auto *record = static_cast<call_record *>(user);
  record->order->push_back(record->number);
}

void count_up(void *user) {
  ++*static_cast<std::atomic<int> *>(user);
}

void note_thread(void *user) {
  *static_cast<std::thread::id *>(user) = std::this_thread::get_id();
}

struct look {
  const std::uint8_t *bytes;
  std::size_t size;
  std::uint8_t expected;
  bool right;
};

void look_at(void *user) {
  auto *at = static_cast<look *>(user);
  at->right = std::all_of(at->bytes, at->bytes + at->size, [&](auto byte) { return byte == at->expected; });
}

answer submit(hal_stream *on, hal_host_function function, void *user) {
  return call(table().stream_host_function, on, function, user);
}

}  // namespace

TEST_CASE("host function: is called once, with its pointer") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  std::atomic<int> calls = 0;
  expect_ok(submit(on, &count_up, &calls));
  finish(on);
  finish(on);
  expect_ok(call(table().device_synchronize, device, patience()));
  CHECK(calls == 1);
}

TEST_CASE("host function: 200 of them in the order of submission") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  std::vector<int> order;
  std::vector<call_record> records(200);
  for (int i = 0; i < 200; ++i) {
    records[static_cast<std::size_t>(i)] = {&order, i};
    expect_ok(submit(on, &append, &records[static_cast<std::size_t>(i)]));
  }
  finish(on);
  std::vector<int> expected(200);
  for (int i = 0; i < 200; ++i) expected[static_cast<std::size_t>(i)] = i;
  expect_equal(order, expected);
}

TEST_CASE("host function: runs on a thread of the plugin's") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  std::thread::id where;
  expect_ok(submit(on, &note_thread, &where));
  finish(on);
  CHECK(where != std::thread::id());
  CHECK(where != std::this_thread::get_id());
}

TEST_CASE("host function: sees the work before it and holds the work after it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 1 << 20, HAL_MEMORY_HOST);
  look first{static_cast<std::uint8_t *>(memory->host), 1 << 20, 0x11, false};
  look second{static_cast<std::uint8_t *>(memory->host), 1 << 20, 0x22, false};
  fill(on, memory, 0x11);
  expect_ok(submit(on, &look_at, &first));
  fill(on, memory, 0x22);
  expect_ok(submit(on, &look_at, &second));
  fill(on, memory, 0x33);
  finish(on);
  CHECK(first.right);
  CHECK(second.right);
}

TEST_CASE("host function: is not waited for by the one who submits it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  std::atomic<int> calls = 0;
  gate closed(on);
  expect_ok(submit(on, &count_up, &calls));
  CHECK(calls == 0);
  closed.open();
  finish(on);
  CHECK(calls == 1);
}

TEST_CASE("host function: no function, no stream [negative]") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  std::atomic<int> calls = 0;
  expect_status(submit(on, nullptr, &calls), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(nullptr, &count_up, &calls), HAL_STATUS_INVALID_HANDLE);
  finish(on);
  CHECK(calls == 0);
}
