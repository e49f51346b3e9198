// What counts as an accelerator, and of which type. The facts are a table (discovery/accelerators.tsv, which
// explains its own columns) that is compiled into the library; this is the code that reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"
#include "hal/device_info.hpp"

namespace hal::discovery {

enum class verdict {
  accelerator,
  decoy,  // looks like one by its class or its name and is none
  neither,
};

// A line of the table. Every part that is given must agree; an unread fact of a function agrees with nothing.
struct rule {
  verdict counts_as = verdict::neither;  // accelerator or decoy
  std::optional<std::uint16_t> vendor;
  std::optional<std::uint16_t>
      device_first;  // a range, both ends included; a single device is a range of one
  std::optional<std::uint16_t> device_last;
  std::uint32_t class_code = 0;  // 24 bits
  std::uint32_t class_mask = 0;  // 0: any class
  device_type type = device_type::other;
  std::string_view note;  // in the table's text
  int line = 0;
};

struct vendor_name {
  std::uint16_t vendor;
  std::string_view name;
};

// Reads the table. Lines that cannot be read are left out and described in `errors`; for the table that is
// compiled in, a unit test keeps `errors` empty.
struct rule_table {
  std::vector<rule> rules;           // the most specific first, so that the first one that agrees decides
  std::vector<vendor_name> vendors;  // sorted by id
  std::vector<std::string> errors;   // "line 12: ..."
};
rule_table parse_rules(std::string_view text);

// The table that was compiled in; parsed on first use, then constant.
const rule_table &built_in_rules();

struct classification {
  verdict counts_as = verdict::neither;
  device_type type = device_type::other;  // meaningful for an accelerator
  std::string why;                        // the rule in words; for `neither` it says what no rule knows
};

classification classify(const pci_function &function, const rule_table &rules = built_in_rules());

// The verdict alone, without words.
verdict counts_as(const pci_function &function, const rule_table &rules = built_in_rules()) noexcept;

// "NVIDIA", "AMD", "Intel"; empty for a vendor that the table does not name.
std::string_view short_vendor_name(std::uint16_t vendor, const rule_table &rules = built_in_rules()) noexcept;

}  // namespace hal::discovery
