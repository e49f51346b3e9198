// The hal-pci module's entry: lists the functions of a tree or a dump and hands them over. Identities come
// first and for all, so that details are read only where they are wanted.
#include "discovery/pci_scan.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "discovery/pci_config.hpp"
#include "discovery/pci_place.hpp"
#include "discovery/pci_raw.hpp"
#include "discovery/pci_sysfs.hpp"

namespace hal::discovery {
namespace {

class tree_scan {
 public:
  tree_scan(const hal_pci_scan_request &request, const hal_pci_scan_sink &sink)
      : request_(request), sink_(sink) {}

  int run();

 private:
  // Where a function's directory is, from the folder of all, and what went wrong in it.
  struct source {
    std::string path;
    bool opened = true;
    bool wanted = false;
    sysfs::troubles lost;
  };

  void list(const std::vector<pci_address> &addresses);
  void add_unlisted(const std::vector<std::pair<pci_address, std::string>> &through);
  void read_identities();
  void place_the_rest();
  void choose();
  void read_details(config_space &config);
  int report() const;

  void cannot_open(std::size_t index, int error);

  const hal_pci_scan_request &request_;
  const hal_pci_scan_sink &sink_;
  sysfs::descriptor devices_;
  std::vector<pci_function> functions_;  // sorted by address
  std::vector<source> sources_;          // one per function
};

// Functions above others that are missing from the folder of all, as in recordings that left out a link: what
// is below them would hang in the air.
void tree_scan::add_unlisted(const std::vector<std::pair<pci_address, std::string>> &through) {
  std::vector<std::pair<pci_address, std::string>> unlisted;
  const auto by_address = [](const pci_function &function, const pci_address &address) {
    return function.address < address;
  };
  for (const auto &one : through) {
    const auto at = std::lower_bound(functions_.begin(), functions_.end(), one.first, by_address);
    if (at == functions_.end() || at->address != one.first) unlisted.push_back(one);
  }
  if (unlisted.empty()) return;
  std::sort(unlisted.begin(), unlisted.end());
  const auto same = [](const auto &a, const auto &b) { return a.first == b.first; };
  unlisted.erase(std::unique(unlisted.begin(), unlisted.end(), same), unlisted.end());
  for (auto &[address, path] : unlisted) {
    pci_function function;
    function.address = address;
    place_by_path(path, function);
    if (!sysfs::open_directory(devices_.get(), path.c_str())) continue;
    functions_.push_back(std::move(function));
    sources_.push_back({std::move(path), true, false, {}});
  }
  std::vector<std::size_t> order(functions_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [this](std::size_t a, std::size_t b) { return functions_[a].address < functions_[b].address; });
  std::vector<pci_function> functions;
  std::vector<source> sources;
  for (const std::size_t index : order) {
    functions.push_back(std::move(functions_[index]));
    sources.push_back(std::move(sources_[index]));
  }
  functions_ = std::move(functions);
  sources_ = std::move(sources);
}

void tree_scan::list(const std::vector<pci_address> &addresses) {
  std::vector<std::pair<pci_address, std::string>> through;
  for (const pci_address &address : addresses) {
    pci_function function;
    function.address = address;
    std::string name = to_string(address);
    if (const sysfs::link_target link = sysfs::read_link(devices_.get(), name.c_str()); link.path) {
      for (const path_function &above : place_by_path(*link.path, function)) {
        if (through.empty() || through.back().first != above.address)
          through.emplace_back(above.address, link.path->substr(0, above.end));
      }
    }
    functions_.push_back(std::move(function));
    sources_.push_back({std::move(name), true, false, {}});
  }
  add_unlisted(through);
}

void tree_scan::cannot_open(std::size_t index, int error) {
  const std::string name = to_string(functions_[index].address);
  sources_[index].opened = false;
  warn(sink_, name.c_str(),
       "The directory of " + name + " cannot be opened (" + sysfs::error_text(error) +
           "); nothing but its address is known.");
}

void tree_scan::read_identities() {
  for (std::size_t index = 0; index < functions_.size(); ++index) {
    source &from = sources_[index];
    if (sysfs::read_uevent(devices_.get(), (from.path + "/uevent").c_str(), functions_[index])) continue;
    const sysfs::descriptor directory = sysfs::open_directory(devices_.get(), from.path.c_str());
    if (directory) {
      sysfs::read_identity(directory.get(), functions_[index], from.lost);
    } else {
      cannot_open(index, errno);
    }
  }
}

// Recorded trees may hold directories in place of links, which tell no place.
void tree_scan::place_the_rest() {
  const auto placed = [](const pci_function &function) { return function.root.has_value(); };
  if (std::all_of(functions_.begin(), functions_.end(), placed)) return;
  std::vector<bus_range> buses(functions_.size());
  for (std::size_t index = 0; index < functions_.size(); ++index) {
    if (!has_buses_behind(functions_[index]) || !sources_[index].opened) continue;
    const sysfs::descriptor directory = sysfs::open_directory(devices_.get(), sources_[index].path.c_str());
    if (directory) buses[index] = sysfs::read_bus_range(directory.get());
  }
  place_by_buses(functions_, buses);
}

void tree_scan::choose() {
  if (request_.detail != HAL_PCI_DETAIL_CHOSEN) {
    for (source &one : sources_) one.wanted = request_.detail == HAL_PCI_DETAIL_ALL;
    return;
  }
  std::vector<pci_address> above;
  for (std::size_t index = 0; index < functions_.size(); ++index) {
    const raw_function raw(functions_[index]);
    if (sink_.wants_details(sink_.user, &raw.get()) == 0) continue;
    sources_[index].wanted = true;
    if (functions_[index].parent) above.push_back(*functions_[index].parent);
  }
  for (const pci_address &address : above) {
    const auto at = std::lower_bound(
        functions_.begin(), functions_.end(), address,
        [](const pci_function &function, const pci_address &wanted) { return function.address < wanted; });
    if (at != functions_.end() && at->address == address)
      sources_[static_cast<std::size_t>(at - functions_.begin())].wanted = true;
  }
}

void tree_scan::read_details(config_space &config) {
  for (std::size_t index = 0; index < functions_.size(); ++index) {
    source &from = sources_[index];
    if (!from.wanted || !from.opened) continue;
    pci_function &function = functions_[index];
    const sysfs::descriptor directory = sysfs::open_directory(devices_.get(), from.path.c_str());
    if (!directory) {
      cannot_open(index, errno);
      continue;
    }
    sysfs::read_details(directory.get(), function, from.lost);
    if (!function.bar && !has_buses_behind(function) &&
        sysfs::may_read_configuration(directory.get(), function)) {
      function.bar = config.bar(function.address);
    }
  }
  if (!config.failure().empty()) {
    warn(sink_, nullptr,
         "libpci could not be started (" + config.failure() + "); configuration space was not read.");
  }
}

int tree_scan::report() const {
  for (std::size_t index = 0; index < functions_.size(); ++index) {
    const sysfs::troubles &lost = sources_[index].lost;
    if (!lost.empty()) {
      const std::string name = to_string(functions_[index].address);
      std::string text = name + " is half removed or damaged; these of its attributes could not be read: ";
      for (std::size_t at = 0; at < lost.size(); ++at) text.append(at == 0 ? "" : ", ").append(lost[at]);
      warn(sink_, name.c_str(), text + ".");
    }
    const raw_function raw(functions_[index]);
    if (sink_.function(sink_.user, &raw.get()) != 0) return HAL_PCI_SCAN_STOPPED;
  }
  return HAL_PCI_SCAN_OK;
}

int tree_scan::run() {
  std::string base = request_.path;
  while (base.ends_with('/')) base.pop_back();
  const std::string bus = base + "/sys/bus/pci";
  const std::string devices = bus + "/devices";

  sysfs::listing found = sysfs::list_functions(devices);
  for (const std::string &text : found.warnings) warn(sink_, nullptr, text);
  if (!found.directory) {
    const bool no_pci = found.error == ENOENT && ::access((base + "/sys/bus").c_str(), F_OK) == 0;
    if (no_pci) return HAL_PCI_SCAN_OK;
    warn(sink_, nullptr,
         devices + " could not be opened: " + sysfs::error_text(found.error) +
             ". Is sysfs mounted, and does the path name a root directory that holds sys/?");
    return HAL_PCI_SCAN_UNREADABLE;
  }
  devices_ = std::move(found.directory);
  std::sort(found.addresses.begin(), found.addresses.end());
  list(found.addresses);
  read_identities();
  place_the_rest();
  choose();
  config_space config(bus);
  read_details(config);
  return report();
}

int scan_dump(const hal_pci_scan_request &request, const hal_pci_scan_sink &sink) {
  dump_contents contents = read_dump(request.path);
  place_by_buses(contents.functions, contents.buses);
  for (const warning &one : contents.warnings) {
    warn(sink, one.address ? to_string(*one.address).c_str() : nullptr, one.text);
  }
  if (!contents.readable) return HAL_PCI_SCAN_UNREADABLE;
  std::stable_sort(contents.functions.begin(), contents.functions.end(),
                   [](const pci_function &a, const pci_function &b) { return a.address < b.address; });
  for (const pci_function &function : contents.functions) {
    const raw_function raw(function);
    if (sink.function(sink.user, &raw.get()) != 0) return HAL_PCI_SCAN_STOPPED;
  }
  return HAL_PCI_SCAN_OK;
}

bool well_formed(const hal_pci_scan_request *request, const hal_pci_scan_sink *sink) {
  if (!request || request->size < sizeof(hal_pci_scan_request) || !request->path || !sink ||
      sink->size < sizeof(hal_pci_scan_sink) || !sink->function) {
    return false;
  }
  if (request->detail < HAL_PCI_DETAIL_IDENTITY || request->detail > HAL_PCI_DETAIL_CHOSEN) return false;
  if (request->detail == HAL_PCI_DETAIL_CHOSEN && !sink->wants_details) return false;
  return request->source == HAL_PCI_SOURCE_SYSFS || request->source == HAL_PCI_SOURCE_DUMP;
}

}  // namespace
}  // namespace hal::discovery

extern "C" __attribute__((visibility("default"))) int hal_pci_scan(const hal_pci_scan_request *request,
                                                                   const hal_pci_scan_sink *sink) {
  using namespace hal::discovery;
  if (!well_formed(request, sink)) return HAL_PCI_SCAN_INVALID;
  try {
    return request->source == HAL_PCI_SOURCE_SYSFS ? tree_scan(*request, *sink).run()
                                                   : scan_dump(*request, *sink);
  } catch (...) {
    if (sink->warning) {
      const hal_pci_warning warning = {sizeof(hal_pci_warning), nullptr,
                                       "Memory ran out while the PCI bus was read; the list is cut short."};
      sink->warning(sink->user, &warning);
    }
    return HAL_PCI_SCAN_UNREADABLE;
  }
}
