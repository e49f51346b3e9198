// What a plugin's answer depends on, as a text: equal texts, equal answers.
#pragma once

#include <filesystem>
#include <string>

#include "discovery/inventory.hpp"
#include "discovery/library_search.hpp"
#include "discovery/system_view.hpp"
#include "runtime/catalog.hpp"

namespace hal::rt {

// Names the plugin's and the manifest's file, the helper, the vendor libraries that the linker would take,
// the kernel's boot and driver versions, the hardware that the manifest matches, the device nodes and whether
// this user may use them, the variables that the manifest names, the user, the mount namespace, and the
// processors and the memory that this process may use. Runs nothing. Files are known by path, device, inode,
// size and times.
std::string probe_key(const catalog_entry &plugin, const discovery::inventory &hardware,
                      const discovery::system_view &system, const discovery::library_search &libraries,
                      const std::filesystem::path &helper);

// Whether the answer would be the same the next time: a plugin that crashed or took too long, or whose
// library or device was not there, is asked again.
bool is_lasting(const probe_result &result);

}  // namespace hal::rt
