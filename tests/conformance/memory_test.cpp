// memory_allocate, memory_free, memory_info, memory_slice, memory_map.
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

answer allocate(hal_device *device, const hal_memory_options &options) {
  hal_memory *memory = nullptr;
  const answer given = call(table().memory_allocate, device, &options, &memory);
  if (given.status == HAL_STATUS_OK && memory != nullptr) call(table().memory_free, device, memory);
  return given;
}

// The slice [offset, offset + size) of `parent`.
hal_memory *slice_of(hal_device *device, hal_memory *parent, std::uint64_t offset, std::uint64_t size) {
  hal_memory *slice = nullptr;
  require_ok(call(table().memory_slice, device, parent, offset, size, &slice));
  return slice;
}

// Maps all of it; false when this memory can't be mapped, with the skip recorded.
bool mapped(hal_device *device, hal_memory *memory, std::uint32_t access, void **out) {
  const answer given = call(table().memory_map, device, memory, 0u, memory->size, access, out);
  if (skip_unsupported(given, "memory_map")) return false;
  require_ok(given);
  REQUIRE(*out != nullptr);
  return true;
}

// Memory that both sides see: written by the host, copied on the device, and back.
void check_visible(hal_memory_kind kind) {
  opened_device device;
  stream on(device);
  buffer both(device, 4099, kind);
  buffer own(device, 4099);
  CHECK(both->kind == kind);
  CHECK(both->size == 4099);
  REQUIRE(both->host != nullptr);
  const auto bytes = pattern(4099);
  std::memcpy(both->host, bytes.data(), bytes.size());
  expect_ok(call(table().copy, on, own, 0u, both, 0u, 4099u));
  expect_equal(download(on, own, 4099), bytes);
  fill(on, own, 0x44);
  expect_ok(call(table().copy, on, both, 0u, own, 0u, 4099u));
  finish(on);
  const auto *seen = static_cast<const std::uint8_t *>(both->host);
  expect_equal(std::vector<std::uint8_t>(seen, seen + 4099), std::vector<std::uint8_t>(4099, 0x44));
}

}  // namespace

TEST_CASE("memory: says what was asked for") {
  opened_device device;
  for (const std::uint64_t size : {1u, 3u, 4095u, 4096u, 1048577u}) {
    CAPTURE(size);
    buffer memory(device, size);
    CHECK(memory->size == size);
    CHECK(memory->kind == HAL_MEMORY_DEVICE);
    CHECK(memory->flags == 0);
    CHECK((memory->address != 0) == has(HAL_FEATURE_ADDRESSES));
  }
}

TEST_CASE("memory: holds what was written, for all sizes") {
  opened_device device;
  stream on(device);
  for (const std::size_t size : {1u, 2u, 63u, 4095u, 65537u, 1048577u}) {
    CAPTURE(size);
    buffer memory(device, size);
    upload(on, memory, pattern(size));
    expect_equal(download(on, memory, size), pattern(size));
  }
}

TEST_CASE("memory: begins at the device's alignment and at the one asked for") {
  if (skip_without(HAL_FEATURE_ADDRESSES)) return;
  opened_device device;
  const std::uint64_t own = description().allocation_alignment;
  std::vector<std::unique_ptr<buffer>> kept;
  for (const std::uint64_t alignment : {0u, 1u, 16u, 256u, 4096u}) {
    CAPTURE(alignment);
    for (const std::uint64_t size : {1u, 100u, 5000u}) {
      hal_memory_options options = memory_options(size);
      options.alignment = alignment;
      hal_memory *memory = nullptr;
      require_ok(call(table().memory_allocate, device, &options, &memory));
      kept.push_back(std::make_unique<buffer>(device, memory));
      if (own != 0) CHECK(memory->address % own == 0);
      if (alignment != 0) CHECK(memory->address % alignment == 0);
    }
  }
}

TEST_CASE("memory: allocations that live together do not touch") {
  opened_device device;
  stream on(device);
  std::vector<std::unique_ptr<buffer>> buffers;
  for (unsigned i = 0; i < 64; ++i) {
    buffers.push_back(std::make_unique<buffer>(device, 1000 + i));
    upload(on, *buffers.back(), pattern(1000 + i, i));
  }
  for (unsigned i = 0; i < 64; ++i) expect_equal(download(on, *buffers[i], 1000 + i), pattern(1000 + i, i));
}

TEST_CASE("memory: a thousand allocations, freed in another order") {
  opened_device device;
  std::vector<std::unique_ptr<buffer>> buffers;
  for (unsigned i = 0; i < 1000; ++i) buffers.push_back(std::make_unique<buffer>(device, 1 + i % 700));
  for (std::size_t i = 0; i < buffers.size(); i += 2) buffers[i].reset();
  for (std::size_t i = 1; i < buffers.size(); i += 2) buffers[i].reset();
}

TEST_CASE("memory: a short options record has no alignment and no flags") {
  opened_device device;
  hal_memory_options options;
  std::memset(&options, 0xff, sizeof options);
  options.struct_size = offsetof(hal_memory_options, alignment);
  options.kind = HAL_MEMORY_DEVICE;
  options.size = 77;
  hal_memory *memory = nullptr;
  require_ok(call(table().memory_allocate, device, &options, &memory));
  const buffer owned(device, memory);
  CHECK(memory->size == 77);
  CHECK(memory->flags == 0);
}

TEST_CASE("memory: a longer options record is taken for what is known of it") {
  opened_device device;
  struct {
    hal_memory_options known;
    unsigned char beyond[32];
  } options;
  std::memset(&options, 0xff, sizeof options);
  options.known = memory_options(77);
  options.known.struct_size = sizeof options;
  hal_memory *memory = nullptr;
  require_ok(call(table().memory_allocate, device, &options.known, &memory));
  const buffer owned(device, memory);
  CHECK(memory->size == 77);
}

TEST_CASE("memory: free and total") {
  opened_device device;
  std::uint64_t available = 0;
  std::uint64_t total = 0;
  expect_ok(call(table().memory_info, device, &available, &total));
  CHECK(total > 0);
  CHECK(available <= total);
}

TEST_CASE("memory: host memory is seen by both sides") {
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  check_visible(HAL_MEMORY_HOST);
}

TEST_CASE("memory: shared memory is seen by both sides") {
  if (skip_without(HAL_FEATURE_SHARED_MEMORY)) return;
  check_visible(HAL_MEMORY_SHARED);
}

TEST_CASE("memory: size 0 [negative]") {
  opened_device device;
  expect_status(allocate(device, memory_options(0)), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("memory: more than there can be [negative]") {
  opened_device device;
  for (const std::uint64_t size : {UINT64_MAX, UINT64_MAX - 4095, std::uint64_t{1} << 63}) {
    CAPTURE(size);
    expect_one_of(allocate(device, memory_options(size)),
                  {HAL_STATUS_OUT_OF_DEVICE_MEMORY, HAL_STATUS_OUT_OF_HOST_MEMORY});
  }
  buffer still_works(device, 64);
}

TEST_CASE("memory: more host memory than there can be [negative]") {
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  opened_device device;
  for (const std::uint64_t size : {UINT64_MAX, UINT64_MAX - 4095, std::uint64_t{1} << 62}) {
    CAPTURE(size);
    expect_one_of(
        allocate(device, memory_options(size, HAL_MEMORY_HOST)),
        {HAL_STATUS_OUT_OF_DEVICE_MEMORY, HAL_STATUS_OUT_OF_HOST_MEMORY, HAL_STATUS_RESOURCE_EXHAUSTED});
  }
}

TEST_CASE("memory: an alignment that is no power of two [negative]") {
  opened_device device;
  for (const std::uint64_t alignment : {std::uint64_t{3}, std::uint64_t{100}, UINT64_MAX}) {
    CAPTURE(alignment);
    hal_memory_options options = memory_options(64);
    options.alignment = alignment;
    expect_status(allocate(device, options), HAL_STATUS_INVALID_ARGUMENT);
  }
}

TEST_CASE("memory: a kind that does not exist [negative]") {
  opened_device device;
  for (const hal_memory_kind kind : {0u, 4u, UINT32_MAX}) {
    CAPTURE(kind);
    expect_status(allocate(device, memory_options(64, kind)), HAL_STATUS_INVALID_ARGUMENT);
  }
}

TEST_CASE("memory: a flag that does not exist [negative]") {
  opened_device device;
  hal_memory_options options = memory_options(64);
  options.flags = 1u << 31;
  expect_status(allocate(device, options), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("memory: no device, no options, no place for the result [negative]") {
  opened_device device;
  const auto options = memory_options(64);
  hal_memory *memory = nullptr;
  expect_status(call(table().memory_allocate, nullptr, &options, &memory), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_allocate, device, nullptr, &memory), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_allocate, device, &options, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("memory: freed twice [negative]") {
  opened_device device;
  buffer memory(device, 64);
  hal_memory *freed = memory.release();
  expect_ok(call(table().memory_free, device, freed));
  expect_status(call(table().memory_free, device, freed), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("memory: freed by another opening [negative]") {
  opened_device device;
  opened_device other;
  stream on(device);
  buffer memory(device, 64);
  expect_status(call(table().memory_free, other, memory), HAL_STATUS_INVALID_HANDLE);
  fill(on, memory, 3);
  expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 3));
}

TEST_CASE("memory: no memory to free, no device to free it [negative]") {
  opened_device device;
  buffer memory(device, 64);
  expect_status(call(table().memory_free, device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_free, nullptr, memory), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("memory: no place for free and total [negative]") {
  opened_device device;
  std::uint64_t one = 0;
  expect_status(call(table().memory_info, device, nullptr, &one), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_info, device, &one, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_info, nullptr, &one, &one), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("slice: is a part of its parent") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  stream on(device);
  buffer parent(device, 8192);
  upload(on, parent, pattern(8192));
  const buffer part(device, slice_of(device, parent, 4096, 1000));
  CHECK(part->size == 1000);
  CHECK(part->kind == HAL_MEMORY_DEVICE);
  if (has(HAL_FEATURE_ADDRESSES)) CHECK(part->address == parent->address + 4096);
  auto bytes = pattern(8192);
  expect_equal(download(on, part, 1000),
               std::vector<std::uint8_t>(bytes.begin() + 4096, bytes.begin() + 5096));
  fill(on, part, 0x11);
  std::fill(bytes.begin() + 4096, bytes.begin() + 5096, std::uint8_t{0x11});
  expect_equal(download(on, parent, 8192), bytes);
}

TEST_CASE("slice: of 0 bytes [negative]") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  buffer parent(device, 64);
  hal_memory *slice = nullptr;
  for (const std::uint64_t offset : {0u, 32u, 64u}) {
    expect_status(call(table().memory_slice, device, parent, offset, 0u, &slice),
                  HAL_STATUS_INVALID_ARGUMENT);
  }
}

TEST_CASE("map: of 0 bytes [negative]") {
  if (skip_without_entry(table().memory_map, "memory_map")) return;
  opened_device device;
  buffer memory(device, 64);
  void *host = nullptr;
  const answer given = call(table().memory_map, device, memory, 0u, 0u, HAL_MAP_READ, &host);
  expect_one_of(given, {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_UNSUPPORTED});
}

TEST_CASE("slice: the whole parent, and its last byte") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  buffer parent(device, 4096);
  const buffer whole(device, slice_of(device, parent, 0, 4096));
  CHECK(whole->size == 4096);
}

TEST_CASE("slice: beyond its parent [negative]") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  buffer parent(device, 4096);
  const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
      {0, 4097}, {4096, 1}, {2048, 2049}, {UINT64_MAX, 1}, {UINT64_MAX, 2}, {256, UINT64_MAX - 255}};
  for (const auto &one : ranges) {
    const auto offset = one.first;
    const auto size = one.second;
    CAPTURE(offset);
    CAPTURE(size);
    hal_memory *slice = nullptr;
    expect_status(call(table().memory_slice, device, parent, offset, size, &slice), HAL_STATUS_OUT_OF_RANGE);
  }
}

TEST_CASE("slice: freeing the parent first [negative]") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  stream on(device);
  buffer parent(device, 4096);
  const buffer part(device, slice_of(device, parent, 0, 64));
  expect_status(call(table().memory_free, device, parent), HAL_STATUS_BUSY);
  fill(on, part, 6);
  expect_equal(download(on, part, 64), std::vector<std::uint8_t>(64, 6));
}

TEST_CASE("slice: freed twice [negative]") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  buffer parent(device, 4096);
  buffer part(device, slice_of(device, parent, 0, 64));
  hal_memory *freed = part.release();
  expect_ok(call(table().memory_free, device, freed));
  expect_status(call(table().memory_free, device, freed), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("slice: of no memory, of another opening's, without a place [negative]") {
  if (skip_without_entry(table().memory_slice, "memory_slice")) return;
  opened_device device;
  opened_device other;
  buffer parent(device, 4096);
  buffer foreign(other, 4096);
  hal_memory *slice = nullptr;
  expect_status(call(table().memory_slice, device, nullptr, 0u, 64u, &slice), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_slice, device, foreign, 0u, 64u, &slice), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_slice, device, parent, 0u, 64u, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("map: what the host writes is what the device has") {
  if (skip_without_entry(table().memory_map, "memory_map")) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  fill(on, memory, 0x21);
  finish(on);
  void *host = nullptr;
  if (!mapped(device, memory, HAL_MAP_READ | HAL_MAP_WRITE, &host)) return;
  const auto *seen = static_cast<const std::uint8_t *>(host);
  expect_equal(std::vector<std::uint8_t>(seen, seen + 4096), std::vector<std::uint8_t>(4096, 0x21));
  const auto bytes = pattern(4096);
  std::memcpy(host, bytes.data(), bytes.size());
  expect_ok(call(table().memory_unmap, device, memory));
  expect_equal(download(on, memory, 4096), bytes);
}

TEST_CASE("map: a range of host memory is the host's own pointer") {
  if (skip_without_entry(table().memory_map, "memory_map")) return;
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  opened_device device;
  buffer memory(device, 4096, HAL_MEMORY_HOST);
  void *host = nullptr;
  expect_ok(call(table().memory_map, device, memory, 128u, 256u, HAL_MAP_READ, &host));
  CHECK(host == static_cast<char *>(memory->host) + 128);
  expect_ok(call(table().memory_unmap, device, memory));
}

TEST_CASE("map: twice, and unmapping what is not mapped [negative]") {
  if (skip_without_entry(table().memory_map, "memory_map")) return;
  opened_device device;
  buffer memory(device, 4096);
  void *host = nullptr;
  if (!mapped(device, memory, HAL_MAP_READ, &host)) return;
  void *second = nullptr;
  expect_status(call(table().memory_map, device, memory, 0u, 64u, HAL_MAP_READ, &second),
                HAL_STATUS_INVALID_STATE);
  expect_ok(call(table().memory_unmap, device, memory));
  expect_status(call(table().memory_unmap, device, memory), HAL_STATUS_INVALID_STATE);
}

TEST_CASE("map: beyond the memory, for no access, of no memory [negative]") {
  if (skip_without_entry(table().memory_map, "memory_map")) return;
  opened_device device;
  opened_device other;
  buffer memory(device, 4096);
  buffer foreign(other, 4096);
  void *host = nullptr;
  if (!mapped(device, memory, HAL_MAP_READ, &host)) return;
  expect_ok(call(table().memory_unmap, device, memory));
  expect_status(call(table().memory_map, device, memory, 4000u, 97u, HAL_MAP_READ, &host),
                HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(table().memory_map, device, memory, UINT64_MAX, 2u, HAL_MAP_READ, &host),
                HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(table().memory_map, device, memory, 0u, 64u, 1u << 31, &host),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_map, device, nullptr, 0u, 64u, HAL_MAP_READ, &host),
                HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_map, device, foreign, 0u, 64u, HAL_MAP_READ, &host),
                HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_map, device, memory, 0u, 64u, HAL_MAP_READ, nullptr),
                HAL_STATUS_INVALID_ARGUMENT);
}
