// memory_allocate_async, memory_free_async.
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

hal_memory *allocate_on(hal_stream *on, std::uint64_t size) {
  const auto options = memory_options(size);
  hal_memory *memory = nullptr;
  require_ok(call(table().memory_allocate_async, on, &options, &memory));
  REQUIRE(memory != nullptr);
  return memory;
}

}  // namespace

TEST_CASE("stream allocation: allocated, used and freed in order") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  buffer result(device, 10000);
  for (unsigned round = 0; round < 20; ++round) {
    hal_memory *memory = allocate_on(on, 10000);
    CHECK(memory->size == 10000);
    CHECK(memory->kind == HAL_MEMORY_DEVICE);
    fill(on, memory, static_cast<std::uint8_t>(round));
    expect_ok(call(table().copy, on, result, 0u, memory, 0u, 10000u));
    expect_ok(call(table().memory_free_async, on, memory));
  }
  expect_equal(download(on, result, 10000), std::vector<std::uint8_t>(10000, 19));
}

TEST_CASE("stream allocation: frees memory of an ordinary allocation") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  buffer result(device, 4096);
  buffer memory(device, 4096);
  fill(on, memory, 0x61);
  expect_ok(call(table().copy, on, result, 0u, memory, 0u, 4096u));
  expect_ok(call(table().memory_free_async, on, memory.release()));
  expect_equal(download(on, result, 4096), std::vector<std::uint8_t>(4096, 0x61));
}

TEST_CASE("stream allocation: freed by the ordinary free, and used by another stream after an event") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  stream second(device);
  event made(device);
  const buffer memory(device, allocate_on(on, 4096));
  fill(on, memory, 0x15);
  expect_ok(call(table().event_record, made, on));
  expect_ok(call(table().stream_wait_event, second, made));
  expect_equal(download(second, memory, 4096), std::vector<std::uint8_t>(4096, 0x15));
}

TEST_CASE("stream allocation: does not wait for the stream") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  buffer result(device, 4096);
  gate closed(on);
  hal_memory *memory = allocate_on(on, 4096);
  fill(on, memory, 0x29);
  expect_ok(call(table().copy, on, result, 0u, memory, 0u, 4096u));
  expect_ok(call(table().memory_free_async, on, memory));
  expect_not_ready(call(table().stream_query, on));
  closed.open();
  expect_equal(download(on, result, 4096), std::vector<std::uint8_t>(4096, 0x29));
}

TEST_CASE("stream allocation: size 0, a wrong alignment, more than there can be [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  hal_memory *memory = nullptr;
  hal_memory_options options = memory_options(0);
  expect_status(call(table().memory_allocate_async, on, &options, &memory), HAL_STATUS_INVALID_ARGUMENT);
  options = memory_options(64);
  options.alignment = 3;
  expect_status(call(table().memory_allocate_async, on, &options, &memory), HAL_STATUS_INVALID_ARGUMENT);
  options = memory_options(UINT64_MAX);
  expect_one_of(call(table().memory_allocate_async, on, &options, &memory),
                {HAL_STATUS_OUT_OF_DEVICE_MEMORY, HAL_STATUS_OUT_OF_HOST_MEMORY});
  finish(on);
}

TEST_CASE("stream allocation: only of device memory [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  hal_memory *memory = nullptr;
  for (const hal_memory_kind kind : {HAL_MEMORY_HOST, HAL_MEMORY_SHARED}) {
    const auto options = memory_options(64, kind);
    expect_one_of(call(table().memory_allocate_async, on, &options, &memory),
                  {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_UNSUPPORTED});
  }
}

TEST_CASE("stream allocation: no stream, no options, no place for the result [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  hal_memory *memory = nullptr;
  const auto options = memory_options(64);
  expect_status(call(table().memory_allocate_async, nullptr, &options, &memory), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_allocate_async, on, nullptr, &memory), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_allocate_async, on, &options, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("stream allocation: freed twice, in either way [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  stream on(device);
  hal_memory *memory = allocate_on(on, 64);
  expect_ok(call(table().memory_free_async, on, memory));
  expect_status(call(table().memory_free_async, on, memory), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_free, device, memory), HAL_STATUS_INVALID_HANDLE);
  finish(on);
}

TEST_CASE("stream allocation: frees no memory, and none of another opening [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  opened_device device;
  opened_device other;
  stream on(device);
  buffer foreign(other, 64);
  expect_status(call(table().memory_free_async, on, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_free_async, on, foreign), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_free_async, nullptr, foreign), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("stream allocation: memory with slices is not freed [negative]") {
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  stream on(device);
  buffer parent(device, 4096);
  hal_memory *slice = nullptr;
  require_ok(call(table().memory_slice, device, parent, 0u, 64u, &slice));
  const buffer part(device, slice);
  expect_status(call(table().memory_free_async, on, parent), HAL_STATUS_BUSY);
}
