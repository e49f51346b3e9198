#include "runtime/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "runtime/ask_plugins.hpp"
#include "runtime/catalog.hpp"
#include "runtime/own_file.hpp"
#include "runtime/probing/prober.hpp"

namespace hal::rt {
namespace fs = std::filesystem;

using discovery::check_result;
using discovery::system_check;

namespace {

// What belongs to the HAL and is not linked to halctl.
system_check check_part(const char *id, const fs::path &file, const char *loss, const char *fix) {
  std::error_code ignored;
  if (fs::exists(file, ignored)) return {id, check_result::ok, fmt::format("{} is there.", file.string())};
  return {id, check_result::failure, fmt::format("{} is not there, so {}. {}", file.string(), loss, fix)};
}

system_check check_plugins(const inventory &listing) {
  const auto count = listing.plugins.size();
  if (count == 0) {
    return {
        "plugins", check_result::failure,
        "No plugin is found, so no device can be used. Install one, or name its folder in HAL_PLUGIN_PATH."};
  }
  const auto bad =
      std::count_if(listing.plugins.begin(), listing.plugins.end(), [](const plugin_entry &plugin) {
        return plugin.state == plugin_state::refused || plugin.state == plugin_state::failed;
      });
  if (bad != 0) {
    return {"plugins", check_result::warning,
            fmt::format("{} of {} plugins cannot be used; `halctl plugins` says why.", bad, count)};
  }
  return {"plugins", check_result::ok,
          count == 1 ? "1 plugin is found." : fmt::format("{} plugins are found.", count)};
}

}  // namespace

std::vector<system_check> diagnose(const runtime_options &options, const inventory &listing) {
  std::vector<discovery::manifest> manifests;
  const catalog found(options);
  for (const catalog_entry &entry : found.entries()) manifests.push_back(entry.manifest);
  std::vector<system_check> all =
      discovery::check_system(system_of(options), discovery::facts_of_this_system(), manifests);
  all.push_back(check_part("pci_module", own_file("discovery", "hal-pci.so"),
                           "devices on the PCI bus are not found", "Install it; it needs libpci."));
  all.push_back(check_part("probe_helper", probe_helper(), "plugins cannot be asked for their devices",
                           "Install the HAL anew."));
  all.push_back(check_plugins(listing));
  return all;
}

}  // namespace hal::rt
