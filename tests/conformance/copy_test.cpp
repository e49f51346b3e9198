// copy_to_device, copy_to_host, copy.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

using range = std::pair<std::uint64_t, std::uint64_t>;

// Offset and size that reach beyond `size` bytes, also where their sum overflows.
std::vector<range> ranges_beyond(std::uint64_t size) {
  return {{0, size + 1},   {size, 1},          {size - 1, 2},   {size + 1, 1},
          {UINT64_MAX, 1}, {UINT64_MAX, 2},    {2, UINT64_MAX}, {UINT64_MAX - 1, UINT64_MAX},
          {0, UINT64_MAX}, {1, UINT64_MAX - 1}};
}

std::uint8_t some_bytes[64];

}  // namespace

TEST_CASE("copy: to the device and back, at all kinds of offsets and sizes") {
  opened_device device;
  stream on(device);
  buffer memory(device, 70000);
  auto expected = std::vector<std::uint8_t>(70000, 0);
  fill(on, memory, 0);
  unsigned seed = 1;
  for (const auto &[offset, size] : {range{0, 1}, {1, 3}, {7, 4096}, {4095, 2}, {60001, 9999}, {69999, 1}}) {
    const auto bytes = pattern(size, ++seed);
    upload(on, memory, bytes, offset);
    std::copy(bytes.begin(), bytes.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
    expect_equal(download(on, memory, size, offset), bytes);
  }
  expect_equal(download(on, memory, 70000), expected);
}

TEST_CASE("copy: writes nothing before and after the host's range") {
  opened_device device;
  stream on(device);
  buffer memory(device, 1000);
  fill(on, memory, 0x10);
  std::vector<std::uint8_t> host(1200, 0xcc);
  expect_ok(call(table().copy_to_host, on, host.data() + 100, memory, 0u, 1000u));
  finish(on);
  auto expected = std::vector<std::uint8_t>(1200, 0xcc);
  std::fill(expected.begin() + 100, expected.begin() + 1100, std::uint8_t{0x10});
  expect_equal(host, expected);
}

TEST_CASE("copy: within the device, from one memory to another") {
  opened_device device;
  stream on(device);
  buffer source(device, 10007);
  buffer destination(device, 10007);
  upload(on, source, pattern(10007));
  fill(on, destination, 0x99);
  expect_ok(call(table().copy, on, destination, 13u, source, 5u, 9001u));
  auto expected = std::vector<std::uint8_t>(10007, 0x99);
  const auto bytes = pattern(10007);
  std::copy(bytes.begin() + 5, bytes.begin() + 9006, expected.begin() + 13);
  expect_equal(download(on, destination, 10007), expected);
  expect_equal(download(on, source, 10007), bytes);
}

TEST_CASE("copy: within one memory, up to the edge of the other range") {
  opened_device device;
  stream on(device);
  buffer memory(device, 8192);
  upload(on, memory, pattern(8192));
  expect_ok(call(table().copy, on, memory, 4096u, memory, 0u, 4096u));
  auto bytes = pattern(8192);
  std::copy(bytes.begin(), bytes.begin() + 4096, bytes.begin() + 4096);
  expect_equal(download(on, memory, 8192), bytes);
}

TEST_CASE("copy: 48 MiB and 5 bytes") {
  constexpr std::size_t size = (48u << 20) + 5;
  if (description().max_allocation != 0 && description().max_allocation < size)
    return record_skip("the device's largest allocation is smaller");
  opened_device device;
  stream on(device);
  buffer first(device, size);
  buffer second(device, size);
  const auto bytes = pattern(size);
  upload(on, first, bytes);
  expect_ok(call(table().copy, on, second, 0u, first, 0u, size));
  CHECK(download(on, second, size) == bytes);
}

TEST_CASE("copy: 500 small ones keep their order") {
  opened_device device;
  stream on(device);
  buffer memory(device, 4);
  buffer history(device, 500 * 4);
  std::vector<std::uint32_t> values(500);
  for (std::uint32_t i = 0; i < 500; ++i) values[i] = i * 2654435761u;
  for (std::uint32_t i = 0; i < 500; ++i) {
    expect_ok(call(table().copy_to_device, on, memory, 0u, &values[i], 4u));
    expect_ok(call(table().copy, on, history, std::uint64_t{i} * 4, memory, 0u, 4u));
  }
  expect_equal(download<std::uint32_t>(on, history, 500), values);
}

TEST_CASE("copy: the host's memory is free again when the stream is past it") {
  opened_device device;
  stream on(device);
  buffer memory(device, 1 << 20);
  auto bytes = pattern(1 << 20);
  expect_ok(call(table().copy_to_device, on, memory, 0u, bytes.data(), bytes.size()));
  finish(on);
  std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
  expect_equal(download(on, memory, 1 << 20), pattern(1 << 20));
}

TEST_CASE("copy: from and to pinned memory by its pointer") {
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  opened_device device;
  stream on(device);
  buffer pinned(device, 65536, HAL_MEMORY_HOST);
  buffer memory(device, 65536);
  auto *host = static_cast<std::uint8_t *>(pinned->host);
  const auto bytes = pattern(65536);
  std::copy(bytes.begin(), bytes.end(), host);
  expect_ok(call(table().copy_to_device, on, memory, 0u, host, 65536u));
  finish(on);
  std::fill(host, host + 65536, std::uint8_t{0});
  expect_ok(call(table().copy_to_host, on, host, memory, 0u, 65536u));
  finish(on);
  expect_equal(std::vector<std::uint8_t>(host, host + 65536), bytes);
}

TEST_CASE("copy: 0 bytes are no work and no error") {
  opened_device device;
  stream on(device);
  buffer first(device, 64);
  buffer second(device, 64);
  fill(on, first, 0x31);
  fill(on, second, 0x32);
  for (const std::uint64_t offset : {0u, 32u, 64u}) {
    expect_ok(call(table().copy_to_device, on, first, offset, some_bytes, 0u));
    expect_ok(call(table().copy_to_host, on, some_bytes, first, offset, 0u));
    expect_ok(call(table().copy, on, first, offset, second, offset, 0u));
    expect_ok(call(table().copy_to_device, on, first, offset, nullptr, 0u));
    expect_ok(call(table().copy_to_host, on, nullptr, first, offset, 0u));
  }
  expect_equal(download(on, first, 64), std::vector<std::uint8_t>(64, 0x31));
}

TEST_CASE("copy: 0 bytes still need their handles [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  buffer memory(device, 64);
  buffer foreign(other, 64);
  expect_status(call(table().copy_to_device, on, nullptr, 0u, some_bytes, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_host, on, some_bytes, nullptr, 0u, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, memory, 0u, nullptr, 0u, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, nullptr, 0u, memory, 0u, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_device, nullptr, memory, 0u, some_bytes, 0u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_device, on, foreign, 0u, some_bytes, 0u), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("copy: 0 bytes still need an offset within the memory [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  buffer other(device, 64);
  for (const std::uint64_t offset : {std::uint64_t{65}, UINT64_MAX}) {
    expect_status(call(table().copy_to_device, on, memory, offset, some_bytes, 0u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy_to_host, on, some_bytes, memory, offset, 0u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy, on, memory, offset, other, 0u, 0u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy, on, memory, 0u, other, offset, 0u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().fill, on, memory, offset, 0u, 0u, 1u), HAL_STATUS_OUT_OF_RANGE);
  }
}

TEST_CASE("copy: to the device beyond its memory [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  fill(on, memory, 0x55);
  for (const auto &one : ranges_beyond(64)) {
    const auto offset = one.first;
    const auto size = one.second;
    CAPTURE(offset);
    CAPTURE(size);
    expect_status(call(table().copy_to_device, on, memory, offset, some_bytes, size),
                  HAL_STATUS_OUT_OF_RANGE);
  }
  expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 0x55));
}

TEST_CASE("copy: to the host from beyond the memory [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  std::vector<std::uint8_t> host(256, 0x66);
  for (const auto &one : ranges_beyond(64)) {
    const auto offset = one.first;
    const auto size = one.second;
    CAPTURE(offset);
    CAPTURE(size);
    expect_status(call(table().copy_to_host, on, host.data(), memory, offset, size), HAL_STATUS_OUT_OF_RANGE);
  }
  finish(on);
  expect_equal(host, std::vector<std::uint8_t>(256, 0x66));
}

TEST_CASE("copy: within the device beyond the destination or the source [negative]") {
  opened_device device;
  stream on(device);
  buffer small(device, 64);
  buffer large(device, 256);
  fill(on, small, 0x55);
  fill(on, large, 0x56);
  for (const auto &one : ranges_beyond(64)) {
    const auto offset = one.first;
    const auto size = one.second;
    CAPTURE(offset);
    CAPTURE(size);
    expect_status(call(table().copy, on, small, offset, large, 0u, size), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy, on, large, 0u, small, offset, size), HAL_STATUS_OUT_OF_RANGE);
  }
  expect_equal(download(on, small, 64), std::vector<std::uint8_t>(64, 0x55));
  expect_equal(download(on, large, 256), std::vector<std::uint8_t>(256, 0x56));
}

TEST_CASE("copy: ranges of one memory that overlap [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 256);
  upload(on, memory, pattern(256));
  const std::pair<std::uint64_t, std::uint64_t> starts[] = {{0, 0}, {0, 99}, {99, 0},
                                                            {1, 0}, {0, 1},  {50, 149}};
  for (const auto &one : starts) {
    const auto to = one.first;
    const auto from = one.second;
    CAPTURE(to);
    CAPTURE(from);
    expect_status(call(table().copy, on, memory, to, memory, from, 100u), HAL_STATUS_INVALID_ARGUMENT);
  }
  expect_equal(download(on, memory, 256), pattern(256));
}

TEST_CASE("copy: host memory that is NULL [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  expect_status(call(table().copy_to_device, on, memory, 0u, nullptr, 64u), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().copy_to_host, on, nullptr, memory, 0u, 64u), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("copy: no stream, no memory [negative]") {
  opened_device device;
  stream on(device);
  buffer memory(device, 64);
  expect_status(call(table().copy_to_device, nullptr, memory, 0u, some_bytes, 64u),
                HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_device, on, nullptr, 0u, some_bytes, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_host, nullptr, some_bytes, memory, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_host, on, some_bytes, nullptr, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, nullptr, memory, 0u, memory, 32u, 32u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, nullptr, 0u, memory, 0u, 32u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, memory, 0u, nullptr, 0u, 32u), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("copy: memory of another opening [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  stream elsewhere(other);
  buffer memory(device, 64);
  buffer foreign(other, 64);
  upload(elsewhere, foreign, pattern(64));
  expect_status(call(table().copy_to_device, on, foreign, 0u, some_bytes, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_to_host, on, some_bytes, foreign, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, foreign, 0u, memory, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy, on, memory, 0u, foreign, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_equal(download(elsewhere, foreign, 64), pattern(64));
}
