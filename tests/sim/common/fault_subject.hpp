// What fault_test.cpp is told of a vendor: each stand-in's folder defines the_fault_subject.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace sim {

struct fault_entry {
  const char *symbol;
  bool required;
};

struct fault_subject {
  std::string machine = {};  // what else the configuration says, with a comma at the end
  const char *variable;      // that holds the stand-in's configuration
  const char *library;       // the stand-in's file
  std::vector<fault_entry> entries;
  // What these fail to give back stays where it is: that is the driver's loss, which a leak checker would
  // tell.
  std::set<std::string> gives_back;
  // What these answer is done without when they fail, or the stand-in's machine never asks them.
  std::set<std::string> done_without;
  int unknown, out_of_memory, lost;  // codes of the driver
  const char *lost_text;             // as messages word the last one
  std::vector<std::string> losing;   // entries at which a device is lost
  const char *old_machine;           // whose driver is too old, and what messages say of it
  const char *old_text;
  // The library that metrics come from, where it is one of its own.
  const char *figures_library = "";
  std::vector<std::string> figures_entries = {};
};

const fault_subject &the_fault_subject();

}  // namespace sim
