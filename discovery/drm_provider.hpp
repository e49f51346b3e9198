// Devices that the kernel's graphics drivers show in /sys/class/drm and its compute drivers in
// /sys/class/accel: their device nodes, and devices on no PCI bus.
#pragma once

#include <string>

#include "discovery/provider.hpp"

namespace hal::discovery {

// Whether these providers read the PCI functions behind the entries: needed where no bus shows them.
enum class pci_functions { leave, read };

// /sys/class/drm. A device on another bus than PCI counts only with a render node: what has none shows
// pictures and computes nothing. Frame buffers of the firmware and virtual devices never count.
class drm_provider final : public provider {
 public:
  // The folder that holds card0, renderD128 and so on: sys/class/drm, or a snapshot of it whose entries are
  // folders. Where it is absent there is nothing and no warning.
  explicit drm_provider(std::string folder, pci_functions functions = pci_functions::leave)
      : folder_(std::move(folder)), functions_(functions) {}

  std::string_view name() const noexcept override { return "drm"; }
  provider_result scan() const override;

 private:
  std::string folder_;
  pci_functions functions_;
};

// /sys/class/accel: everything in it computes.
class accel_provider final : public provider {
 public:
  explicit accel_provider(std::string folder, pci_functions functions = pci_functions::leave)
      : folder_(std::move(folder)), functions_(functions) {}

  std::string_view name() const noexcept override { return "accel"; }
  provider_result scan() const override;

 private:
  std::string folder_;
  pci_functions functions_;
};

}  // namespace hal::discovery
