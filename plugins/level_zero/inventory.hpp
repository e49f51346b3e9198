// The devices of the last probe: those of every driver, each followed by its parts.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

struct found_device {
  driver::driver_handle owner = nullptr;
  std::uint32_t version = 0;  // of the specification, as the driver tells it
  driver::device native = nullptr;
  driver::device whole = nullptr;  // what it is a part of; NULL when it is whole
  std::uint32_t part = 0;          // its number within the whole
  // Not a part to the driver, but one of several of one card: the flat hierarchy, in which tiles are devices.
  bool is_flat_part = false;

  bool is_part() const noexcept { return whole != nullptr || is_flat_part; }
};

// Asks every driver. Throws a status of probe's.
std::vector<found_device> take_inventory(const api &api);

// Keeps what probe found.
void keep_inventory(std::vector<found_device> found);

// A device of the last probe. Throws HAL_STATUS_INVALID_STATE when there was none, HAL_STATUS_OUT_OF_RANGE
// when it found fewer devices.
found_device probed(std::uint32_t index);
// All of them.
std::vector<found_device> probed_devices();

// The records behind a count: calls ask(&count, NULL), then ask(&count, records). Empty when that fails.
template <typename Record, typename Ask>
std::vector<Record> list_of(const Record &blank, Ask &&ask) {
  std::uint32_t count = 0;
  if (ask(&count, static_cast<Record *>(nullptr)) != driver::ZE_RESULT_SUCCESS || count == 0) return {};
  std::vector<Record> records(count, blank);
  if (ask(&count, records.data()) != driver::ZE_RESULT_SUCCESS) return {};
  records.resize(count);
  return records;
}

}  // namespace hal::plugins::level_zero
