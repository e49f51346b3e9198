#include "discovery/topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace hal;
using namespace hal::discovery;

pci_address at(std::string_view text) {
  const auto address = parse_pci_address(text);
  REQUIRE_MESSAGE(address, std::string(text));
  return *address;
}

struct described {
  std::string_view address;
  std::uint32_t class_code;
  std::string_view parent = {};
  std::optional<pci_bus> root = std::nullopt;
  std::optional<int> node = std::nullopt;
};

pci_function function(const described &entry) {
  pci_function out;
  out.address = at(entry.address);
  out.vendor = 0x4242;
  out.device = 0x0001;
  out.class_code = entry.class_code;
  out.root = entry.root;
  out.numa_node = entry.node;
  if (!entry.parent.empty()) out.parent = at(entry.parent);
  return out;
}

inventory inventory_of(std::vector<pci_function> functions) {
  std::sort(functions.begin(), functions.end(),
            [](const pci_function &a, const pci_function &b) { return a.address < b.address; });
  inventory all;
  all.functions = std::move(functions);
  for (const pci_function &one : all.functions) {
    if (one.class_code == 0x030200u)
      all.devices.push_back({one, device_type::gpu, "Acme", "Accelerator", "a test"});
  }
  return all;
}

const pci_names no_names("/nowhere");

constexpr std::uint32_t gpu = 0x030200;
constexpr std::uint32_t ethernet = 0x020000;
constexpr std::uint32_t infiniband = 0x020700;
constexpr std::uint32_t nvme = 0x010802;
constexpr std::uint32_t bridge = 0x060400;

processors two_sockets_with_two_nodes_each() {
  processors machine;
  for (unsigned cpu = 0; cpu < 16; ++cpu) machine.cpus.push_back({cpu, cpu < 8 ? 0 : 1, cpu});
  for (int node = 0; node < 4; ++node) {
    const auto first = static_cast<unsigned>(4 * node);
    machine.nodes.push_back({node, {first, first + 1, first + 2, first + 3}});
  }
  return machine;
}

// Socket 0: host bridge 00 with a switch that has two GPUs and a NIC, a second switch below the first with a
// GPU, and an NVMe on a root port of its own; host bridge 40 with a NIC; host bridge 60 on the second node.
// Socket 1: host bridge 80 with a GPU and its two virtual functions.
inventory server() {
  const pci_bus b00{0, 0x00};
  const pci_bus b40{0, 0x40};
  const pci_bus b60{0, 0x60};
  const pci_bus b80{0, 0x80};
  const described entries[] = {
      {"00:01.0", bridge, "", b00, 0},         // root port
      {"01:00.0", bridge, "00:01.0", b00, 0},  // the switch's upstream port
      {"02:00.0", bridge, "01:00.0", b00, 0},  // its downstream ports
      {"02:01.0", bridge, "01:00.0", b00, 0},   {"02:02.0", bridge, "01:00.0", b00, 0},
      {"02:03.0", bridge, "01:00.0", b00, 0},   {"03:00.0", gpu, "02:00.0", b00, 0},
      {"03:00.1", 0x040300, "02:00.0", b00, 0}, {"04:00.0", gpu, "02:01.0", b00, 0},
      {"05:00.0", ethernet, "02:02.0", b00, 0}, {"06:00.0", bridge, "02:03.0", b00, 0},  // the second switch
      {"07:00.0", bridge, "06:00.0", b00, 0},   {"08:00.0", gpu, "07:00.0", b00, 0},
      {"00:02.0", bridge, "", b00, 0},          {"09:00.0", nvme, "00:02.0", b00, 0},
      {"40:01.0", bridge, "", b40, 0},          {"41:00.0", infiniband, "40:01.0", b40, 0},
      {"60:01.0", bridge, "", b60, 1},          {"61:00.0", ethernet, "60:01.0", b60, 1},
      {"80:01.0", bridge, "", b80, 2},          {"81:00.0", gpu, "80:01.0", b80, 2},
  };
  std::vector<pci_function> functions;
  for (const described &entry : entries) functions.push_back(function(entry));
  for (const std::string_view address : {"81:00.4", "81:00.5"}) {
    pci_function virtual_function = function({address, gpu, "80:01.0", b80, 2});
    virtual_function.physical_function = at("81:00.0");
    functions.push_back(virtual_function);
  }
  return inventory_of(functions);
}

topology server_topology() {
  return build_topology(server(), two_sockets_with_two_nodes_each(), no_names);
}

}  // namespace

TEST_CASE("topology: what is on the way between two devices") {
  const topology all = server_topology();
  const struct {
    std::string_view a, b;
    distance expected;
  } cases[] = {
      {"03:00.0", "03:00.0", distance::same_device},      {"03:00.0", "03:00.1", distance::same_device},
      {"81:00.4", "81:00.5", distance::same_device},      {"81:00.0", "81:00.4", distance::same_device},
      {"03:00.0", "04:00.0", distance::one_switch},       {"03:00.0", "05:00.0", distance::one_switch},
      {"03:00.0", "08:00.0", distance::several_switches}, {"03:00.0", "09:00.0", distance::host_bridge},
      {"03:00.0", "41:00.0", distance::numa_node},        {"03:00.0", "61:00.0", distance::socket},
      {"03:00.0", "81:00.0", distance::system},           {"08:00.0", "81:00.5", distance::system},
      {"03:00.0", "77:00.0", distance::unknown},
  };
  for (const auto &[a, b, expected] : cases) {
    CAPTURE(a);
    CAPTURE(b);
    CHECK(to_string(all.between(at(a), at(b))) == to_string(expected));
    CHECK(to_string(all.between(at(b), at(a))) == to_string(expected));
  }
  CHECK(all.between(device_identity{at("03:00.0"), {}, 1}, device_identity{at("04:00.0"), {}, {}}) ==
        distance::one_switch);
  CHECK(all.between(device_identity{at("03:00.0"), {}, {}}, device_identity{}) == distance::unknown);
}

TEST_CASE("topology: the nearest network adapters, NUMA node and CPUs") {
  const topology all = server_topology();
  const std::vector<near_device> expected = {{at("05:00.0"), distance::one_switch},
                                             {at("41:00.0"), distance::numa_node},
                                             {at("61:00.0"), distance::socket}};
  CHECK(all.nearest_networks(at("04:00.0")) == expected);
  CHECK(all.nearest(at("04:00.0"), node_kind::infiniband) ==
        std::vector<near_device>{{at("41:00.0"), distance::numa_node}});
  CHECK(all.nearest(at("81:00.4"), node_kind::accelerator).size() == 3);  // none of its own device
  CHECK(all.nearest_networks(at("99:00.0")).empty());
  CHECK(all.nearest_numa_node(at("81:00.4")) == 2);
  CHECK(all.nearest_cpus(at("81:00.4")) == "8-11");
  CHECK(all.nearest_cpus(at("99:00.0")).empty());
  CHECK_FALSE(all.nearest_numa_node(at("99:00.0")));

  inventory hardware = server();
  hardware.functions.back().local_cpus = "8-15";
  const topology own = build_topology(hardware, two_sockets_with_two_nodes_each(), no_names);
  CHECK(own.nearest_cpus(at("81:00.5")) == "8-15");
}

TEST_CASE("topology: the tree has every function once, virtual ones below their physical one") {
  const topology all = server_topology();
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < all.nodes.size(); ++i) {
    for (const std::size_t child : all.nodes[i].children) {
      CHECK(all.nodes[child].parent == i);
      CHECK(seen.insert(child).second);
    }
    if (!all.nodes[i].parent) CHECK(seen.insert(i).second);
  }
  CHECK(seen.size() == all.nodes.size());
  const topology_node *const virtual_function = all.find(at("81:00.4"));
  REQUIRE(virtual_function != nullptr);
  REQUIRE(virtual_function->parent);
  CHECK(all.nodes[*virtual_function->parent].address == at("81:00.0"));
  CHECK(all.find(at("05:00.0"))->kind == node_kind::network);
  CHECK(all.find(at("41:00.0"))->kind == node_kind::infiniband);
  CHECK(all.find(at("09:00.0"))->kind == node_kind::nvme);
  CHECK(all.find(at("07:00.0"))->kind == node_kind::bridge);
  CHECK(all.find(at("03:00.0"))->kind == node_kind::accelerator);
  CHECK(all.find(at("03:00.0"))->name == "Accelerator");
  CHECK(all.find(at("05:00.0"))->name == "4242:0001");
}

TEST_CASE("topology: a machine that tells little") {
  const processors nothing;
  const std::vector<pci_function> loose = {function({"03:00.0", gpu}), function({"04:00.0", gpu})};
  const auto far = [](const topology &all) { return all.between(at("03:00.0"), at("04:00.0")); };
  CHECK(far(build_topology(inventory_of(loose), nothing, no_names)) == distance::unknown);

  processors one_node;
  one_node.nodes.push_back({0, {0, 1}});
  CHECK(far(build_topology(inventory_of(loose), one_node, no_names)) == distance::numa_node);

  // NUMA nodes without sockets: another node may be another socket.
  std::vector<pci_function> placed = loose;
  placed[0].numa_node = 0;
  placed[1].numa_node = 1;
  CHECK(far(build_topology(inventory_of(placed), nothing, no_names)) == distance::system);

  // A bridge knows what the function below does not say.
  std::vector<pci_function> below = {
      function({"00:01.0", bridge, "", pci_bus{0, 0}}), function({"00:02.0", bridge, "", pci_bus{0, 0}}),
      function({"03:00.0", gpu, "00:01.0"}), function({"04:00.0", gpu, "00:02.0"})};
  CHECK(far(build_topology(inventory_of(below), nothing, no_names)) == distance::host_bridge);
}

TEST_CASE("topology: parents that lead nowhere or round in a circle") {
  std::vector<pci_function> functions = {
      function({"01:00.0", bridge, "02:00.0"}), function({"02:00.0", bridge, "03:00.0"}),
      function({"03:00.0", bridge, "01:00.0"}), function({"04:00.0", gpu, "04:00.0"}),
      function({"05:00.0", gpu, "77:00.0"}),    function({"06:00.0", gpu, "02:00.0"})};
  functions.push_back(function({"07:00.0", gpu, "03:00.0"}));
  functions.back().physical_function = at("07:00.0");
  const topology all = build_topology(inventory_of(functions), {}, no_names);
  std::size_t roots = 0;
  for (const topology_node &node : all.nodes) roots += !node.parent;
  CHECK(roots == 3);  // the circle, opened; 04 and 05
  CHECK(all.between(at("06:00.0"), at("04:00.0")) == distance::unknown);
  CHECK(all.between(at("06:00.0"), at("07:00.0")) != distance::unknown);
}

TEST_CASE("topology: ten thousand functions in a chain and side by side") {
  const auto place = [](std::size_t i) {
    return pci_address{static_cast<std::uint32_t>(i >> 8), static_cast<std::uint8_t>(i & 0xff), 0, 0};
  };
  for (const bool chain : {true, false}) {
    inventory hardware;
    for (std::size_t i = 0; i < 10000; ++i) {
      pci_function one;
      one.address = place(i);
      one.class_code = bridge;
      if (i != 0) one.parent = place(chain ? i - 1 : 0);
      hardware.functions.push_back(one);
    }
    const topology all = build_topology(hardware, {}, no_names);
    CHECK(all.nodes.size() == 10000);
    CHECK(all.nodes[0].children.size() == (chain ? 1 : 9999));
    CHECK(all.between(place(9999), place(1)) == (chain ? distance::several_switches : distance::one_switch));
  }
}

TEST_CASE("topology: lists of CPUs") {
  CHECK(parse_cpu_list("") == cpu_set{});
  CHECK(parse_cpu_list("\n") == cpu_set{});
  CHECK(parse_cpu_list("0-2,64,66-67\n") == cpu_set{0, 1, 2, 64, 66, 67});
  CHECK(parse_cpu_list("3,1,1-2") == cpu_set{1, 2, 3});
  for (const std::string_view wrong :
       {"a", "1-", "-1", "2-1", "1,", ",1", "1,,2", "0-65536", "4294967296", "1 2", "0x1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_cpu_list(wrong));
  }
  std::string often = "0-65535";
  for (int i = 0; i < 1000; ++i) often += ",0-65535";
  CHECK_FALSE(parse_cpu_list(often));
  CHECK(format_cpu_list({0, 1, 2, 64, 66, 67}) == "0-2,64,66-67");
  CHECK(format_cpu_list({}).empty());
}

TEST_CASE("topology: sockets of NUMA nodes, and cores as they are counted through the machine") {
  // Two sockets, two cores each, two threads a core; the kernel numbers the second threads last and takes the
  // sockets in turns.
  processors machine;
  for (unsigned cpu = 0; cpu < 8; ++cpu) machine.cpus.push_back({cpu, static_cast<int>(cpu % 2), cpu % 4});
  machine.nodes = {{0, {0, 2, 4, 6}}, {1, {1, 3, 5, 7}}, {2, {}}, {3, {0, 1}}, {4, {99}}};
  CHECK(socket_of(machine, machine.nodes[0]) == 0);
  CHECK(socket_of(machine, machine.nodes[1]) == 1);
  CHECK_FALSE(socket_of(machine, machine.nodes[2]));
  CHECK_FALSE(socket_of(machine, machine.nodes[3]));
  CHECK_FALSE(socket_of(machine, machine.nodes[4]));

  machine.nodes.resize(2);
  CHECK(logical_cores(machine, {0, 2, 4, 6}) == cpu_set{0, 1});
  CHECK(logical_cores(machine, {1, 3, 5, 7}) == cpu_set{2, 3});
  CHECK(logical_cores(machine, {5}) == cpu_set{2});
  CHECK(logical_cores(machine, {1, 99}).empty());
  CHECK(logical_cores({}, {0}).empty());
}

TEST_CASE("topology: links between devices, and through switches") {
  const pci_address a = at("03:00.0");
  const pci_address b = at("04:00.0");
  const pci_address c = at("05:00.0");
  const pci_address switch_1 = at("a0:00.0");
  const pci_address switch_2 = at("a1:00.0");
  const std::vector<device_link> links = {
      {"acme:0", a, b, "xgmi", 2, 100},          {"acme:1", b, a, "xgmi", 2, 100},
      {"acme:0", a, switch_1, "nvlink", 4, 400}, {"acme:0", a, switch_2, "nvlink", 4, 400},
      {"acme:2", c, switch_1, "nvlink", 6, 600}, {"acme:2", c, switch_2, "nvlink", 2, 200},
  };
  CHECK(link_between(links, a, b) == device_link{"acme:0", a, b, "xgmi", 2, 100});
  CHECK(link_between(links, b, a) == device_link{"acme:1", b, a, "xgmi", 2, 100});
  CHECK(link_between(links, a, c) == device_link{"acme:0", a, c, "nvlink", 6, 600});
  CHECK(link_between(links, c, a) == device_link{"acme:2", c, a, "nvlink", 6, 600});
  CHECK_FALSE(link_between(links, b, c));
  CHECK_FALSE(link_between({}, a, b));
  // Only the other end reports, and two links of one kind add up.
  const std::vector<device_link> one_sided = {{"acme:1", b, a, "xgmi", 1, 50},
                                              {"acme:1", b, a, "xgmi", 1, 50}};
  CHECK(link_between(one_sided, a, b) == device_link{"acme:1", a, b, "xgmi", 2, 100});
}
