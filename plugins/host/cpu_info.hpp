// What the processor is and can do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/host/files.hpp"

namespace hal::plugins::host {

// Registers of the CPUID instruction, as far as they are read here; all 0 on other machines.
struct cpuid_bits {
  std::uint32_t basic_ecx = 0;         // leaf 1
  std::uint32_t structured_ebx = 0;    // leaf 7
  std::uint32_t structured_edx = 0;    //
  std::uint32_t structured_1_eax = 0;  // leaf 7, subleaf 1
  std::uint32_t extended_ecx = 0;      // leaf 0x80000001
  std::uint64_t enabled_state = 0;     // XCR0: what the system saves
};

// What code may be made for.
struct cpu_abilities {
  std::vector<std::string> targets;  // "x86-64-v3" ... "x86-64", "aarch64", "riscv64": the best first
  std::uint64_t data_types = 0;      // HAL_DATA_TYPE_*
  std::uint32_t lanes = 1;           // f32 values in a vector register
  std::string extensions;            // names with spaces between them, as Linux writes them
};

cpu_abilities abilities_of_x86(const cpuid_bits &bits);
// Of the processor that this runs on.
cpu_abilities own_abilities();
std::uint32_t simd_lanes();

struct cpu_name {
  std::string name;    // never empty
  std::string vendor;  // empty when not known
};

// From CPUID where there is one and `files` is the machine, otherwise from /proc/cpuinfo and the device tree.
cpu_name read_cpu_name(const file_tree &files);

struct cpu_caches {
  std::uint64_t last_level_size = 0;
  std::uint32_t line_size = 0;
};

cpu_caches read_cpu_caches(const file_tree &files);

// Processors that this process may use at once: its affinity mask, cut to the quota of its control group
// rounded up.
unsigned usable_processors(const file_tree &files);

// How many numbers a list like "0-3,8" names; 0 when it is none.
unsigned count_of_list(std::string_view list);

}  // namespace hal::plugins::host
