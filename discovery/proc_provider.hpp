// What drivers tell in /proc: names and minor numbers from NVIDIA's, and the list of PCI functions where
// sysfs has none.
#pragma once

#include <string>

#include "discovery/provider.hpp"

namespace hal::discovery {

class proc_provider final : public provider {
 public:
  // `root` is the directory that holds proc/. What is absent there is nothing and no warning.
  explicit proc_provider(std::string root) : root_(std::move(root)) {}

  std::string_view name() const noexcept override { return "proc"; }

  // From proc/driver/nvidia/gpus a device each. From proc/bus/pci/devices addresses, ids and drivers, when
  // there is no sys/bus/pci/devices: it knows neither classes nor domains.
  provider_result scan() const override;

 private:
  std::string root_;
};

}  // namespace hal::discovery
