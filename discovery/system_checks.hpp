// What of the system, beyond single devices, keeps accelerators from working or slows them down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/manifest.hpp"
#include "discovery/system_view.hpp"

namespace hal::discovery {

enum class check_result { ok, warning, failure };

constexpr std::string_view to_string(check_result result) noexcept {
  switch (result) {
    case check_result::ok:
      return "ok";
    case check_result::warning:
      return "warning";
    case check_result::failure:
      break;
  }
  return "failure";
}

struct system_check {
  std::string id;  // stable, for programs: "locked_memory"
  check_result result = check_result::ok;
  std::string text;  // a sentence with the values, and what to do where something is to be done

  friend bool operator==(const system_check &, const system_check &) = default;
};

// What the checks judge by and no file below a root tells.
struct system_facts {
  std::optional<std::uint64_t> locked_memory_limit;  // bytes; empty: no limit
  std::optional<std::uint64_t> shared_memory_size;   // of /dev/shm, bytes; empty: there is none
};

// Of the process and the machine that it runs on.
system_facts facts_of_this_system();

system_check check_locked_memory(const system_facts &facts);
system_check check_shared_memory(const system_facts &facts);
// Whether /sys is there, with a bus in it: containers without it show no device.
system_check check_sysfs(const system_view &system);
// The device rules of the process's control group (version 1, devices.list) against the nodes that the
// manifests name. Version 2 keeps its rules in the kernel: that they cannot be read is said.
system_check check_device_rules(const system_view &system, const std::vector<manifest> &plugins);

// Those that make sense for this view, in the order above: of a recorded machine only what its files tell.
std::vector<system_check> check_system(const system_view &system, const system_facts &facts,
                                       const std::vector<manifest> &plugins);

}  // namespace hal::discovery
