#include "runtime/hardware.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "discovery/pci_provider.hpp"
#include "hal/error.hpp"
#include "runtime/search_path.hpp"
#include "runtime/shared_object.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr const char *module_file = "hal-pci.so";

// Beside the library in a build tree, below it in an installation.
fs::path pci_module_file() {
  const fs::path here = library_folder();
  if (here.empty()) {
    throw error(status::unavailable, "The folder that holds the HAL's library cannot be told.");
  }
  const fs::path built = here.parent_path() / "discovery" / module_file;
  std::error_code ignored;
  return here.filename() == "runtime" && fs::exists(built, ignored) ? built : here / "hal" / module_file;
}

discovery::pci_source source_of(const fs::path &machine) {
  std::error_code ignored;
  const auto kind = fs::is_regular_file(machine, ignored) ? discovery::pci_source_kind::dump
                                                          : discovery::pci_source_kind::sysfs;
  return {kind, machine.string()};
}

}  // namespace

discovery::inventory look_at_hardware(const fs::path &machine,
                                      std::span<const discovery::manifest> manifests) {
  std::optional<shared_object> module;
  hal_pci_scan_function scan = nullptr;
  std::string why_missing;
  try {
    module.emplace(pci_module_file());
    scan = module->function<int(const hal_pci_scan_request *, const hal_pci_scan_sink *)>("hal_pci_scan");
  } catch (const error &missing) {
    why_missing = missing.what();
  }
  const discovery::pci_provider pci(scan, source_of(machine), why_missing);
  const discovery::provider *const providers[] = {&pci};
  discovery::inventory_options options;
  options.providers = providers;
  options.manifests = manifests;
  return discovery::take_inventory(options);
}

}  // namespace hal::rt
