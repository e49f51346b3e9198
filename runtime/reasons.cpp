#include "runtime/reasons.hpp"

#include "discovery/elf_needs.hpp"

namespace hal::rt {

reasons reasons_in(const discovery::system_view &system, const catalog &plugins) {
  auto libraries = std::make_shared<const discovery::library_search>(system);
  auto checks = discovery::need_checks(system, *libraries, [&plugins](const discovery::manifest &plugin) {
    for (const catalog_entry &entry : plugins.entries()) {
      if (entry.manifest == plugin) return discovery::read_elf_needs(entry.facts.library).runpath;
    }
    return std::vector<std::string>();
  });
  return {std::move(libraries), std::move(checks)};
}

}  // namespace hal::rt
