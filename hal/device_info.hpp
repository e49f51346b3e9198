// The fixed facts about a device: the capability record of hal/abi/description.h as a C++ value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hal/abi/description.h"
#include "hal/pci_address.hpp"
#include "hal/uuid.hpp"

namespace hal {

enum class device_type : std::uint32_t {
  other = HAL_DEVICE_TYPE_OTHER,
  cpu = HAL_DEVICE_TYPE_CPU,
  gpu = HAL_DEVICE_TYPE_GPU,
  npu = HAL_DEVICE_TYPE_NPU,
  fpga = HAL_DEVICE_TYPE_FPGA,
  dsp = HAL_DEVICE_TYPE_DSP,
  coprocessor = HAL_DEVICE_TYPE_COPROCESSOR,
};

// "gpu"; what to_string writes is what parse_device_type reads, in lower case only.
std::string_view to_string(device_type type) noexcept;
std::optional<device_type> parse_device_type(std::string_view text) noexcept;

// PCI address, UUID and partition together say which device it is; each alone has been seen twice in one
// machine.
struct device_identity {
  std::optional<pci_address> pci;
  std::optional<hal::uuid> uuid;
  std::optional<std::uint32_t> partition;

  friend bool operator==(const device_identity &, const device_identity &) = default;
};

// Sizes are bytes, rates are per second, frequencies are hertz. 0 and empty mean "not known".
struct device_info {
  std::string plugin;       // which plugin told
  std::uint32_t index = 0;  // which of that plugin's devices
  device_type type = device_type::other;
  device_identity identity;
  std::string name;
  std::string vendor;
  std::string driver_version;
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;

  std::uint64_t memory_total = 0;
  std::uint64_t max_allocation = 0;
  std::uint64_t memory_bandwidth = 0;
  std::uint64_t l2_cache_size = 0;
  std::uint32_t memory_bus_width = 0;  // bits
  std::uint32_t cache_line_size = 0;
  std::uint32_t allocation_alignment = 0;

  std::uint32_t compute_units = 0;
  std::uint32_t max_block_items = 0;
  std::array<std::uint32_t, 3> max_block{};
  std::array<std::uint32_t, 3> max_grid{};
  std::uint32_t subgroup_size = 0;
  std::uint32_t max_items_per_unit = 0;
  std::uint32_t registers_per_block = 0;
  std::uint32_t max_arguments_size = 0;
  std::uint64_t shared_memory_per_block = 0;
  std::uint64_t max_dynamic_shared_memory = 0;
  std::uint64_t clock_rate = 0;

  std::uint64_t data_types = 0;  // HAL_DATA_TYPE_*
  std::uint64_t features = 0;    // HAL_FEATURE_*

  std::uint64_t peak_f64 = 0;
  std::uint64_t peak_f32 = 0;
  std::uint64_t peak_f16 = 0;
  std::uint64_t peak_bf16 = 0;
  std::uint64_t peak_f8 = 0;
  std::uint64_t peak_i8 = 0;

  std::vector<std::string> module_formats;
  std::vector<std::string> targets;  // the device's own first

  bool has_feature(std::uint64_t features_wanted) const noexcept {
    return (features & features_wanted) == features_wanted;
  }

  // "cuda:0": how this device is named on a command line, whatever else is in the machine.
  std::string selector() const { return plugin + ":" + std::to_string(index); }
};

// Names of the set bits, in the order of hal/abi/description.h: "f32", "stream_allocation".
std::vector<std::string_view> data_type_names(std::uint64_t data_types);
std::vector<std::string_view> feature_names(std::uint64_t features);

// What a vendor adds to the fixed facts.
struct device_property {
  std::string name;  // "cuda.compute_capability"
  std::string unit;
  std::variant<std::string, std::uint64_t, std::int64_t, double, bool> value;
};

// What changes while the device runs. A figure that could not be read is not there.
struct device_metrics {
  std::uint64_t timestamp = 0;               // nanoseconds of CLOCK_MONOTONIC
  std::optional<double> utilization;         // 0 to 1
  std::optional<double> memory_utilization;  // 0 to 1
  std::optional<std::uint64_t> memory_used;
  std::optional<std::uint64_t> memory_total;
  std::optional<double> power;        // watts
  std::optional<double> power_limit;  // watts
  std::optional<double> temperature;  // degrees Celsius
  std::optional<std::uint64_t> compute_clock;
  std::optional<std::uint64_t> memory_clock;
  std::optional<double> memory_temperature;    // degrees Celsius
  std::optional<std::uint64_t> bus_sent;       // to the host's bus, bytes a second
  std::optional<std::uint64_t> bus_received;   // likewise
  std::optional<std::uint64_t> link_sent;      // over the links to other devices, bytes since some moment
  std::optional<std::uint64_t> link_received;  // likewise
  std::optional<std::uint64_t> ecc_corrected;  // memory errors since the driver was loaded
  std::optional<std::uint64_t> ecc_uncorrected;
  std::optional<std::uint64_t> faults;      // critical ones since this process's first reading
  std::optional<std::uint64_t> last_fault;  // the vendor's number of the latest; 0: there was none
  std::optional<std::uint64_t> throttle;    // HAL_THROTTLE_*
};

// Names of the set bits of HAL_THROTTLE_*, in their order: "power", "temperature".
std::vector<std::string_view> throttle_names(std::uint64_t throttle);

}  // namespace hal
