// CPUs, cores, sockets and NUMA nodes as values, and lists of CPUs as the kernel writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hal::discovery {

// Sorted, each once.
using cpu_set = std::vector<unsigned>;

// "0-15,64-79", "" (none). Empty for text that is no such list, or that names a CPU above 65535.
std::optional<cpu_set> parse_cpu_list(std::string_view text);
std::string format_cpu_list(const cpu_set &cpus);

struct processor {
  unsigned cpu = 0;           // the kernel's number
  int package = 0;            // socket
  unsigned first_thread = 0;  // the lowest CPU of its core
};

struct memory_node {
  int id = 0;
  cpu_set cpus;
};

// What the kernel tells of a machine's processors. Parts that are not known are empty.
struct processors {
  std::vector<processor> cpus;     // sorted by number
  std::vector<memory_node> nodes;  // sorted by id
};

// The socket that holds all CPUs of a node; empty where it is not known or several do.
std::optional<int> socket_of(const processors &machine, const memory_node &node);

// The cores of these CPUs by their logical numbers: counted through the machine by socket, NUMA node and
// core, as hwloc's lstopo and Slurm count them. Empty when one of the CPUs is not known.
cpu_set logical_cores(const processors &machine, const cpu_set &cpus);

}  // namespace hal::discovery
