// Events: recording, waiting, querying, time between them.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

void take_a_while(void *) {
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

void record(hal_event *made, hal_stream *on, const char *file = __builtin_FILE(),
            int line = __builtin_LINE()) {
  require_ok(call(table().event_record, made, on), file, line);
}

}  // namespace

TEST_CASE("event: one that was never recorded stands for nothing") {
  opened_device device;
  stream on(device);
  event made(device);
  expect_ok(call(table().event_query, made));
  expect_ok(call(table().event_synchronize, made, 0u));
  expect_ok(call(table().stream_wait_event, on, made));
  finish(on);
}

TEST_CASE("event: without options, and with a short options record") {
  opened_device device;
  hal_event *made = nullptr;
  require_ok(call(table().event_create, device, nullptr, &made));
  expect_ok(call(table().event_destroy, device, made));
  hal_event_options options;
  std::memset(&options, 0xff, sizeof options);
  options.struct_size = offsetof(hal_event_options, flags);
  require_ok(call(table().event_create, device, &options, &made));
  expect_ok(call(table().event_destroy, device, made));
}

TEST_CASE("event: happens when the work before it is done") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  event made(device);
  gate closed(on);
  record(made, on);
  expect_not_ready(call(table().event_query, made));
  expect_status(call(table().event_synchronize, made, 0u), HAL_STATUS_TIMED_OUT);
  expect_status(call(table().event_synchronize, made, 1'000'000u), HAL_STATUS_TIMED_OUT);
  closed.open();
  expect_ok(call(table().event_synchronize, made, patience()));
  expect_ok(call(table().event_query, made));
}

TEST_CASE("event: does not stand for what was submitted after it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  event made(device);
  buffer memory(device, 4096);
  fill(on, memory, 1);
  record(made, on);
  gate closed(on);
  expect_ok(call(table().event_synchronize, made, patience()));
  expect_not_ready(call(table().stream_query, on));
}

TEST_CASE("event: recorded again it forgets what it stood for") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream held(device);
  stream idle(device);
  event made(device);
  gate closed(held);
  record(made, held);
  expect_not_ready(call(table().event_query, made));
  record(made, idle);
  expect_ok(call(table().event_synchronize, made, patience()));
  closed.open();
  finish(held);
}

TEST_CASE("event: a wait stands by the recording it began with") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream first(device);
  stream second(device);
  event made(device);
  record(made, first);
  expect_ok(call(table().stream_wait_event, second, made));
  gate closed(first);
  record(made, first);
  finish(second);
  expect_not_ready(call(table().event_query, made));
}

TEST_CASE("event: waited for by 16 threads at once") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  event made(device);
  std::atomic<int> ended = 0;
  std::vector<std::thread> threads;
  gate closed(on);
  record(made, on);
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      if (table().event_synchronize(made, patience(), nullptr) == HAL_STATUS_OK) ++ended;
    });
  }
  CHECK(ended == 0);
  closed.open();
  for (auto &one : threads) one.join();
  CHECK(ended == 16);
}

TEST_CASE("event: a thousand on one stream") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  std::vector<std::unique_ptr<event>> events;
  for (int i = 0; i < 1000; ++i) {
    events.push_back(std::make_unique<event>(device));
    if (i % 100 == 0) fill(on, memory, 1);
    record(*events.back(), on);
  }
  expect_ok(call(table().event_synchronize, *events.back(), patience()));
  for (auto &one : events) expect_ok(call(table().event_query, *one));
}

TEST_CASE("event: time passes from one to the next") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  opened_device device;
  stream on(device);
  event start(device, HAL_EVENT_TIMING);
  event end(device, HAL_EVENT_TIMING);
  buffer memory(device, 1 << 20);
  record(start, on);
  for (int i = 0; i < 4; ++i) fill(on, memory, 3);
  if (has(HAL_FEATURE_HOST_FUNCTIONS))
    expect_ok(call(table().stream_host_function, on, &take_a_while, nullptr));
  record(end, on);
  finish(on);
  std::int64_t forward = 0;
  std::int64_t backward = 0;
  expect_ok(call(table().event_elapsed, start, end, &forward));
  expect_ok(call(table().event_elapsed, end, start, &backward));
  CHECK(forward > 0);
  CHECK(backward < 0);
  std::int64_t none = 1;
  expect_ok(call(table().event_elapsed, start, start, &none));
  CHECK(none == 0);
}

TEST_CASE("event: time between streams that an event orders") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  opened_device device;
  stream first(device);
  stream second(device);
  event start(device, HAL_EVENT_TIMING);
  event end(device, HAL_EVENT_TIMING);
  buffer memory(device, 1 << 20);
  record(start, first);
  fill(first, memory, 3);
  expect_ok(call(table().stream_wait_event, second, start));
  record(end, second);
  finish(first);
  finish(second);
  std::int64_t elapsed = -1;
  expect_ok(call(table().event_elapsed, start, end, &elapsed));
  CHECK(elapsed >= 0);
}

TEST_CASE("event: time from one that has not happened [negative]") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  event start(device, HAL_EVENT_TIMING);
  event end(device, HAL_EVENT_TIMING);
  record(start, on);
  gate closed(on);
  record(end, on);
  std::int64_t elapsed = 0;
  expect_status(call(table().event_elapsed, start, end, &elapsed), HAL_STATUS_NOT_READY);
  closed.open();
  finish(on);
  expect_ok(call(table().event_elapsed, start, end, &elapsed));
}

TEST_CASE("event: time from one that was never recorded [negative]") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  opened_device device;
  stream on(device);
  event start(device, HAL_EVENT_TIMING);
  event never(device, HAL_EVENT_TIMING);
  record(start, on);
  finish(on);
  std::int64_t elapsed = 0;
  expect_status(call(table().event_elapsed, start, never, &elapsed), HAL_STATUS_INVALID_STATE);
  expect_status(call(table().event_elapsed, never, start, &elapsed), HAL_STATUS_INVALID_STATE);
}

TEST_CASE("event: time from one that is made without timing [negative]") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  opened_device device;
  stream on(device);
  event start(device, HAL_EVENT_TIMING);
  event plain(device);
  record(start, on);
  record(plain, on);
  finish(on);
  std::int64_t elapsed = 0;
  expect_status(call(table().event_elapsed, start, plain, &elapsed), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().event_elapsed, plain, start, &elapsed), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("event: time from no event, without a place for it [negative]") {
  if (skip_without(HAL_FEATURE_TIMESTAMPS)) return;
  opened_device device;
  stream on(device);
  event start(device, HAL_EVENT_TIMING);
  record(start, on);
  finish(on);
  std::int64_t elapsed = 0;
  expect_status(call(table().event_elapsed, nullptr, start, &elapsed), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_elapsed, start, nullptr, &elapsed), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_elapsed, start, start, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("event: no device, no place for the result, a flag that does not exist [negative]") {
  opened_device device;
  hal_event *made = nullptr;
  expect_status(call(table().event_create, nullptr, nullptr, &made), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_create, device, nullptr, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  hal_event_options options{};
  options.struct_size = sizeof options;
  options.flags = 1u << 31;
  expect_status(call(table().event_create, device, &options, &made), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("event: destroyed twice [negative]") {
  opened_device device;
  event made(device);
  hal_event *gone = made.release();
  expect_ok(call(table().event_destroy, device, gone));
  expect_status(call(table().event_destroy, device, gone), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("event: destroyed by another opening [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  event made(device);
  expect_status(call(table().event_destroy, other, made), HAL_STATUS_INVALID_HANDLE);
  record(made, on);
  expect_ok(call(table().event_synchronize, made, patience()));
}

TEST_CASE("event: recorded on another opening's stream [negative]") {
  opened_device device;
  opened_device other;
  stream foreign(other);
  event made(device);
  expect_status(call(table().event_record, made, foreign), HAL_STATUS_INVALID_HANDLE);
  expect_ok(call(table().event_query, made));
}

TEST_CASE("event: no event, no stream [negative]") {
  opened_device device;
  stream on(device);
  event made(device);
  expect_status(call(table().event_destroy, device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_record, nullptr, on), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_record, made, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_query, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().event_synchronize, nullptr, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_wait_event, on, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_wait_event, nullptr, made), HAL_STATUS_INVALID_HANDLE);
}
