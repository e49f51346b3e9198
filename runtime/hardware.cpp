#include "runtime/hardware.hpp"

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "discovery/drm_provider.hpp"
#include "discovery/kfd_provider.hpp"
#include "discovery/pci_listing.hpp"
#include "discovery/pci_provider.hpp"
#include "discovery/proc_provider.hpp"
#include "hal/error.hpp"
#include "runtime/machine_layout.hpp"
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

// What lspci -nn or -xxxx begins with is told by far less than this.
constexpr std::size_t looked_at = std::size_t{1} << 20;

}  // namespace

machine_kind kind_of_machine(const fs::path &machine) {
  std::error_code code;
  const fs::file_status status = fs::status(machine, code);
  if (fs::is_directory(status)) return machine_kind::tree;
  if (!fs::exists(status)) return machine_kind::absent;
  if (!fs::is_regular_file(status)) return machine_kind::unknown;
  std::string text(looked_at, '\0');
  std::ifstream file(machine, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  switch (discovery::kind_of_pci_text(text)) {
    case discovery::pci_text::dump:
      return machine_kind::dump;
    case discovery::pci_text::listing:
      return machine_kind::listing;
    case discovery::pci_text::neither:
      break;
  }
  return machine_kind::unknown;
}

discovery::inventory look_at_hardware(const fs::path &machine, std::span<const discovery::manifest> manifests,
                                      hardware_detail detail) {
  const machine_kind kind = kind_of_machine(machine);
  std::optional<shared_object> module;
  hal_pci_scan_function scan = nullptr;
  std::string why_missing;
  const auto load_module = [&] {
    try {
      module.emplace(pci_module_file());
      scan = module->function<int(const hal_pci_scan_request *, const hal_pci_scan_sink *)>("hal_pci_scan");
    } catch (const error &missing) {
      why_missing = missing.what();
    }
  };

  std::vector<std::unique_ptr<discovery::provider>> providers;
  if (kind == machine_kind::listing) {
    providers.push_back(std::make_unique<discovery::pci_listing_provider>(machine.string()));
  } else if (kind == machine_kind::dump || kind == machine_kind::unknown) {
    load_module();
    providers.push_back(std::make_unique<discovery::pci_provider>(
        scan, discovery::pci_source{discovery::pci_source_kind::dump, machine.string(), {}}, why_missing));
  } else {
    const machine_layout parts = layout_of(machine);
    if (!parts.root.empty()) {
      load_module();
      discovery::pci_source source{discovery::pci_source_kind::sysfs, parts.root.string(), {}};
      if (detail == hardware_detail::identity) {
        source.wants_details = [manifests](const discovery::pci_function &function) {
          return discovery::is_of_interest(function, manifests);
        };
      }
      providers.push_back(std::make_unique<discovery::pci_provider>(scan, std::move(source), why_missing));
      providers.push_back(std::make_unique<discovery::proc_provider>(parts.root.string()));
    }
    std::error_code ignored;
    const bool on_bus = !parts.root.empty() && fs::exists(parts.root / "sys/bus/pci/devices", ignored);
    const auto functions = on_bus ? discovery::pci_functions::leave : discovery::pci_functions::read;
    if (!parts.drm.empty())
      providers.push_back(std::make_unique<discovery::drm_provider>(parts.drm.string(), functions));
    if (!parts.accel.empty())
      providers.push_back(std::make_unique<discovery::accel_provider>(parts.accel.string(), functions));
    if (!parts.kfd.empty())
      providers.push_back(std::make_unique<discovery::kfd_provider>(parts.kfd.string()));
  }
  std::vector<const discovery::provider *> asked;
  for (const auto &one : providers) asked.push_back(one.get());
  discovery::inventory_options options;
  options.providers = asked;
  options.manifests = manifests;
  discovery::inventory found = discovery::take_inventory(options);
  if (kind == machine_kind::unknown) {
    found.warnings.push_back(
        {std::nullopt, machine.string() + " is neither a folder nor what lspci -xxxx or lspci -nn prints."});
  }
  return found;
}

}  // namespace hal::rt
