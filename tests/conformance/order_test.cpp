// Order: within a stream by submission, between streams by events and nothing else.
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

std::vector<std::uint8_t> all(std::uint8_t value) {
  return std::vector<std::uint8_t>(4096, value);
}

void order(hal_stream *later, hal_event *made, hal_stream *earlier) {
  require_ok(call(table().event_record, made, earlier));
  require_ok(call(table().stream_wait_event, later, made));
}

void copy_all(hal_stream *on, hal_memory *to, hal_memory *from) {
  require_ok(call(table().copy, on, to, 0u, from, 0u, from->size));
}

}  // namespace

TEST_CASE("order: a stream runs what it is given in order") {
  opened_device device;
  stream on(device);
  buffer first(device, 4096);
  buffer second(device, 4096);
  for (int i = 0; i < 100; ++i) {
    fill(on, first, static_cast<std::uint8_t>(i));
    copy_all(on, second, first);
    fill(on, first, 0xff);
  }
  expect_equal(download(on, second, 4096), all(99));
}

TEST_CASE("order: streams that no event orders do not wait for one another") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream held(device);
  stream second(device);
  buffer memory(device, 4096);
  gate closed(held);
  fill(second, memory, 6);
  finish(second);
  expect_not_ready(call(table().stream_query, held));
}

TEST_CASE("order: allocating and creating do not wait for a stream") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream held(device);
  // Freeing may block, so what is made while the stream is held ends after it.
  std::unique_ptr<buffer> memory;
  gate closed(held);
  memory = std::make_unique<buffer>(device, 4096);
  { event made(device); }
  std::uint64_t available = 0;
  std::uint64_t total = 0;
  expect_ok(call(table().memory_info, device, &available, &total));
  expect_not_ready(call(table().stream_query, held));
}

TEST_CASE("order: a stream waits for another's event") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream producer(device);
  stream consumer(device);
  event ready(device);
  buffer data(device, 4096);
  buffer result(device, 4096);
  fill(producer, data, 0);
  fill(producer, result, 0);
  finish(producer);
  gate closed(producer);
  fill(producer, data, 7);
  // The consumer is known to be at work before it is looked at: one that does not wait has its chance.
  gate begun(consumer);
  order(consumer, ready, producer);
  copy_all(consumer, result, data);
  begun.open();
  REQUIRE(begun.wait_until_reached());
  expect_status(call(table().stream_synchronize, consumer, 50'000'000u), HAL_STATUS_TIMED_OUT);
  expect_not_ready(call(table().stream_query, consumer));
  closed.open();
  finish(consumer);
  expect_equal(download(consumer, result, 4096), all(7));
}

TEST_CASE("order: through a chain of four streams") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  std::vector<std::unique_ptr<stream>> streams;
  std::vector<std::unique_ptr<event>> events;
  std::vector<std::unique_ptr<buffer>> buffers;
  for (int i = 0; i < 4; ++i) {
    streams.push_back(std::make_unique<stream>(device));
    events.push_back(std::make_unique<event>(device));
    buffers.push_back(std::make_unique<buffer>(device, 4096));
    fill(*streams.back(), *buffers.back(), 0);
    finish(*streams.back());
  }
  gate closed(*streams[0]);
  fill(*streams[0], *buffers[0], 0x4d);
  for (std::size_t i = 1; i < 4; ++i) {
    order(*streams[i], *events[i - 1], *streams[i - 1]);
    copy_all(*streams[i], *buffers[i], *buffers[i - 1]);
  }
  expect_not_ready(call(table().stream_query, *streams[3]));
  closed.open();
  expect_equal(download(*streams[3], *buffers[3], 4096), all(0x4d));
}

TEST_CASE("order: one stream waits for two, two wait for one") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream top(device);
  stream left(device);
  stream right(device);
  stream bottom(device);
  event begun(device);
  event left_done(device);
  event right_done(device);
  buffer source(device, 4096);
  buffer a(device, 4096);
  buffer b(device, 4096);
  buffer both(device, 8192);
  gate closed(top);
  fill(top, source, 0x12);
  order(left, begun, top);
  expect_ok(call(table().stream_wait_event, right, begun));
  copy_all(left, a, source);
  copy_all(right, b, source);
  order(bottom, left_done, left);
  order(bottom, right_done, right);
  expect_ok(call(table().copy, bottom, both, 0u, a, 0u, 4096u));
  expect_ok(call(table().copy, bottom, both, 4096u, b, 0u, 4096u));
  expect_not_ready(call(table().stream_query, bottom));
  closed.open();
  expect_equal(download(bottom, both, 8192), std::vector<std::uint8_t>(8192, 0x12));
}

TEST_CASE("order: a wait holds back only what is submitted after it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream held(device);
  stream second(device);
  event behind(device);
  event before(device);
  buffer memory(device, 4096);
  gate closed(held);
  fill(second, memory, 3);
  expect_ok(call(table().event_record, before, second));
  order(second, behind, held);
  expect_ok(call(table().event_synchronize, before, patience()));
  expect_not_ready(call(table().stream_query, second));
}

TEST_CASE("order: a stream waits for an event of another opening") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  opened_device other;
  stream producer(other);
  stream consumer(device);
  event ready(other);
  buffer memory(device, 4096);
  fill(consumer, memory, 0);
  finish(consumer);
  gate closed(producer);
  order(consumer, ready, producer);
  fill(consumer, memory, 5);
  expect_not_ready(call(table().stream_query, consumer));
  closed.open();
  finish(producer);
  expect_equal(download(consumer, memory, 4096), all(5));
}

TEST_CASE("order: back and forth between two streams 100 times") {
  opened_device device;
  stream first(device);
  stream second(device);
  event forth(device);
  event back(device);
  buffer a(device, 4096);
  buffer b(device, 4096);
  fill(first, a, 0);
  for (int i = 1; i <= 100; ++i) {
    fill(first, a, static_cast<std::uint8_t>(i));
    order(second, forth, first);
    copy_all(second, b, a);
    order(first, back, second);
  }
  fill(first, a, 0xff);
  expect_equal(download(second, b, 4096), all(100));
}
