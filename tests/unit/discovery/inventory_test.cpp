#include "discovery/inventory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <utility>

#include "tests/support/sysfs_tree.hpp"

namespace {

using namespace hal;
using namespace hal::discovery;

class fixed_provider final : public provider {
 public:
  explicit fixed_provider(provider_result result) : result_(std::move(result)) {}
  std::string_view name() const noexcept override { return "fixed"; }
  provider_result scan() const override { return result_; }

 private:
  provider_result result_;
};

pci_function function(std::uint8_t bus, std::uint16_t vendor, std::uint16_t device,
                      std::uint32_t class_code) {
  pci_function out;
  out.address = {0, bus, 0, 0};
  out.vendor = vendor;
  out.device = device;
  out.class_code = class_code;
  return out;
}

struct names_file {
  names_file() {
    hal::test::write_file(path(),
                          "10de  NVIDIA Corporation\n\t2335  GH100 [H200 SXM 141GB]\n4242  Somebody\n");
  }
  std::string path() const { return (directory.path() / "pci.ids").string(); }
  hal::test::temporary_directory directory;
};

}  // namespace

TEST_CASE("inventory: accelerators by address, decoys apart, the rest counted") {
  const fixed_provider pci({{function(9, 0x1a03, 0x2000, 0x030000), function(5, 0x10de, 0x2335, 0x030200),
                             function(1, 0x8086, 0x1533, 0x020000), function(2, 0x4242, 0x0007, 0x120000)},
                            {{std::nullopt, "Something was damaged."}}});
  const std::array<const provider *, 1> providers = {&pci};
  const names_file names;
  const inventory found = take_inventory({.providers = providers, .names_path = names.path()});

  CHECK(found.functions.size() == 4);
  REQUIRE(found.devices.size() == 2);
  CHECK(found.devices[0].vendor == "Somebody");
  CHECK(found.devices[0].name == "4242:0007");
  CHECK(found.devices[0].type == device_type::other);
  CHECK(found.devices[1].vendor == "NVIDIA");
  CHECK(found.devices[1].name == "GH100 [H200 SXM 141GB]");
  CHECK(found.devices[1].type == device_type::gpu);
  CHECK(found.devices[1].why == "class 0302: 3D controller");
  REQUIRE(found.decoys.size() == 1);
  CHECK(found.decoys[0].vendor == "ASPEED");
  CHECK(found.decoys[0].why.find("server management") != std::string::npos);
  REQUIRE(found.warnings.size() == 1);
  CHECK(found.warnings[0].text == "Something was damaged.");
}

TEST_CASE("inventory: a manifest that names a device by its id makes it count") {
  const fixed_provider pci({{function(1, 0x4242, 0x0007, 0x020000), function(2, 0x1a03, 0x2000, 0x030000),
                             function(3, 0x4242, 0x0008, 0x020000), function(4, 0x10de, 0x2335, 0x030200)},
                            {}});
  const std::array<const provider *, 1> providers = {&pci};
  manifest plugin;
  plugin.name = "toaster";
  plugin.matches = {
      {0x4242, 0x0007, {}, 0xffff00}, {0x1a03, {}, {}, 0xffff00}, {0x10de, 0x2335, {}, 0xffff00}};
  const std::array<manifest, 1> manifests = {plugin};
  const names_file names;
  const inventory found =
      take_inventory({.providers = providers, .manifests = manifests, .names_path = names.path()});
  REQUIRE(found.devices.size() == 2);
  CHECK(ids(found.devices[0].pci) == "4242:0007");
  CHECK(found.devices[0].why == "id 4242:0007: the toaster plugin names it");
  CHECK(found.devices[1].why == "class 0302: 3D controller");
  CHECK(found.decoys.size() == 1);
}

TEST_CASE("inventory: an address that two providers name counts once, as the first one tells it") {
  const fixed_provider first({{function(1, 0x10de, 0x2335, 0x030200)}, {}});
  const fixed_provider second(
      {{function(1, 0x10de, 0x2342, 0x030200), function(0, 0x1002, 0x74a1, 0x120000)}, {}});
  const std::array<const provider *, 2> providers = {&first, &second};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent/pci.ids"});
  REQUIRE(found.devices.size() == 2);
  CHECK(found.functions.size() == 2);
  CHECK(found.devices[0].name == "1002:74a1");
  CHECK(found.devices[1].name == "10de:2335");
}

TEST_CASE("inventory: devices whose ids could not be read are listed, and no provider is no device") {
  pci_function bare = function(1, 0, 0, 0x030000);
  bare.vendor.reset();
  bare.device.reset();
  const fixed_provider pci({{bare}, {}});
  const std::array<const provider *, 1> providers = {&pci};
  const inventory found = take_inventory({.providers = providers});
  REQUIRE(found.devices.size() == 1);
  CHECK(found.devices[0].vendor == "????");
  CHECK(found.devices[0].name == "????:????");

  const inventory nothing = take_inventory({});
  CHECK(nothing.devices.empty());
  CHECK(nothing.functions.empty());
}

TEST_CASE("inventory: partitions are devices of their own, with the function's facts") {
  std::vector<driver_device> drivers;
  for (const std::uint32_t part : {1u, 0u}) {
    driver_device one;
    one.source = "kfd";
    one.pci = pci_address{0, 5, 0, 0};
    one.partition = part;
    one.nodes = {"/dev/kfd", part == 0 ? "/dev/dri/renderD128" : "/dev/dri/renderD129"};
    one.computes = device_type::gpu;
    drivers.push_back(one);
  }
  driver_device whole;
  whole.source = "drm";
  whole.pci = pci_address{0, 5, 0, 0};
  whole.nodes = {"/dev/dri/card0", "/dev/dri/renderD128"};
  drivers.push_back(whole);
  const fixed_provider pci(
      {{function(5, 0x1002, 0x74a2, 0x120000), function(6, 0x10de, 0x2335, 0x030200)}, {}, drivers});
  const std::array<const provider *, 1> providers = {&pci};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent"});
  REQUIRE(found.devices.size() == 3);
  CHECK(found.devices[0].partition == 0u);
  CHECK(found.devices[0].nodes ==
        std::vector<std::string>{"/dev/kfd", "/dev/dri/renderD128", "/dev/dri/card0"});
  CHECK(found.devices[1].partition == 1u);
  CHECK(found.devices[1].pci == found.devices[0].pci);
  CHECK(found.devices[1].nodes == std::vector<std::string>{"/dev/kfd", "/dev/dri/renderD129"});
  CHECK_FALSE(found.devices[2].partition);
}

TEST_CASE("inventory: what drivers know and no bus or rule does") {
  driver_device unlisted;  // the bus shows it and no rule knows it
  unlisted.source = "accel";
  unlisted.pci = pci_address{0, 1, 0, 0};
  unlisted.computes = device_type::npu;
  unlisted.driver = "new_npu";
  driver_device unseen = unlisted;  // no bus shows it
  unseen.pci = pci_address{0, 7, 0, 0};
  unseen.vendor = 0x1002;
  unseen.device = 0x0001;
  driver_device of_decoy = unlisted;
  of_decoy.pci = pci_address{0, 2, 0, 0};
  driver_device shows_only = unlisted;
  shows_only.pci = pci_address{0, 8, 0, 0};
  shows_only.computes.reset();
  driver_device platform;
  platform.source = "drm";
  platform.platform = "13e40000.gpu";
  platform.name = "nvidia,gb10";
  platform.vendor = 0x10de;
  platform.computes = device_type::gpu;
  const fixed_provider pci({{function(1, 0x4242, 0x0007, 0x118000), function(2, 0x1a03, 0x2000, 0x030000)},
                            {},
                            {platform, unlisted, unseen, of_decoy, shows_only}});
  const std::array<const provider *, 1> providers = {&pci};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent"});
  REQUIRE(found.devices.size() == 3);
  CHECK(found.devices[0].pci.address.bus == 1);
  CHECK(found.devices[0].type == device_type::npu);
  CHECK(found.devices[0].why == "the accel class of the kernel shows it, by the driver new_npu");
  CHECK(found.devices[1].pci.address.bus == 7);
  CHECK(ids(found.devices[1].pci) == "1002:0001");
  CHECK(found.devices[2].platform == "13e40000.gpu");
  CHECK(found.devices[2].name == "nvidia,gb10 (13e40000.gpu)");
  CHECK(found.devices[2].vendor == "NVIDIA");
  CHECK(found.decoys.size() == 1);
}

TEST_CASE("inventory: a link below what both ends can do is a warning, once") {
  pci_function gpu = function(2, 0x10de, 0x2335, 0x030200);
  gpu.parent = pci_address{0, 1, 0, 0};
  gpu.link = {16000, 8};
  gpu.link_max = {32000, 16};
  pci_function bridge = function(1, 0x8086, 0x352a, 0x060400);
  bridge.link_max = {32000, 16};
  const fixed_provider pci({{gpu, bridge}, {}});
  const std::array<const provider *, 1> providers = {&pci};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent"});
  REQUIRE(found.warnings.size() == 1);
  CHECK(found.warnings[0].address == gpu.address);
  CHECK(found.warnings[0].text.find("16 GT/s x8") != std::string::npos);
}
