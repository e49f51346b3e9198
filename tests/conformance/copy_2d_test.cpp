// copy_2d, fill_2d.
#include <algorithm>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

hal_rectangle on_device(hal_memory *memory, std::uint64_t offset, std::uint64_t pitch) {
  return {memory, offset, nullptr, pitch};
}

hal_rectangle on_host(void *host, std::uint64_t pitch) {
  return {nullptr, 0, host, pitch};
}

hal_copy_2d rectangle_copy(const hal_rectangle &destination, const hal_rectangle &source, std::uint64_t width,
                           std::uint64_t height) {
  hal_copy_2d copy{};
  copy.struct_size = sizeof copy;
  copy.destination = destination;
  copy.source = source;
  copy.width = width;
  copy.height = height;
  return copy;
}

answer submit(hal_stream *on, const hal_copy_2d &copy) {
  return call(table().copy_2d, on, &copy);
}

// What the copy should do, on bytes.
void copy_rows(std::vector<std::uint8_t> &to, std::size_t to_offset, std::size_t to_pitch,
               const std::vector<std::uint8_t> &from, std::size_t from_offset, std::size_t from_pitch,
               std::size_t width, std::size_t height) {
  for (std::size_t row = 0; row < height; ++row) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(from_offset + row * from_pitch), width,
                to.begin() + static_cast<std::ptrdiff_t>(to_offset + row * to_pitch));
  }
}

}  // namespace

TEST_CASE("copy 2d: between memories of different pitches") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer source(device, 8192);
  buffer destination(device, 8192);
  upload(on, source, pattern(8192));
  fill(on, destination, 0x77);
  expect_ok(submit(on, rectangle_copy(on_device(destination, 11, 128), on_device(source, 5, 96), 61, 40)));
  std::vector<std::uint8_t> expected(8192, 0x77);
  copy_rows(expected, 11, 128, pattern(8192), 5, 96, 61, 40);
  expect_equal(download(on, destination, 8192), expected);
}

TEST_CASE("copy 2d: from the host to the device and back") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  fill(on, memory, 0);
  auto source = pattern(2000);
  expect_ok(submit(on, rectangle_copy(on_device(memory, 64, 128), on_host(source.data(), 50), 50, 30)));
  std::vector<std::uint8_t> expected(4096, 0);
  copy_rows(expected, 64, 128, source, 0, 50, 50, 30);
  finish(on);
  expect_equal(download(on, memory, 4096), expected);
  std::vector<std::uint8_t> back(3000, 0xee);
  expect_ok(submit(on, rectangle_copy(on_host(back.data(), 100), on_device(memory, 64, 128), 50, 30)));
  finish(on);
  std::vector<std::uint8_t> expected_back(3000, 0xee);
  copy_rows(expected_back, 0, 100, source, 0, 50, 50, 30);
  expect_equal(back, expected_back);
}

TEST_CASE("copy 2d: from the host to the host") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  auto source = pattern(1024);
  std::vector<std::uint8_t> destination(1024, 0);
  expect_ok(submit(on, rectangle_copy(on_host(destination.data(), 64), on_host(source.data(), 32), 20, 16)));
  finish(on);
  std::vector<std::uint8_t> expected(1024, 0);
  copy_rows(expected, 0, 64, source, 0, 32, 20, 16);
  expect_equal(destination, expected);
}

TEST_CASE("copy 2d: one row, and rows that end with the memory") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer source(device, 1000);
  buffer destination(device, 1000);
  upload(on, source, pattern(1000));
  fill(on, destination, 0);
  expect_ok(submit(on, rectangle_copy(on_device(destination, 0, 300), on_device(source, 700, 300), 300, 1)));
  // The last row begins at 900 and has 100 of the pitch's 300 bytes.
  expect_ok(submit(on, rectangle_copy(on_device(destination, 300, 300), on_device(source, 0, 300), 100, 3)));
  std::vector<std::uint8_t> expected(1000, 0);
  copy_rows(expected, 0, 300, pattern(1000), 700, 300, 300, 1);
  copy_rows(expected, 300, 300, pattern(1000), 0, 300, 100, 3);
  expect_equal(download(on, destination, 1000), expected);
}

TEST_CASE("copy 2d: no rows or no width is no work") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer first(device, 256);
  buffer second(device, 256);
  fill(on, first, 1);
  fill(on, second, 2);
  expect_ok(submit(on, rectangle_copy(on_device(first, 0, 16), on_device(second, 0, 16), 0, 4)));
  expect_ok(submit(on, rectangle_copy(on_device(first, 0, 16), on_device(second, 0, 16), 16, 0)));
  expect_equal(download(on, first, 256), std::vector<std::uint8_t>(256, 1));
}

TEST_CASE("copy 2d: a pitch below the width [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer first(device, 1024);
  buffer second(device, 1024);
  expect_status(submit(on, rectangle_copy(on_device(first, 0, 15), on_device(second, 0, 16), 16, 4)),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, rectangle_copy(on_device(first, 0, 16), on_device(second, 0, 15), 16, 4)),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, rectangle_copy(on_device(first, 0, 0), on_device(second, 0, 16), 16, 4)),
                HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("copy 2d: beyond either memory [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer small(device, 1000);
  buffer large(device, 8192);
  fill(on, small, 9);
  const auto refused = [&](std::uint64_t offset, std::uint64_t pitch, std::uint64_t width,
                           std::uint64_t height) {
    CAPTURE(offset);
    CAPTURE(pitch);
    CAPTURE(height);
    expect_status(submit(on, rectangle_copy(on_device(small, offset, pitch), on_device(large, 0, width),
                                            width, height)),
                  HAL_STATUS_OUT_OF_RANGE);
    expect_status(submit(on, rectangle_copy(on_device(large, 0, width), on_device(small, offset, pitch),
                                            width, height)),
                  HAL_STATUS_OUT_OF_RANGE);
  };
  refused(0, 300, 101, 4);
  refused(901, 100, 100, 1);
  refused(1, 100, 100, 10);
  refused(UINT64_MAX, 16, 16, 2);
  refused(0, UINT64_MAX, 16, 2);
  refused(0, std::uint64_t{1} << 63, 16, 3);
  expect_equal(download(on, small, 1000), std::vector<std::uint8_t>(1000, 9));
}

TEST_CASE("copy 2d: rectangles of one memory whose bytes overlap [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  upload(on, memory, pattern(4096));
  for (const std::uint64_t start : {0u, 1u, 16u, 128u}) {
    CAPTURE(start);
    expect_status(submit(on, rectangle_copy(on_device(memory, start, 64), on_device(memory, 0, 64), 16, 4)),
                  HAL_STATUS_INVALID_ARGUMENT);
  }
  expect_equal(download(on, memory, 4096), pattern(4096));
}

TEST_CASE("copy 2d: no record, no stream, neither memory nor host, another opening's memory [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  opened_device other;
  stream on(device);
  buffer memory(device, 256);
  buffer foreign(other, 256);
  const auto sound = rectangle_copy(on_device(memory, 0, 16), on_device(memory, 128, 16), 16, 4);
  expect_status(call(table().copy_2d, on, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(nullptr, sound), HAL_STATUS_INVALID_HANDLE);
  expect_status(submit(on, rectangle_copy(on_device(memory, 0, 16), on_host(nullptr, 16), 16, 4)),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, rectangle_copy(on_host(nullptr, 16), on_device(memory, 0, 16), 16, 4)),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(submit(on, rectangle_copy(on_device(foreign, 0, 16), on_device(memory, 0, 16), 16, 4)),
                HAL_STATUS_INVALID_HANDLE);
  expect_status(submit(on, rectangle_copy(on_device(memory, 0, 16), on_device(foreign, 0, 16), 16, 4)),
                HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("fill 2d: rows of each width, and nothing between them") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  for (const std::uint32_t width : {1u, 2u, 4u}) {
    CAPTURE(width);
    buffer memory(device, 4096);
    fill(on, memory, 0xf0);
    expect_ok(call(table().fill_2d, on, memory, 8u, 64u, 24u, 10u, 0x04030201u, width));
    std::vector<std::uint8_t> expected(4096, 0xf0);
    for (std::size_t row = 0; row < 10; ++row) {
      for (std::size_t i = 0; i < 24; ++i)
        expected[8 + row * 64 + i] = static_cast<std::uint8_t>(1 + i % width);
    }
    expect_equal(download(on, memory, 4096), expected);
  }
}

TEST_CASE("fill 2d: rows that end with the memory") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 1000);
  fill(on, memory, 0);
  expect_ok(call(table().fill_2d, on, memory, 0u, 300u, 100u, 4u, 7u, 1u));
  const auto found = download(on, memory, 1000);
  CHECK(found[999] == 7);
  CHECK(found[899] == 0);
}

TEST_CASE("fill 2d: a wrong width, pitch, offset or row [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  const auto ask = [&](std::uint64_t offset, std::uint64_t pitch, std::uint64_t row, std::uint32_t width) {
    return call(table().fill_2d, on, memory, offset, pitch, row, 4u, 0u, width);
  };
  for (const std::uint32_t width : {0u, 3u, 8u})
    expect_status(ask(0, 64, 48, width), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(ask(2, 64, 48, 4), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(ask(0, 66, 48, 4), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(ask(0, 64, 46, 4), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("fill 2d: beyond the memory, of no memory, of another opening's [negative]") {
  if (skip_without(HAL_FEATURE_COPY_2D)) return;
  opened_device device;
  opened_device other;
  stream on(device);
  buffer memory(device, 1000);
  buffer foreign(other, 1000);
  const auto ask = [&](hal_memory *to, std::uint64_t offset, std::uint64_t pitch, std::uint64_t height) {
    return call(table().fill_2d, on, to, offset, pitch, 100u, height, 0u, 1u);
  };
  expect_status(ask(memory, 0, 100, 11), HAL_STATUS_OUT_OF_RANGE);
  expect_status(ask(memory, 1, 100, 10), HAL_STATUS_OUT_OF_RANGE);
  expect_status(ask(memory, UINT64_MAX, 100, 2), HAL_STATUS_OUT_OF_RANGE);
  expect_status(ask(memory, 0, UINT64_MAX, 2), HAL_STATUS_OUT_OF_RANGE);
  expect_status(ask(memory, 0, 100, UINT64_MAX), HAL_STATUS_OUT_OF_RANGE);
  expect_status(ask(nullptr, 0, 100, 2), HAL_STATUS_INVALID_HANDLE);
  expect_status(ask(foreign, 0, 100, 2), HAL_STATUS_INVALID_HANDLE);
}
