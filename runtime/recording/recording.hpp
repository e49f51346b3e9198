// A machine's files as far as discovery reads them, to be looked at elsewhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hal::rt {

struct recorded_entry {
  enum class kind { folder, file, link };

  kind what = kind::file;
  std::string path;     // from the root, "sys/bus/pci/devices/0000:17:00.0"
  std::string content;  // of a file, or the target of a link
};

struct recording {
  std::vector<recorded_entry> entries;  // sorted by path
  std::vector<std::string> unread;      // what is there and could not be read, in sentences
};

// What docs/halctl.md lists under capture: nothing else. Numbers that single a device out are left out or,
// where they tell parts of one device from those of another, counted anew. A suspended function stays asleep.
// Throws hal::error, invalid_argument, for what is no folder with sys/ or proc/.
recording record_machine(const std::filesystem::path &machine);

// Configuration space without what could name one copy of a device: the header, the capabilities' places and
// the content of those that discovery reads.
std::string without_serial_numbers(std::string_view configuration);

}  // namespace hal::rt
