#include "runtime/topology/topology.hpp"

#include <doctest/doctest.h>

#include <string>

#include "runtime/topology/files.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hal;
using test::write_file;

pci_address at(std::string_view text) {
  const auto address = parse_pci_address(text);
  REQUIRE(address);
  return *address;
}

void put(const fs::path &file, std::string_view text) {
  fs::create_directories(file.parent_path());
  write_file(file, text);
}

discovery::inventory devices(std::initializer_list<std::string_view> addresses,
                             std::uint16_t vendor = 0x10de) {
  discovery::inventory all;
  for (const std::string_view address : addresses) {
    discovery::pci_function function;
    function.address = at(address);
    function.vendor = vendor;
    function.device = 1;
    function.class_code = 0x030200;
    all.devices.push_back({function, device_type::gpu, "Acme", "Accelerator", "a test"});
  }
  return all;
}

discovery::manifest plugin(std::vector<std::string> patterns, std::uint16_t vendor = 0x10de) {
  discovery::manifest manifest;
  manifest.name = "acme";
  manifest.matches.push_back({.vendor = vendor, .device = {}, .class_code = {}});
  manifest.needs.device_nodes = std::move(patterns);
  return manifest;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "topology files: what /sys names below a device is its own, whatever the manifest's pattern matches") {
  const test::temporary_directory root;
  const fs::path bus = root.path() / "sys/bus/pci/devices";
  put(bus / "0000:03:00.0/drm/card1/uevent", "MAJOR=226\nMINOR=1\nDEVNAME=dri/card1\nDEVTYPE=drm_minor\n");
  put(bus / "0000:03:00.0/drm/renderD129/uevent", "DEVNAME=dri/renderD129\n");
  put(bus / "0000:04:00.0/drm/card2/dev", "226:2\n");  // no uevent: by its name
  put(bus / "0000:04:00.0/drm/card2/card2-DP-1/uevent", "DEVTYPE=drm_connector\n");
  put(bus / "0000:04:00.0/power/runtime/uevent", "DEVTYPE=nothing\n");
  put(bus / "0000:04:00.0/evil/name/uevent", "DEVNAME=../etc/passwd\n");
  const discovery::manifest plugins[] = {plugin({"/dev/dri/renderD*", "/dev/kfd"})};
  const auto hardware = devices({"03:00.0", "04:00.0"});

  auto found = rt::find_device_files(root.path(), hardware, plugins);
  REQUIRE(found.size() == 2);
  CHECK(found[0].own == names{"/dev/dri/card1", "/dev/dri/renderD129"});
  CHECK(found[1].own == names{"/dev/dri/card2"});
  CHECK(found[0].shared.empty());
  CHECK_FALSE(found[0].by_order);

  for (const char *name : {"kfd", "dri/card1", "dri/renderD128", "dri/renderD129"})
    put(root.path() / "dev" / name, "");
  found = rt::find_device_files(root.path(), hardware, plugins);
  CHECK(found[0].own == names{"/dev/dri/card1", "/dev/dri/renderD129"});
  CHECK(found[0].shared == names{"/dev/kfd"});
  CHECK(found[1].own.empty());  // udev did not make card2, and renderD128 is somebody else's
}

TEST_CASE("topology files: numbered files go to the devices in order only where there is one for each") {
  const test::temporary_directory root;
  for (const char *name :
       {"acme0", "acme2", "acme10", "acmectl", "acme-tools", "acme-switch0", "acme-caps/cap1"})
    put(root.path() / "dev" / name, "");
  const discovery::manifest plugins[] = {plugin({"/dev/acme*"})};

  const auto three = rt::find_device_files(root.path(), devices({"03:00.0", "04:00.0", "05:00.0"}), plugins);
  REQUIRE(three.size() == 3);
  CHECK(three[0].own == names{"/dev/acme0"});
  CHECK(three[1].own == names{"/dev/acme2"});
  CHECK(three[2].own == names{"/dev/acme10"});
  CHECK(three[2].by_order);
  CHECK(three[2].shared == names{"/dev/acme-tools", "/dev/acmectl"});

  const auto two = rt::find_device_files(root.path(), devices({"03:00.0", "04:00.0"}), plugins);
  CHECK(two[0].own.empty());
  CHECK(two[0].shared.size() == 2);

  const auto other = rt::find_device_files(root.path(), devices({"03:00.0"}, 0x1002), plugins);
  CHECK(other[0].own.empty());
  CHECK(other[0].shared.empty());

  // What the plugin tells counts.
  rt::reported_files reported;
  device_entry entry;
  entry.identity.pci = at("03:00.0");
  rt::add_reported_files(entry,
                         {{"device_file.0", "", std::string("/dev/acme10")},
                          {"device_file.1", "", std::string("/etc/passwd")},
                          {"device_file.2", "", std::uint64_t{7}},
                          {"other", "", std::string("/dev/acme0")}},
                         reported);
  const auto told =
      rt::find_device_files(root.path(), devices({"03:00.0", "04:00.0", "05:00.0"}), plugins, reported);
  CHECK(told[0].own == names{"/dev/acme10"});
  CHECK(told[1].own.empty());
  CHECK_FALSE(told[0].by_order);
}

TEST_CASE("topology: processors from /sys, and from what is left of it") {
  const test::temporary_directory root;
  const fs::path system = root.path() / "sys/devices/system";
  for (const char *cpu : {"0", "1", "2", "10"}) {
    const fs::path folder = system / "cpu" / (std::string("cpu") + cpu) / "topology";
    put(folder / "physical_package_id", std::string(cpu) == "10" ? "1\n" : "0\n");
    put(folder / "core_cpus_list", std::string(cpu) == "2" ? "0,2\n" : std::string(cpu) + "\n");
  }
  put(system / "cpu/cpu3/topology/physical_package_id", "none\n");
  put(system / "cpu/cpu3/topology/core_cpus_list", "3\n");
  put(system / "cpu/cpufreq/policy", "");
  put(system / "node/node0/cpulist", "0-2\n");
  put(system / "node/node1/cpulist", "10\n");
  fs::create_directories(system / "node/node2");
  const discovery::processors machine = rt::read_processors(root.path());
  REQUIRE(machine.cpus.size() == 4);
  CHECK(machine.cpus[2].first_thread == 0);
  CHECK(machine.cpus[3].cpu == 10);
  REQUIRE(machine.nodes.size() == 3);
  CHECK(discovery::socket_of(machine, machine.nodes[1]) == 1);
  CHECK(machine.nodes[2].cpus.empty());
  CHECK(rt::cores_near(machine, "10") == "2");
  CHECK(rt::cores_near(machine, "0-1") == "0-1");
  CHECK(rt::cores_near(machine, "0-2,10").empty());  // all of them
  CHECK(rt::cores_near(machine, "0-99").empty());
  CHECK(rt::cores_near(machine, "").empty());
  CHECK(rt::read_processors(root.path() / "nowhere").cpus.empty());
}

TEST_CASE("topology: vendors' links from properties") {
  inventory listing;
  device_entry a;
  a.identity.pci = at("03:00.0");
  device_entry b;
  b.identity.pci = at("04:00.0");
  b.identity.uuid = parse_uuid("00112233-4455-6677-8899-aabbccddeeff");
  listing.devices = {a, b};
  device_info way_in;
  way_in.plugin = "acme";
  const auto text = [](std::string name, std::string value) {
    return device_property{std::move(name), "", std::move(value)};
  };
  const auto count = [](std::string name, std::uint64_t value) {
    return device_property{std::move(name), "", value};
  };
  const std::vector<device_property> own = {
      text("link.0.peer", "0000:05:00.0"),
      text("link.0.kind", "nvlink"),
      count("link.0.count", 18),
      count("link.0.bandwidth", 450'000'000'000),
      text("link.1.peer", "GPU-00112233-4455-6677-8899-aabbccddeeff"),
      text("link.1.kind", "xgmi"),
      text("link.2.peer", "somewhere"),
      text("link.2.kind", "xgmi"),
      text("link.3.peer", "0000:03:00.0"),
      text("link.3.kind", "itself"),
      text("link.4.peer", "0000:05:00.0"),
      text("link.x.peer", "0000:05:00.0"),
      text("link", "0000:05:00.0"),
  };
  const std::vector<device_link> expected = {
      {"acme:0", at("03:00.0"), at("05:00.0"), "nvlink", 18, 450'000'000'000},
      {"acme:0", at("03:00.0"), at("04:00.0"), "xgmi", 1, 0},
  };
  CHECK(rt::links_of(a, way_in, own, listing) == expected);
  CHECK(rt::links_of(device_entry(), way_in, own, listing).empty());
}
