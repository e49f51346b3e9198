// pointer_info: what a raw pointer belongs to.
#include <cstddef>
#include <cstring>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

hal_pointer_info info_of(hal_device *device, std::uint64_t address) {
  hal_pointer_info info;
  std::memset(&info, poison, sizeof info);
  info.struct_size = sizeof info;
  require_ok(call(table().pointer_info, device, address, &info));
  return info;
}

bool skip_without_pointers() {
  return skip_without(HAL_FEATURE_POINTER_QUERY) || skip_without(HAL_FEATURE_ADDRESSES);
}

}  // namespace

TEST_CASE("pointer: first, inner and last byte of an allocation") {
  if (skip_without_pointers()) return;
  opened_device device;
  buffer memory(device, 10000);
  for (const std::uint64_t offset : {0u, 1u, 5000u, 9999u}) {
    CAPTURE(offset);
    const auto info = info_of(device, memory->address + offset);
    CHECK(info.struct_size == sizeof info);
    CHECK(info.kind == HAL_MEMORY_DEVICE);
    CHECK(info.base == memory->address);
    CHECK(info.size >= 10000);
    CHECK(info.memory == static_cast<hal_memory *>(memory));
  }
}

TEST_CASE("pointer: host and shared memory") {
  if (skip_without_pointers()) return;
  opened_device device;
  bool any = false;
  for (const auto &[kind, feature] : {std::pair{HAL_MEMORY_HOST, HAL_FEATURE_HOST_MEMORY},
                                      std::pair{HAL_MEMORY_SHARED, HAL_FEATURE_SHARED_MEMORY}}) {
    if (!has(feature)) continue;
    any = true;
    buffer memory(device, 10000, kind);
    const auto info = info_of(device, memory->address + 17);
    CHECK(info.kind == static_cast<hal_memory_kind>(kind));
    CHECK(info.memory == static_cast<hal_memory *>(memory));
  }
  if (!any) skip_without(HAL_FEATURE_HOST_MEMORY);
}

TEST_CASE("pointer: ordinary host memory is none of the device's") {
  if (skip_without_pointers()) return;
  opened_device device;
  const std::vector<char> own(4096);
  const auto info = info_of(device, reinterpret_cast<std::uintptr_t>(own.data()));
  CHECK(info.kind == 0);
  CHECK(info.memory == nullptr);
}

TEST_CASE("pointer: another opening's memory is not handed out by this one [negative]") {
  if (skip_without_pointers()) return;
  opened_device device;
  opened_device other;
  buffer foreign(other, 4096);
  CHECK(info_of(device, foreign->address).memory == nullptr);
}

TEST_CASE("pointer: a freed allocation has no handle any more [negative]") {
  if (skip_without_pointers()) return;
  opened_device device;
  buffer memory(device, 4096);
  const auto address = memory->address;
  expect_ok(call(table().memory_free, device, memory.release()));
  CHECK(info_of(device, address).memory == nullptr);
}

TEST_CASE("pointer: writes no more than a short record holds, and wants a record [negative]") {
  if (skip_without_pointers()) return;
  opened_device device;
  buffer memory(device, 4096);
  hal_pointer_info info;
  std::memset(&info, poison, sizeof info);
  info.struct_size = offsetof(hal_pointer_info, size);
  expect_ok(call(table().pointer_info, device, memory->address, &info));
  CHECK(info.base == memory->address);
  CHECK(info.size == 0xa5a5a5a5a5a5a5a5u);
  expect_status(call(table().pointer_info, device, memory->address, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().pointer_info, nullptr, memory->address, &info), HAL_STATUS_INVALID_HANDLE);
}
