// A source of devices. PCI is one (discovery/pci_provider.hpp); others add what no PCI scan shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"
#include "hal/device_info.hpp"

namespace hal::discovery {

// A device as its kernel driver shows it: a PCI function, a part of one, or something on no PCI bus.
struct driver_device {
  std::string_view source;                 // "drm", "accel", "kfd", "proc": for messages
  std::optional<pci_address> pci;          // the function that it is or belongs to
  std::string platform;                    // without one: its name on the bus it is on, "13e40000.gpu"
  std::optional<std::uint32_t> partition;  // which part of the function, from 0; empty: all of it
  std::optional<std::uint16_t> vendor;     // as far as the source tells
  std::optional<std::uint16_t> device;
  std::string name;                // what the driver calls the product; may be empty
  std::string driver;              // may be empty
  std::vector<std::string> nodes;  // its files in /dev
  // What it computes as, where the driver's being there proves that it is an accelerator; empty where a
  // display would look the same.
  std::optional<device_type> computes;

  friend bool operator==(const driver_device &, const driver_device &) = default;
};

struct provider_result {
  std::vector<pci_function> functions;  // in any order; a provider names each address once
  std::vector<warning> warnings;
  std::vector<driver_device> devices = {};
};

class provider {
 public:
  provider() = default;
  provider(const provider &) = delete;
  provider &operator=(const provider &) = delete;
  virtual ~provider() = default;

  // "pci": for messages.
  virtual std::string_view name() const noexcept = 0;

  // Reads the source anew. May block on slow file systems, prints nothing, and throws only std::bad_alloc:
  // what cannot be read is a warning. Callable from several threads at once.
  virtual provider_result scan() const = 0;
};

}  // namespace hal::discovery
