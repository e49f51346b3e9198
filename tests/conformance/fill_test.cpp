// fill.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

answer submit(hal_stream *on, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
              std::uint32_t width) {
  return call(table().fill, on, memory, offset, size, 0x04030201u, width);
}

}  // namespace

TEST_CASE("fill: repeats the low bytes of the value, in the host's order") {
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  expect_ok(submit(on, memory, 0, 4096, 4));
  expect_equal(download<std::uint32_t>(on, memory, 1024), std::vector<std::uint32_t>(1024, 0x04030201u));
  expect_ok(submit(on, memory, 0, 4096, 2));
  expect_equal(download<std::uint16_t>(on, memory, 2048), std::vector<std::uint16_t>(2048, 0x0201));
  expect_ok(submit(on, memory, 0, 4096, 1));
  expect_equal(download(on, memory, 4096), std::vector<std::uint8_t>(4096, 0x01));
}

TEST_CASE("fill: writes its range and nothing else") {
  opened_device device;
  stream on(device);
  for (const std::uint32_t width : {1u, 2u, 4u}) {
    for (const std::uint64_t elements : {1u, 3u, 257u}) {
      CAPTURE(width);
      CAPTURE(elements);
      buffer memory(device, 4096);
      fill(on, memory, 0xf0);
      const std::size_t offset = 5 * width;
      const std::size_t size = elements * width;
      expect_ok(submit(on, memory, offset, size, width));
      std::vector<std::uint8_t> expected(4096, 0xf0);
      for (std::size_t i = 0; i < size; ++i) expected[offset + i] = static_cast<std::uint8_t>(1 + i % width);
      expect_equal(download(on, memory, 4096), expected);
    }
  }
}

TEST_CASE("fill: all of a large memory") {
  opened_device device;
  stream on(device);
  buffer memory(device, 16u << 20);
  expect_ok(submit(on, memory, 0, 16u << 20, 4));
  CHECK(download<std::uint32_t>(on, memory, 4u << 20) == std::vector<std::uint32_t>(4u << 20, 0x04030201u));
}

TEST_CASE("fill: 0 bytes are no work and no error") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  fill(on, memory, 0x31);
  for (const std::uint64_t offset : {0u, 32u, 64u}) expect_ok(submit(on, memory, offset, 0, 4));
  expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 0x31));
}

TEST_CASE("fill: a width that is not 1, 2 or 4 [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  for (const std::uint32_t width : {0u, 3u, 5u, 8u, UINT32_MAX}) {
    CAPTURE(width);
    expect_status(submit(on, memory, 0, 0, width), HAL_STATUS_INVALID_ARGUMENT);
    expect_status(submit(on, memory, 0, 24, width), HAL_STATUS_INVALID_ARGUMENT);
  }
}

TEST_CASE("fill: offset or size that is no multiple of the width [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  expect_status(submit(on, memory, 1, 4, 4), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, memory, 2, 4, 4), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, memory, 0, 6, 4), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, memory, 1, 2, 2), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, memory, 0, 3, 2), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("fill: beyond the memory [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  fill(on, memory, 0x55);
  const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
      {0, 65}, {64, 1}, {63, 2}, {UINT64_MAX, 1}, {UINT64_MAX, 2}, {2, UINT64_MAX}, {0, UINT64_MAX}};
  for (const auto &one : ranges) {
    const auto offset = one.first;
    const auto size = one.second;
    CAPTURE(offset);
    CAPTURE(size);
    expect_status(submit(on, memory, offset, size, 1), HAL_STATUS_OUT_OF_RANGE);
  }
  expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 0x55));
}

TEST_CASE("fill: no stream, no memory, another opening's memory [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  buffer memory(device, 64);
  buffer foreign(other, 64);
  expect_status(submit(nullptr, memory, 0, 64, 1), HAL_STATUS_INVALID_HANDLE);
  expect_status(submit(on, nullptr, 0, 64, 1), HAL_STATUS_INVALID_HANDLE);
  expect_status(submit(on, nullptr, 0, 0, 1), HAL_STATUS_INVALID_HANDLE);
  expect_status(submit(on, foreign, 0, 64, 1), HAL_STATUS_INVALID_HANDLE);
}
