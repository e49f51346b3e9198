// The plugins' answers: from the cache where nothing changed, else from child processes.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "discovery/inventory.hpp"
#include "discovery/system_view.hpp"
#include "runtime/catalog.hpp"
#include "runtime/probing/prober.hpp"

namespace hal::rt {

// The system that the process runs on, or the recorded one that the options name. Variables count as far as
// runtime/environment.hpp trusts them.
discovery::system_view system_of(const runtime_options &options);

// One result for each plugin, in their order. New answers that last are kept in `cache`, a folder, or nothing
// is when that is empty.
std::vector<probe_result> ask_plugins(prober &asked, const std::filesystem::path &cache,
                                      std::span<catalog_entry *const> plugins,
                                      const discovery::inventory &hardware,
                                      const discovery::system_view &system);

}  // namespace hal::rt
