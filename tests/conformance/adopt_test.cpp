// memory_adopt, stream_adopt: what others made.
#include <algorithm>
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

// Whole pages of the host's, so that every driver can pin them.
struct pages {
  alignas(65536) std::uint8_t bytes[65536];
};

hal_memory *adopt_host(hal_device *device, pages &from) {
  hal_memory *memory = nullptr;
  require_ok(call(table().memory_adopt, device, HAL_MEMORY_HOST, reinterpret_cast<std::uintptr_t>(from.bytes),
                  sizeof from.bytes, &memory));
  REQUIRE(memory != nullptr);
  return memory;
}

}  // namespace

TEST_CASE("adopt: host memory is used in place and stays its owner's") {
  if (skip_without(HAL_FEATURE_ADOPT_MEMORY)) return;
  const auto own = std::make_unique<pages>();
  const auto bytes = pattern(sizeof own->bytes);
  std::copy(bytes.begin(), bytes.end(), own->bytes);
  {
    opened_device device;
    stream on(device);
    buffer copy(device, sizeof own->bytes);
    const buffer adopted(device, adopt_host(device, *own));
    CHECK(adopted->size == sizeof own->bytes);
    CHECK(adopted->kind == HAL_MEMORY_HOST);
    CHECK(adopted->host == own->bytes);
    expect_ok(call(table().copy, on, copy, 0u, adopted, 0u, sizeof own->bytes));
    expect_equal(download(on, copy, bytes.size()), bytes);
    fill(on, adopted, 0x42);
    finish(on);
  }
  expect_equal(std::vector<std::uint8_t>(std::begin(own->bytes), std::end(own->bytes)),
               std::vector<std::uint8_t>(sizeof own->bytes, 0x42));
}

TEST_CASE("adopt: the same memory again after it was given back") {
  if (skip_without(HAL_FEATURE_ADOPT_MEMORY)) return;
  const auto own = std::make_unique<pages>();
  opened_device device;
  for (int i = 0; i < 3; ++i) const buffer adopted(device, adopt_host(device, *own));
}

TEST_CASE("adopt: address 0, size 0, a kind that does not exist [negative]") {
  if (skip_without(HAL_FEATURE_ADOPT_MEMORY)) return;
  const auto own = std::make_unique<pages>();
  const auto address = reinterpret_cast<std::uintptr_t>(own->bytes);
  opened_device device;
  hal_memory *memory = nullptr;
  for (const hal_memory_kind kind : {HAL_MEMORY_HOST, HAL_MEMORY_DEVICE}) {
    expect_status(call(table().memory_adopt, device, kind, 0u, 4096u, &memory), HAL_STATUS_INVALID_ARGUMENT);
  }
  expect_status(call(table().memory_adopt, device, HAL_MEMORY_HOST, address, 0u, &memory),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_one_of(call(table().memory_adopt, device, 99u, address, 4096u, &memory),
                {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_UNSUPPORTED});
}

TEST_CASE("adopt: no device, no place for the result, given back twice [negative]") {
  if (skip_without(HAL_FEATURE_ADOPT_MEMORY)) return;
  const auto own = std::make_unique<pages>();
  const auto address = reinterpret_cast<std::uintptr_t>(own->bytes);
  opened_device device;
  hal_memory *memory = nullptr;
  expect_status(call(table().memory_adopt, nullptr, HAL_MEMORY_HOST, address, 4096u, &memory),
                HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().memory_adopt, device, HAL_MEMORY_HOST, address, 4096u, nullptr),
                HAL_STATUS_INVALID_ARGUMENT);
  buffer adopted(device, adopt_host(device, *own));
  hal_memory *freed = adopted.release();
  expect_ok(call(table().memory_free, device, freed));
  expect_status(call(table().memory_free, device, freed), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("adopt: a stream of the vendor's works and stays its owner's") {
  if (skip_without(HAL_FEATURE_ADOPT_STREAM)) return;
  opened_device device;
  stream owner(device);
  buffer memory(device, 4096);
  void *native = nullptr;
  const answer given =
      call(table().native_handle, device, HAL_OBJECT_STREAM, static_cast<hal_stream *>(owner), &native);
  if (skip_unsupported(given, "native_handle of a stream")) return;
  require_ok(given);
  hal_stream *adopted = nullptr;
  require_ok(call(table().stream_adopt, device, native, &adopted));
  fill(adopted, memory, 0x18);
  finish(adopted);
  expect_ok(call(table().stream_destroy, device, adopted));
  expect_equal(download(owner, memory, 4096), std::vector<std::uint8_t>(4096, 0x18));
}

TEST_CASE("adopt: a stream for no device, without a place for the result [negative]") {
  if (skip_without(HAL_FEATURE_ADOPT_STREAM)) return;
  opened_device device;
  int something = 0;
  hal_stream *made = nullptr;
  expect_status(call(table().stream_adopt, nullptr, &something, &made), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().stream_adopt, device, &something, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}
