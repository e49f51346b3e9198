// Where the parts of a machine are in a folder that stands for one.
#pragma once

#include <filesystem>

namespace hal::rt {

// An empty path: there is no such part.
struct machine_layout {
  std::filesystem::path root;   // holds sys/ or, at the least, proc/
  std::filesystem::path drm;    // card0, renderD128, ...
  std::filesystem::path accel;  // accel0, ...
  std::filesystem::path kfd;    // the folder of topology nodes: 0, 1, ...
};

// "/" and a folder with sys/ are taken as they are. Below others the parts are looked for, a few levels deep:
// recordings of one class alone, and archives that wrap a tree in folders. Where nothing is found, the folder
// itself is the root. Does not throw.
machine_layout layout_of(const std::filesystem::path &folder);

}  // namespace hal::rt
