// PCI functions through the hal-pci module, as values.
#pragma once

#include <functional>
#include <string>

#include "discovery/pci_scan.h"
#include "discovery/provider.hpp"

namespace hal::discovery {

enum class pci_source_kind {
  sysfs,  // path is a root directory that holds sys/: "/" or a recorded tree
  dump,   // path is a file written by lspci -x, -xxx or -xxxx
};

struct pci_source {
  pci_source_kind kind = pci_source_kind::sysfs;
  std::string path = "/";
  // Asked with the identity of each function whether its details are to be read, too; those of the bridge
  // right above it then are as well. Nothing: the details of all are.
  std::function<bool(const pci_function &)> wants_details = {};
};

class pci_provider final : public provider {
 public:
  // `module_scan` is the loaded module's hal_pci_scan; the caller keeps the module loaded as long as this
  // object lives. With NULL the module is not there: every scan yields no function and one warning, which
  // ends with `why_missing` (the loader's text, a sentence; may be empty).
  explicit pci_provider(hal_pci_scan_function module_scan, pci_source source = {},
                        std::string why_missing = {});

  std::string_view name() const noexcept override { return "pci"; }

  // Sorted by address. Where a source names an address twice, the first one counts and a warning says so.
  provider_result scan() const override;

 private:
  hal_pci_scan_function scan_;
  pci_source source_;
  std::string why_missing_;
};

}  // namespace hal::discovery
