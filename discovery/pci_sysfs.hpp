// Part of the hal-pci module: the sysfs attributes of one PCI function, read with nothing but the C library.
//
// It reads what libpci does not tell (driver, link, NUMA node, IOMMU group, physical function), and it reads
// the identity where libpci gives up. Nothing here throws but std::bad_alloc, blocks (FIFOs) or follows a
// damaged tree into trouble.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/pci_scan.h"
#include "hal/pci_address.hpp"

namespace hal::discovery::sysfs {

class descriptor {
 public:
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor &&other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  descriptor &operator=(descriptor &&) = delete;
  ~descriptor();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// "No such file or directory"
std::string error_text(int code);

struct listing {
  descriptor directory{-1};  // of sys/bus/pci/devices; invalid: error says why
  int error = 0;             // errno
  std::vector<pci_address> addresses;
  std::vector<std::string>
      warnings;  // entries that are no address, a directory that could not be read to its end
};

listing list_functions(const std::string &devices_path);

// Opens a function's own directory; an invalid descriptor leaves errno.
descriptor open_function(const listing &list, const pci_address &address);

// Whether all of these are plain files, so that reading them by name neither blocks nor meets a directory or
// a loop.
bool all_plain_files(int directory, std::initializer_list<const char *> names);

// What could not be read and why, collected over one function: "vendor (No such file or directory)".
struct troubles {
  std::uint32_t unread = 0;  // HAL_PCI_UNREAD_...
  std::vector<std::string> texts;
};

// Vendor, device, subsystem, class and revision by their attributes. Fills `out` and notes what is missing.
void read_identity(int directory, hal_pci_function &out, troubles &lost);

// The rest. The strings that `out` points to lie in `driver` and `physical_function`.
void read_surroundings(int directory, hal_pci_function &out, std::string &driver,
                       std::string &physical_function, troubles &lost);

}  // namespace hal::discovery::sysfs
