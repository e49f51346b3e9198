// Part of the hal-pci module: a function as it crosses the module's boundary.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "discovery/pci_function.hpp"
#include "discovery/pci_scan.h"

namespace hal::discovery {

// What get() hands out points into this object and into the function that it was made of.
class raw_function {
 public:
  explicit raw_function(const pci_function &function);
  raw_function(const raw_function &) = delete;
  raw_function &operator=(const raw_function &) = delete;

  const hal_pci_function &get() const noexcept { return raw_; }

 private:
  hal_pci_function raw_ = {};
  std::string physical_function_;
  std::string parent_;
  std::vector<const char *> interfaces_;
};

void warn(const hal_pci_scan_sink &sink, const char *address, const std::string &text);

}  // namespace hal::discovery
