// stream_create, stream_destroy, stream_synchronize, stream_query.
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

hal_stream_options stream_options() {
  hal_stream_options options{};
  options.struct_size = sizeof options;
  return options;
}

hal_stream *create(hal_device *device, const hal_stream_options &options) {
  hal_stream *made = nullptr;
  require_ok(call(table().stream_create, device, &options, &made));
  REQUIRE(made != nullptr);
  return made;
}

}  // namespace

TEST_CASE("stream: a new one is idle") {
  opened_device device;
  stream on(device);
  expect_ok(call(table().stream_query, on));
  expect_ok(call(table().stream_synchronize, on, 0u));
  expect_ok(call(table().stream_synchronize, on, patience()));
}

TEST_CASE("stream: any priority is taken") {
  opened_device device;
  buffer memory(device, 64);
  for (const std::int32_t priority : {0, -1, 1, INT32_MIN, INT32_MAX}) {
    CAPTURE(priority);
    auto options = stream_options();
    options.priority = priority;
    hal_stream *on = create(device, options);
    fill(on, memory, 4);
    finish(on);
    expect_ok(call(table().stream_destroy, device, on));
  }
}

TEST_CASE("stream: a short options record has no flags") {
  opened_device device;
  hal_stream_options options;
  std::memset(&options, 0xff, sizeof options);
  options.struct_size = offsetof(hal_stream_options, flags);
  options.priority = 0;
  expect_ok(call(table().stream_destroy, device, create(device, options)));
}

TEST_CASE("stream: 64 at once, each doing its own work") {
  opened_device device;
  std::vector<std::unique_ptr<stream>> streams;
  std::vector<std::unique_ptr<buffer>> buffers;
  for (unsigned i = 0; i < 64; ++i) {
    streams.push_back(std::make_unique<stream>(device));
    buffers.push_back(std::make_unique<buffer>(device, 4096));
    fill(*streams[i], *buffers[i], static_cast<std::uint8_t>(i));
  }
  for (unsigned i = 0; i < 64; ++i) {
    expect_equal(download(*streams[i], *buffers[i], 4096),
                 std::vector<std::uint8_t>(4096, static_cast<std::uint8_t>(i)));
  }
}

TEST_CASE("stream: created and destroyed 200 times") {
  opened_device device;
  for (int i = 0; i < 200; ++i) stream on(device);
}

TEST_CASE("stream: a query finds unfinished work, and later none") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  gate closed(on);
  expect_not_ready(call(table().stream_query, on));
  closed.open();
  finish(on);
  expect_ok(call(table().stream_query, on));
}

TEST_CASE("stream: a wait ends at its time limit, and the work goes on") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  fill(on, memory, 0);
  finish(on);
  gate closed(on);
  fill(on, memory, 8);
  expect_status(call(table().stream_synchronize, on, 0u), HAL_STATUS_TIMED_OUT);
  expect_status(call(table().stream_synchronize, on, 1'000'000u), HAL_STATUS_TIMED_OUT);
  closed.open();
  finish(on);
  expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 8));
}

TEST_CASE("stream: waits for ever when told so, for work that ends") {
  opened_device device;
  stream on(device);
  buffer memory(device, 1 << 20);
  fill(on, memory, 1);
  expect_ok(call(table().stream_synchronize, on, HAL_NO_TIMEOUT));
  expect_ok(call(table().device_synchronize, device, HAL_NO_TIMEOUT));
}

TEST_CASE("stream: no device, no place for the result [negative]") {
  opened_device device;
  hal_stream *made = nullptr;
  expect_status(call(table().stream_create, nullptr, nullptr, &made), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_create, device, nullptr, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("stream: a flag that does not exist [negative]") {
  opened_device device;
  auto options = stream_options();
  options.flags = 1u << 31;
  hal_stream *made = nullptr;
  expect_status(call(table().stream_create, device, &options, &made), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("stream: destroyed twice [negative]") {
  opened_device device;
  stream on(device);
  hal_stream *gone = on.release();
  expect_ok(call(table().stream_destroy, device, gone));
  expect_status(call(table().stream_destroy, device, gone), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("stream: destroyed by another opening [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  expect_status(call(table().stream_destroy, other, on), HAL_STATUS_INVALID_HANDLE);
  expect_ok(call(table().stream_query, on));
}

TEST_CASE("stream: no stream to destroy, wait for or query [negative]") {
  opened_device device;
  expect_status(call(table().stream_destroy, device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_synchronize, nullptr, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_query, nullptr), HAL_STATUS_INVALID_HANDLE);
}
