// Part of the hal-pci module: what libpci tells. pci_module.cpp implements it and is the only file that knows
// libpci. Nothing here throws but std::bad_alloc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"
#include "discovery/pci_place.hpp"

namespace hal::discovery {

// Configuration space of the functions of a tree, through their `config` files.
class config_space {
 public:
  // `bus` is the path of sys/bus/pci. Nothing is opened before the first question.
  explicit config_space(std::string bus);
  config_space(const config_space &) = delete;
  config_space &operator=(const config_space &) = delete;
  ~config_space();

  // Empty: the function has none, or this user may not read as far.
  std::optional<resizable_bar> bar(const pci_address &address);

  // Why libpci could not be started; empty while it could.
  const std::string &failure() const noexcept { return failure_; }

 private:
  struct library;

  std::string bus_;
  std::string failure_;
  std::unique_ptr<library> libpci_;
  bool started_ = false;
};

struct dump_contents {
  bool readable = false;  // otherwise the last warning says why
  std::vector<pci_function> functions;
  std::vector<bus_range> buses;  // one per function
  std::vector<warning> warnings;
};

// A file written by lspci -x, -xxx or -xxxx. Parents and roots are left open.
dump_contents read_dump(const std::string &path);

}  // namespace hal::discovery
