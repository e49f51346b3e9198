// NVIDIA's management library: live figures, links, and what a MIG instance is a part of. Never required:
// where it is missing or refuses, there are fewer figures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/abi/description.h"
#include "plugins/cuda/driver.hpp"

namespace hal::plugins::cuda::nvml {

// Our own declarations of nvml.h, as far as they are used; tests/unit/plugins/cuda/nvml_header_test.cpp holds
// them against a real one where there is one.
using result = int;  // 0 is success
using device = struct device_record *;
using event_set = struct event_set_record *;

struct utilization {
  unsigned gpu, memory;  // percent
};
struct memory {
  unsigned long long total, free, used;
};
struct pci_info {
  char legacy_bus_id[16];
  unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
  char bus_id[32];
};
struct field_value {
  unsigned field, scope;
  long long timestamp, latency;
  int type;
  nvml::result result;
  union {
    double real;
    unsigned number;
    unsigned long long large;
  } value;
};
struct event_data {
  nvml::device device;
  unsigned long long type, data;
  unsigned gpu_instance, compute_instance;
};
enum clock : int { clock_graphics = 0, clock_memory = 2 };
enum sensor : int { sensor_gpu = 0 };
enum memory_error : int { error_corrected = 0, error_uncorrected = 1 };
enum ecc_counter : int { ecc_volatile = 0 };  // since the driver was loaded
enum pcie_counter : int { pcie_sent = 0, pcie_received = 1 };
enum enable_state : int { state_disabled = 0, state_enabled = 1 };
enum value_type : int { type_unsigned = 1, type_unsigned_long = 2, type_unsigned_large = 3 };

inline constexpr unsigned field_memory_temperature = 82;
inline constexpr unsigned field_link_sent = 138;  // KiB of data; of all links together in the scope of all
inline constexpr unsigned field_link_received = 139;
inline constexpr unsigned scope_all_links = UINT32_MAX;
inline constexpr unsigned most_links = 18;
inline constexpr unsigned long long event_xid = 0x8;
enum throttle_reason : unsigned {
  throttle_idle = 0x1,
  throttle_application_clocks = 0x2,
  throttle_software_power = 0x4,
  throttle_hardware = 0x8,
  throttle_sync_boost = 0x10,
  throttle_software_thermal = 0x20,
  throttle_hardware_thermal = 0x40,
  throttle_power_brake = 0x80,
  throttle_display_clocks = 0x100
};

// Every entry may be NULL.
struct entries {
#define HAL_NVML_ENTRY(member, symbol, parameters) result(*member) parameters = nullptr;
#include "plugins/cuda/nvml_entries.inc"
#undef HAL_NVML_ENTRY
};

// Whether the library can be loaded; it is not initialised.
bool is_there() noexcept;
// Initialised; NULL when that fails.
const entries *ready() noexcept;
// The library's handle of the device with that identity.
std::optional<device> find_device(const entries &all, const hal_device_identity &identity);

// What an entry answers by its last parameter; nothing when it is missing or refuses.
template <typename Value, typename... Parameters, typename... Arguments>
std::optional<Value> ask(result (*entry)(Parameters...), Arguments... arguments) noexcept {
  Value value{};
  if (entry == nullptr || entry(arguments..., &value) != 0) return std::nullopt;
  return value;
}

// Number of the MIG instance within its GPU, from 0; 0 when that is not known.
std::uint32_t instance_number(const driver::uuid &instance) noexcept;
// N of /dev/nvidiaN.
std::optional<unsigned> minor_number(const hal_device_identity &identity);

// The active links of a device by the PCI address of their other end: how many there are to each.
struct link {
  std::string peer;
  unsigned count = 0;
};
std::vector<link> links(const hal_device_identity &identity);

// Reads what there is to read of the device with that identity.
void read(const hal_device_identity &identity, hal_metrics &out) noexcept;

}  // namespace hal::plugins::cuda::nvml
