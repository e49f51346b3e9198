// peer_info, peer_enable, peer_disable, copy_peer.
#include <cstring>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

// Another device of the plugin when there is one, else the same once more.
std::uint32_t peer_index() {
  return the_subject().device_count() > 1 ? (the_subject().index() + 1) % the_subject().device_count()
                                          : the_subject().index();
}

}  // namespace

TEST_CASE("peer: what two devices are to one another is known") {
  if (skip_without_entry(table().peer_info, "peer_info")) return;
  opened_device device;
  opened_device peer(peer_index());
  hal_peer_info info;
  std::memset(&info, poison, sizeof info);
  info.struct_size = sizeof info;
  expect_ok(call(table().peer_info, device, peer, &info));
  CHECK(info.struct_size == sizeof info);
  CHECK(info.accessible <= 1);
  CHECK(info.native_atomics <= 1);
}

TEST_CASE("peer: enabled twice is harmless, then disabled") {
  if (skip_without(HAL_FEATURE_PEER_ACCESS)) return;
  opened_device device;
  opened_device peer(peer_index());
  hal_peer_info info{};
  info.struct_size = sizeof info;
  require_ok(call(table().peer_info, device, peer, &info));
  if (info.accessible == 0) {
    expect_status(call(table().peer_enable, device, peer), HAL_STATUS_UNSUPPORTED);
    return record_skip("the two devices at hand are no peers");
  }
  expect_ok(call(table().peer_enable, device, peer));
  expect_ok(call(table().peer_enable, device, peer));
  expect_ok(call(table().peer_disable, device, peer));
}

TEST_CASE("peer: disabled without having been enabled [negative]") {
  if (skip_without(HAL_FEATURE_PEER_ACCESS)) return;
  opened_device device;
  opened_device peer(peer_index());
  expect_status(call(table().peer_disable, device, peer), HAL_STATUS_INVALID_STATE);
}

TEST_CASE("peer: no device, no peer, no record [negative]") {
  if (skip_without_entry(table().peer_info, "peer_info")) return;
  opened_device device;
  opened_device peer(peer_index());
  hal_peer_info info{};
  info.struct_size = sizeof info;
  expect_status(call(table().peer_info, device, nullptr, &info), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().peer_info, nullptr, peer, &info), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().peer_info, device, peer, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("peer copy: on a stream of either device") {
  if (skip_without(HAL_FEATURE_PEER_COPY)) return;
  opened_device device;
  opened_device peer(peer_index());
  stream here(device);
  stream there(peer);
  buffer mine(device, 8192);
  buffer theirs(peer, 8192);
  upload(here, mine, pattern(8192));
  expect_ok(call(table().copy_peer, here, theirs, 0u, mine, 0u, 8192u));
  finish(here);
  expect_equal(download(there, theirs, 8192), pattern(8192));
  upload(there, theirs, pattern(8192, 2));
  expect_ok(call(table().copy_peer, here, mine, 0u, theirs, 0u, 4096u));
  finish(here);
  expect_ok(call(table().copy_peer, there, mine, 4096u, theirs, 4096u, 4096u));
  finish(there);
  expect_equal(download(here, mine, 8192), pattern(8192, 2));
}

TEST_CASE("peer copy: beyond either memory [negative]") {
  if (skip_without(HAL_FEATURE_PEER_COPY)) return;
  opened_device device;
  opened_device peer(peer_index());
  stream on(device);
  buffer mine(device, 256);
  buffer theirs(peer, 256);
  expect_status(call(table().copy_peer, on, mine, 0u, theirs, 0u, 257u), HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(table().copy_peer, on, mine, 255u, theirs, 0u, 2u), HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(table().copy_peer, on, mine, 0u, theirs, UINT64_MAX, 2u), HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(table().copy_peer, on, mine, UINT64_MAX, theirs, 0u, 2u), HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("peer copy: no stream, no memory, a stream of neither [negative]") {
  if (skip_without(HAL_FEATURE_PEER_COPY)) return;
  opened_device device;
  opened_device peer(peer_index());
  opened_device third;
  stream on(device);
  stream elsewhere(third);
  buffer mine(device, 256);
  buffer theirs(peer, 256);
  expect_status(call(table().copy_peer, nullptr, mine, 0u, theirs, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_peer, on, nullptr, 0u, theirs, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().copy_peer, on, mine, 0u, nullptr, 0u, 64u), HAL_STATUS_INVALID_HANDLE);
  expect_one_of(call(table().copy_peer, elsewhere, mine, 0u, theirs, 0u, 64u),
                {HAL_STATUS_INVALID_HANDLE, HAL_STATUS_INVALID_ARGUMENT});
}
