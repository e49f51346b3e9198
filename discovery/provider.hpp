// A source of devices. PCI is one (discovery/pci_provider.hpp); others add what no PCI scan shows.
#pragma once

#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"

namespace hal::discovery {

struct provider_result {
  std::vector<pci_function> functions;  // in any order; a provider names each address once
  std::vector<warning> warnings;
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
