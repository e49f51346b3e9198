// What the amdgpu driver tells of a device in files: live figures without a library and without waking it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/abi/description.h"

namespace hal::plugins::hip::sysfs {

// Of the PCI device, below /sys or what HAL_HIP_SYSFS names instead (for tests); empty without an address.
std::string folder_of(const hal_device_identity &identity);

bool is_there(const std::string &folder) noexcept;
// A device whose power is off: reading most files would wake it.
bool is_asleep(const std::string &folder);

// A file's first line; nothing when it cannot be read or is empty.
std::optional<std::string> text(const std::string &folder, const std::string &file);
// The number at its beginning, decimal or after 0x.
std::optional<std::uint64_t> number(const std::string &folder, const std::string &file);

// Counts of memory errors, of all blocks that are counted.
struct error_counts {
  std::uint64_t uncorrectable, correctable;
};
std::optional<error_counts> errors_of(const std::string &folder);

// Reads what there is to read. Of a partition's device only what is the same for all parts: temperature and
// clocks.
void read(const std::string &folder, bool is_partition, hal_metrics &out);

}  // namespace hal::plugins::hip::sysfs
