// The hal-pci module: the only file that knows libpci.
//
// sysfs: the functions are listed here and handed to libpci one by one by address, because libpci's own scan
// gives up on the whole list when one entry is damaged. What libpci cannot read of a function is read
// attribute by attribute. Dump: libpci reads a cleaned copy (discovery/pci_dump.hpp says why).
extern "C" {
#include <pci/pci.h>
}
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "discovery/pci_dump.hpp"
#include "discovery/pci_scan.h"
#include "discovery/pci_sysfs.hpp"

namespace hal::discovery {
namespace {

struct libpci_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// libpci's callbacks carry no user pointer, so its warnings find their scan by thread.
thread_local std::vector<std::string> *libpci_warnings = nullptr;

using message = std::array<char, 512>;

std::string printable_text(message &text) {
  text.back() = '\0';
  const std::size_t length = std::strlen(text.data());
  std::replace_if(
      text.begin(), text.begin() + length, [](char c) { return c < ' ' || c > '~'; }, '?');
  return {text.data(), length};
}

// The GNU attribute, unlike [[noreturn]], is part of the function's type, as libpci's member wants it.
__attribute__((noreturn)) void on_error(char *format, ...) {
  message text = {};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  throw libpci_error(printable_text(text));
}

void on_warning(char *format, ...) {
  message text = {};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  if (libpci_warnings) libpci_warnings->push_back(printable_text(text));
}

void on_debug(char *, ...) {}

struct clean_up {
  void operator()(pci_access *access) const noexcept { pci_cleanup(access); }
  void operator()(pci_dev *device) const noexcept { pci_free_dev(device); }
};
using access_handle = std::unique_ptr<pci_access, clean_up>;
using device_handle = std::unique_ptr<pci_dev, clean_up>;

access_handle open_libpci(unsigned method, std::string parameter, std::string value) {
  access_handle access(pci_alloc());
  access->method = method;
  access->error = on_error;
  access->warning = on_warning;
  access->debug = on_debug;
  if (pci_set_param(access.get(), parameter.data(), value.data()) != 0) {
    throw libpci_error("this libpci has no parameter " + parameter);
  }
  pci_init(access.get());
  return access;
}

class scan {
 public:
  explicit scan(const hal_pci_scan_sink &sink) : sink_(sink) { libpci_warnings = &from_libpci_; }
  scan(const scan &) = delete;
  scan &operator=(const scan &) = delete;
  ~scan() { libpci_warnings = nullptr; }

  int sysfs_tree(const std::string &root);
  int dump_file(const std::string &path);

  void warn(const char *address, const std::string &text) const {
    if (!sink_.warning) return;
    const hal_pci_warning warning = {sizeof(hal_pci_warning), address, text.c_str()};
    sink_.warning(sink_.user, &warning);
  }

 private:
  bool sysfs_function(pci_access *libpci, const sysfs::listing &list, const pci_address &address);
  bool identity_by_libpci(pci_access *libpci, int directory, const pci_address &address,
                          hal_pci_function &out);
  bool dumped_function(pci_dev *device);
  bool report(const hal_pci_function &function) const { return sink_.function(sink_.user, &function) == 0; }

  void pass_on_warnings(const char *address) {
    for (const std::string &text : from_libpci_) warn(address, "libpci says: " + text + ".");
    from_libpci_.clear();
  }

  const hal_pci_scan_sink &sink_;
  std::vector<std::string> from_libpci_;
};

hal_pci_function blank(const pci_address &address) {
  hal_pci_function function = {};
  function.size = sizeof function;
  function.domain = address.domain;
  function.bus = address.bus;
  function.device = address.device;
  function.function = address.function;
  function.numa_node = -1;
  function.iommu_group = -1;
  return function;
}

constexpr int identity = PCI_FILL_IDENT | PCI_FILL_CLASS | PCI_FILL_CLASS_EXT | PCI_FILL_SUBSYS;

void take(const pci_dev &device, hal_pci_function &out) {
  out.vendor_id = device.vendor_id;
  out.device_id = device.device_id;
  out.class_code = static_cast<std::uint32_t>(device.device_class) << 8 | device.prog_if;
  out.revision = device.rev_id;
  out.subsystem_vendor_id = device.subsys_vendor_id;
  out.subsystem_device_id = device.subsys_id;
}

// libpci takes whatever strtol makes of an attribute; damage reads as these.
bool looks_damaged(const hal_pci_function &function) {
  return function.vendor_id == 0 || function.vendor_id == 0xffff || function.device_id == 0 ||
         function.device_id == 0xffff || function.class_code == 0;
}

// False when libpci could not read all of it: then the attributes themselves tell more.
bool scan::identity_by_libpci(pci_access *libpci, int directory, const pci_address &address,
                              hal_pci_function &out) {
  if (!libpci || !sysfs::all_plain_files(directory, {"vendor", "device", "class", "revision",
                                                     "subsystem_vendor", "subsystem_device"})) {
    return false;
  }
  from_libpci_.clear();
  try {
    const device_handle device(
        pci_get_dev(libpci, static_cast<int>(address.domain), address.bus, address.device, address.function));
    pci_fill_info(device.get(), identity);
    take(*device, out);
  } catch (const libpci_error &) {
    return false;
  }
  return from_libpci_.empty() && !looks_damaged(out);
}

bool scan::sysfs_function(pci_access *libpci, const sysfs::listing &list, const pci_address &address) {
  const std::string name = to_string(address);
  hal_pci_function function = blank(address);
  const sysfs::descriptor directory = sysfs::open_function(list, address);
  if (!directory) {
    const std::string why = sysfs::error_text(errno);
    function.unread = ~0u;
    warn(name.c_str(),
         "The directory of " + name + " cannot be opened (" + why + "); nothing but its address is known.");
    return report(function);
  }

  sysfs::troubles lost;
  if (!identity_by_libpci(libpci, directory.get(), address, function)) {
    sysfs::read_identity(directory.get(), function, lost);
  }
  std::string driver;
  std::string physical_function;
  sysfs::read_surroundings(directory.get(), function, driver, physical_function, lost);
  function.unread = lost.unread;

  if (!lost.texts.empty()) {
    std::string text = name + " is half removed or damaged; these of its attributes could not be read: ";
    for (std::size_t index = 0; index < lost.texts.size(); ++index) {
      text.append(index == 0 ? "" : ", ").append(lost.texts[index]);
    }
    warn(name.c_str(), text + ".");
  }
  return report(function);
}

int scan::sysfs_tree(const std::string &root) {
  std::string base = root;
  while (base.ends_with('/')) base.pop_back();
  const std::string bus = base + "/sys/bus/pci";
  const std::string devices = bus + "/devices";

  const sysfs::listing list = sysfs::list_functions(devices);
  for (const std::string &text : list.warnings) warn(nullptr, text);
  if (!list.directory) {
    const bool no_pci = list.error == ENOENT && ::access((base + "/sys/bus").c_str(), F_OK) == 0;
    if (no_pci) return HAL_PCI_SCAN_OK;
    warn(nullptr, devices + " could not be opened: " + sysfs::error_text(list.error) +
                      ". Is sysfs mounted, and does the path name a root directory that holds sys/?");
    return HAL_PCI_SCAN_UNREADABLE;
  }

  access_handle libpci;
  try {
    libpci = open_libpci(PCI_ACCESS_SYS_BUS_PCI, "sysfs.path", bus);
  } catch (const libpci_error &error) {
    warn(nullptr, std::string("libpci could not be started (") + error.what() +
                      "); the attributes are read without it.");
  }
  for (const pci_address &address : list.addresses) {
    if (!sysfs_function(libpci.get(), list, address)) return HAL_PCI_SCAN_STOPPED;
  }
  return HAL_PCI_SCAN_OK;
}

bool scan::dumped_function(pci_dev *device) {
  hal_pci_function function =
      blank({static_cast<std::uint32_t>(device->domain), device->bus, device->dev, device->func});
  const std::string name =
      to_string(pci_address{function.domain, function.bus, function.device, function.function});
  function.unread = HAL_PCI_UNREAD_DRIVER | HAL_PCI_UNREAD_NUMA_NODE | HAL_PCI_UNREAD_IOMMU_GROUP |
                    HAL_PCI_UNREAD_LINK | HAL_PCI_UNREAD_PHYSICAL_FUNCTION;
  constexpr std::uint32_t header = HAL_PCI_UNREAD_VENDOR | HAL_PCI_UNREAD_DEVICE | HAL_PCI_UNREAD_CLASS |
                                   HAL_PCI_UNREAD_REVISION | HAL_PCI_UNREAD_SUBSYSTEM;
  try {
    const int known = pci_fill_info(device, identity);
    take(*device, function);
    if ((known & PCI_FILL_SUBSYS) == 0 || function.subsystem_vendor_id == 0xffff) {
      function.subsystem_vendor_id = function.subsystem_device_id = 0;
      function.unread |= HAL_PCI_UNREAD_SUBSYSTEM;
    }
    if (function.vendor_id == 0 || function.vendor_id == 0xffff) {
      function.vendor_id = function.device_id = 0;
      function.class_code = 0;
      function.revision = 0;
      function.unread |= header;
      warn(name.c_str(), "The dump holds no configuration header of " + name + ".");
    }
  } catch (const libpci_error &error) {
    function.unread |= header;
    warn(name.c_str(), "libpci could not read " + name + " from the dump: " + error.what() + ".");
  }
  pass_on_warnings(name.c_str());
  return report(function);
}

int scan::dump_file(const std::string &path) {
  std::string text;
  std::string error;
  if (!read_plain_file(path, text, error)) {
    warn(nullptr, "The dump " + path + " could not be read: " + error + ".");
    return HAL_PCI_SCAN_UNREADABLE;
  }
  const clean_dump clean = clean_up_dump(text);
  for (const std::string &warning : clean.warnings) warn(nullptr, warning);

  const sysfs::descriptor copy(::memfd_create("hal-pci-dump", MFD_CLOEXEC));
  std::size_t written = 0;
  while (copy && written < clean.text.size()) {
    const ssize_t count = ::write(copy.get(), clean.text.data() + written, clean.text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<std::size_t>(count);
  }
  if (!copy || written < clean.text.size()) {
    warn(nullptr,
         "No copy of the dump " + path + " could be made in memory: " + sysfs::error_text(errno) + ".");
    return HAL_PCI_SCAN_UNREADABLE;
  }

  try {
    const access_handle libpci =
        open_libpci(PCI_ACCESS_DUMP, "dump.name", "/proc/self/fd/" + std::to_string(copy.get()));
    pci_scan_bus(libpci.get());
    for (pci_dev *device = libpci->devices; device; device = device->next) {
      if (!dumped_function(device)) return HAL_PCI_SCAN_STOPPED;
    }
  } catch (const libpci_error &failure) {
    warn(nullptr, "libpci could not read the dump " + path + ": " + failure.what() + ".");
    return HAL_PCI_SCAN_UNREADABLE;
  }
  return HAL_PCI_SCAN_OK;
}

bool well_formed(const hal_pci_scan_request *request, const hal_pci_scan_sink *sink) {
  return request && request->size >= sizeof(hal_pci_scan_request) && request->path && sink &&
         sink->size >= sizeof(hal_pci_scan_sink) && sink->function &&
         (request->source == HAL_PCI_SOURCE_SYSFS || request->source == HAL_PCI_SOURCE_DUMP);
}

}  // namespace
}  // namespace hal::discovery

extern "C" __attribute__((visibility("default"))) int hal_pci_scan(const hal_pci_scan_request *request,
                                                                   const hal_pci_scan_sink *sink) {
  using namespace hal::discovery;
  if (!well_formed(request, sink)) return HAL_PCI_SCAN_INVALID;
  try {
    scan run(*sink);
    return request->source == HAL_PCI_SOURCE_SYSFS ? run.sysfs_tree(request->path)
                                                   : run.dump_file(request->path);
  } catch (...) {
    if (sink->warning) {
      const hal_pci_warning warning = {sizeof(hal_pci_warning), nullptr,
                                       "Memory ran out while the PCI bus was read; the list is cut short."};
      sink->warning(sink->user, &warning);
    }
    return HAL_PCI_SCAN_UNREADABLE;
  }
}
