// The only file that knows libpci: capabilities in configuration space, and dumps of lspci.
//
// sysfs: the functions are listed elsewhere and handed to libpci one by one by address, because libpci's own
// scan gives up on the whole list when one entry is damaged. Dump: libpci reads a cleaned copy
// (discovery/pci_dump.hpp says why).
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
#include <stdexcept>
#include <utility>

#include "discovery/pci_config.hpp"
#include "discovery/pci_dump.hpp"
#include "discovery/sysfs_files.hpp"

namespace hal::discovery {
namespace {

struct libpci_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// libpci's callbacks carry no user pointer, so its warnings find their reader by thread.
thread_local std::vector<std::string> *libpci_warnings = nullptr;

class collect_warnings {
 public:
  explicit collect_warnings(std::vector<std::string> &into) { libpci_warnings = &into; }
  collect_warnings(const collect_warnings &) = delete;
  collect_warnings &operator=(const collect_warnings &) = delete;
  ~collect_warnings() { libpci_warnings = nullptr; }
};

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

const pci_cap *find(pci_dev *device, unsigned id, unsigned kind) {
  return pci_find_cap(device, id, kind);
}

// The window that can become the largest.
std::optional<resizable_bar> read_bar(pci_dev *device) {
  const pci_cap *const capability = find(device, PCI_EXT_CAP_ID_REBAR, PCI_CAP_EXTENDED);
  if (!capability) return std::nullopt;
  std::optional<resizable_bar> best;
  unsigned count = 1;
  constexpr unsigned most_windows = 6;
  for (unsigned index = 0; index < std::min(count, most_windows); ++index) {
    const int at = static_cast<int>(capability->addr + 4 + 8 * index);
    const std::uint32_t sizes = pci_read_long(device, at) >> 4;  // a bit for each, from 1 MiB up
    const std::uint32_t control = pci_read_long(device, at + 4);
    if (index == 0) count = control >> 5 & 7;
    const unsigned now = control >> 8 & 0x3f;
    if (control == 0xffffffff || sizes == 0 || now > 43) continue;
    unsigned largest = 0;
    while (sizes >> (largest + 1) != 0) ++largest;
    const resizable_bar one{std::uint64_t{1} << (now + 20), std::uint64_t{1} << (largest + 20)};
    if (!best || one.most > best->most) best = one;
  }
  return best;
}

// Speed and width as both link registers hold them in their low ten bits.
pci_link link_of(std::uint32_t bits) {
  constexpr std::array<std::uint32_t, 7> speeds = {0, 2500, 5000, 8000, 16000, 32000, 64000};
  const std::uint32_t speed = bits & 0xf;
  const std::uint32_t width = bits >> 4 & 0x3f;
  return {speed < speeds.size() ? speeds[speed] : 0, width <= 32 ? width : 0};
}

void read_capabilities(pci_dev *device, pci_function &out) {
  pci_fill_info(device, PCI_FILL_CAPS | PCI_FILL_EXT_CAPS);
  if (const pci_cap *const express = find(device, PCI_CAP_ID_EXP, PCI_CAP_NORMAL)) {
    const int at = static_cast<int>(express->addr);
    out.link_max = link_of(pci_read_long(device, at + PCI_EXP_LNKCAP));
    out.link = link_of(pci_read_word(device, at + PCI_EXP_LNKSTA));
  }
  out.bar = read_bar(device);
  if (const pci_cap *const sriov = find(device, PCI_EXT_CAP_ID_SRIOV, PCI_CAP_EXTENDED)) {
    const int at = static_cast<int>(sriov->addr);
    const bool enabled = (pci_read_word(device, at + PCI_IOV_CTRL) & PCI_IOV_CTRL_VFE) != 0;
    out.virtual_functions = enabled ? pci_read_word(device, at + PCI_IOV_NUMVF) : 0u;
  }
}

bool take_identity(pci_dev *device, pci_function &out) {
  const int known =
      pci_fill_info(device, PCI_FILL_IDENT | PCI_FILL_CLASS | PCI_FILL_CLASS_EXT | PCI_FILL_SUBSYS);
  if (device->vendor_id == 0 || device->vendor_id == 0xffff) return false;
  out.vendor = device->vendor_id;
  out.device = device->device_id;
  out.class_code = static_cast<std::uint32_t>(device->device_class) << 8 | device->prog_if;
  out.revision = device->rev_id;
  if ((known & PCI_FILL_SUBSYS) != 0 && device->subsys_vendor_id != 0xffff) {
    out.subsystem_vendor = device->subsys_vendor_id;
    out.subsystem_device = device->subsys_id;
  }
  return true;
}

void add_dumped(pci_dev *device, std::vector<std::string> &said, dump_contents &into) {
  pci_function function;
  function.address = {static_cast<std::uint32_t>(device->domain), device->bus, device->dev, device->func};
  const std::string name = to_string(function.address);
  bus_range buses;
  try {
    if (!take_identity(device, function)) {
      into.warnings.push_back({function.address, "The dump holds no configuration header of " + name + "."});
    } else {
      read_capabilities(device, function);
      if (has_buses_behind(function)) {
        buses = {pci_read_byte(device, PCI_SECONDARY_BUS), pci_read_byte(device, PCI_SUBORDINATE_BUS)};
      }
    }
  } catch (const libpci_error &error) {
    into.warnings.push_back(
        {function.address, "libpci could not read " + name + " from the dump: " + error.what() + "."});
  }
  for (const std::string &text : said)
    into.warnings.push_back({function.address, "libpci says: " + text + "."});
  said.clear();
  into.functions.push_back(std::move(function));
  into.buses.push_back(buses);
}

// A file in memory that libpci can open by name.
sysfs::descriptor in_memory(std::string_view text) {
  sysfs::descriptor copy(::memfd_create("hal-pci-dump", MFD_CLOEXEC));
  while (copy && !text.empty()) {
    const ssize_t count = ::write(copy.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return sysfs::descriptor();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return copy;
}

}  // namespace

struct config_space::library {
  access_handle access;
};

config_space::config_space(std::string bus) : bus_(std::move(bus)) {}
config_space::~config_space() = default;

std::optional<resizable_bar> config_space::bar(const pci_address &address) {
  std::vector<std::string> ignored;  // a user who may read 64 bytes only is no news
  const collect_warnings collect(ignored);
  try {
    if (!std::exchange(started_, true)) {
      libpci_ = std::make_unique<library>(library{open_libpci(PCI_ACCESS_SYS_BUS_PCI, "sysfs.path", bus_)});
    }
    if (!libpci_) return std::nullopt;
    const device_handle device(pci_get_dev(libpci_->access.get(), static_cast<int>(address.domain),
                                           address.bus, address.device, address.function));
    pci_fill_info(device.get(), PCI_FILL_CAPS | PCI_FILL_EXT_CAPS);
    return read_bar(device.get());
  } catch (const libpci_error &error) {
    if (!libpci_) failure_ = error.what();
    return std::nullopt;
  }
}

dump_contents read_dump(const std::string &path) {
  dump_contents contents;
  const auto fail = [&](const std::string &text) {
    contents.warnings.push_back({std::nullopt, text});
    return std::move(contents);
  };
  std::string text;
  std::string error;
  if (!read_plain_file(path, text, error))
    return fail("The dump " + path + " could not be read: " + error + ".");
  const clean_dump clean = clean_up_dump(text);
  for (const std::string &warning : clean.warnings) contents.warnings.push_back({std::nullopt, warning});
  const sysfs::descriptor copy = in_memory(clean.text);
  if (!copy) {
    return fail("No copy of the dump " + path + " could be made in memory: " + sysfs::error_text(errno) +
                ".");
  }

  std::vector<std::string> said;
  const collect_warnings collect(said);
  try {
    const access_handle libpci =
        open_libpci(PCI_ACCESS_DUMP, "dump.name", "/proc/self/fd/" + std::to_string(copy.get()));
    pci_scan_bus(libpci.get());
    for (pci_dev *device = libpci->devices; device; device = device->next) {
      add_dumped(device, said, contents);
    }
  } catch (const libpci_error &failure) {
    return fail("libpci could not read the dump " + path + ": " + failure.what() + ".");
  }
  contents.readable = true;
  return contents;
}

}  // namespace hal::discovery
