#include "runtime/listing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace {

using hal::device_entry;
using hal::device_info;
using hal::inventory;
using hal::pci_address;
using hal::rt::catalog;
using hal::rt::catalog_entry;
using hal::rt::make_listing;

constexpr pci_address card{0, 0x17, 0, 0};
constexpr pci_address other_card{0, 0x65, 0, 0};

hal::uuid uuid(std::uint8_t number) {
  hal::uuid value;
  value.bytes[15] = number;
  return value;
}

hal::discovery::found_device hardware(pci_address address) {
  hal::discovery::found_device found;
  found.pci.address = address;
  found.pci.vendor = 0x10de;
  found.pci.device = 0x2335;
  found.pci.driver = "nvidia";
  found.pci.numa_node = 1;
  found.type = hal::device_type::gpu;
  found.vendor = "NVIDIA";
  found.name = "GH100";
  return found;
}

struct reported {
  std::optional<pci_address> pci;
  std::optional<hal::uuid> uuid;
  std::optional<std::uint32_t> partition;
  std::string name;
  hal::device_type type = hal::device_type::gpu;
};

// A machine and what its plugins say. Plugins are in the order of preference.
class machine {
 public:
  machine() : plugins_(nothing()) {}

  machine &has(pci_address address) {
    hardware_.devices.push_back(hardware(address));
    return *this;
  }
  machine &says(const std::string &plugin, std::vector<reported> devices) {
    catalog_entry entry;
    entry.facts.name = entry.manifest.name = plugin;
    entry.facts.state = hal::plugin_state::available;
    entry.manifest.matches = {{0x10de, {}, {}, 0xffff00}};
    entry.outcome.state = hal::discovery::plugin_state::probed;
    for (const reported &from : devices) {
      device_info info;
      info.plugin = plugin;
      info.index = static_cast<std::uint32_t>(entry.devices.size());
      info.identity = {from.pci, from.uuid, from.partition};
      info.name = from.name;
      info.type = from.type;
      entry.devices.push_back(info);
      if (from.pci) entry.outcome.reported.push_back(*from.pci);
    }
    plugins_.entries().push_back(std::move(entry));
    return *this;
  }

  inventory listing() const { return make_listing(hardware_, plugins_, false); }
  hal::discovery::inventory &buses() { return hardware_; }
  catalog &plugins() { return plugins_; }

 private:
  static hal::runtime_options nothing() {
    hal::runtime_options options;
    options.only_plugin_path = true;
    options.plugins = "";
    return options;
  }

  hal::discovery::inventory hardware_;
  catalog plugins_;
};

using list = std::vector<std::string>;

// "0000:17:00.0 cuda:0 opencl:1": address, partition and ways in of every row.
list rows(const inventory &listing) {
  list all;
  for (const device_entry &entry : listing.devices) {
    std::string row = entry.identity.pci ? to_string(*entry.identity.pci) : "-";
    if (entry.identity.partition) row += "/" + std::to_string(*entry.identity.partition);
    for (const device_info &info : entry.ways_in) row.append(" ").append(info.selector());
    all.push_back(row);
  }
  return all;
}

TEST_CASE("listing: a plugin made for the hardware comes before one that takes any, whatever their names") {
  machine all;
  all.has(card)
      .says("any", {{card, uuid(1), {}, "H200"}})
      .says("vendor", {{card, uuid(1), {}, "NVIDIA H200"}});
  all.plugins().entries().front().manifest.any = true;
  CHECK(rows(all.listing()) == list{"0000:17:00.0 vendor:0 any:0"});
  // Unless the user says otherwise.
  all.plugins().entries().back().preference = 1;
  CHECK(rows(all.listing()) == list{"0000:17:00.0 any:0 vendor:0"});
}

TEST_CASE("listing: one card by three plugins is one row with three ways in, in the plugins' order") {
  machine all;
  all.has(card)
      .says("cuda", {{card, uuid(1), {}, "H200"}})
      .says("level_zero", {{card, {}, {}, "nvidia gpu"}})
      .says("opencl", {{card, uuid(1), {}, "NVIDIA H200"}});
  const inventory listing = all.listing();
  CHECK(rows(listing) == list{"0000:17:00.0 cuda:0 level_zero:0 opencl:0"});
  const device_entry &entry = listing.devices[0];
  CHECK(entry.name == "H200");
  CHECK(entry.vendor == "NVIDIA");
  CHECK(entry.kernel_driver == "nvidia");
  CHECK(entry.numa_node == 1);
  CHECK(entry.vendor_id == 0x10de);
  CHECK(entry.identity.uuid == uuid(1));
  CHECK_FALSE(entry.unusable);
}

TEST_CASE("listing: what a plugin does not know is filled in by the next") {
  machine all;
  all.has(card)
      .says("a", {{card, {}, {}, "", hal::device_type::other}})
      .says("b", {{card, uuid(1), {}, "H200"}});
  const inventory listing = all.listing();
  CHECK(listing.devices[0].name == "GH100");
  CHECK(listing.devices[0].type == hal::device_type::gpu);
  CHECK(listing.devices[0].identity.uuid == uuid(1));
}

TEST_CASE("listing: a plugin that knows UUIDs only joins whatever order the plugins have") {
  machine first;
  first.has(card)
      .says("opencl", {{{}, uuid(1), {}, "by uuid"}})
      .says("cuda", {{card, uuid(1), {}, "by both"}});
  CHECK(rows(first.listing()) == list{"0000:17:00.0 opencl:0 cuda:0"});
  CHECK(first.listing().devices[0].name == "by uuid");
  machine last;
  last.has(card)
      .says("cuda", {{card, uuid(1), {}, "by both"}})
      .says("opencl", {{{}, uuid(1), {}, "by uuid"}});
  CHECK(rows(last.listing()) == list{"0000:17:00.0 cuda:0 opencl:0"});
}

TEST_CASE("listing: one UUID on two cards is two cards") {
  machine all;
  all.has(card).has(other_card).says("cuda", {{card, uuid(1), {}, ""}, {other_card, uuid(1), {}, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0", "0000:65:00.0 cuda:1"});
  all.says("opencl", {{other_card, uuid(1), {}, ""}, {card, uuid(1), {}, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0 opencl:1", "0000:65:00.0 cuda:1 opencl:0"});
}

TEST_CASE("listing: cards of one UUID and no address, told twice by each of two plugins, are two") {
  machine all;
  all.says("cuda", {{{}, uuid(1), {}, ""}, {{}, uuid(1), {}, ""}})
      .says("opencl", {{{}, uuid(1), {}, ""}, {{}, uuid(1), {}, ""}});
  CHECK(rows(all.listing()) == list{"- cuda:0 opencl:0", "- cuda:1 opencl:1"});
}

TEST_CASE("listing: two UUIDs at one address are two devices") {
  machine all;
  all.has(card).says("cuda", {{card, uuid(1), {}, ""}}).says("opencl", {{card, uuid(2), {}, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0", "0000:17:00.0 opencl:0"});
}

TEST_CASE("listing: devices that say nothing of themselves are never the same") {
  machine all;
  all.says("a", {{}, {}}).says("b", {{}});
  CHECK(rows(all.listing()) == list{"- a:0", "- a:1", "- b:0"});
}

// "1<0 2<0": each part and what it is a part of; checks that both sides say the same.
std::string families(const inventory &listing) {
  std::string all;
  for (const device_entry &entry : listing.devices) {
    if (entry.parent) all += std::to_string(entry.index) + "<" + std::to_string(*entry.parent) + " ";
    for (const std::uint32_t child : entry.children) CHECK(listing.devices.at(child).parent == entry.index);
    if (!entry.parent) continue;
    const auto &siblings = listing.devices.at(*entry.parent).children;
    CHECK(std::count(siblings.begin(), siblings.end(), entry.index) == 1);
  }
  return all;
}

TEST_CASE("listing: parts are children of the card that only they make usable") {
  machine all;
  all.has(card).has(other_card).says("cuda", {{card, uuid(1), 1, ""}, {card, uuid(2), 0, ""}});
  const inventory listing = all.listing();
  CHECK(rows(listing) ==
        list{"0000:17:00.0", "0000:17:00.0/0 cuda:1", "0000:17:00.0/1 cuda:0", "0000:65:00.0"});
  CHECK(families(listing) == "1<0 2<0 ");
  REQUIRE(listing.devices[0].unusable);
  CHECK(listing.devices[0].unusable->id == "partitioned");
  CHECK(listing.devices[3].unusable->id == "not_reported");
}

TEST_CASE("listing: parts of a card that no bus shows stand alone") {
  machine all;
  all.says("cuda", {{card, uuid(1), 0, ""}, {{}, uuid(2), 1, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0/0 cuda:0", "-/1 cuda:1"});
  CHECK(families(all.listing()).empty());
}

TEST_CASE("listing: where two cards have one address, a part belongs to its own plugin's") {
  machine all;
  all.has(card)
      .says("cuda", {{card, uuid(1), {}, ""}, {card, uuid(3), 0, ""}})
      .says("opencl", {{card, uuid(2), {}, ""}, {card, uuid(4), 1, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0", "0000:17:00.0 opencl:0", "0000:17:00.0/0 cuda:1",
                                    "0000:17:00.0/1 opencl:1"});
  CHECK(families(all.listing()) == "2<0 3<1 ");
}

TEST_CASE("listing: one address twice by one plugin is two devices, and their parts belong to neither") {
  machine all;
  all.has(card).says("cuda", {{card, uuid(1), {}, ""}, {card, uuid(2), {}, ""}, {card, uuid(3), 0, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0", "0000:17:00.0 cuda:1", "0000:17:00.0/0 cuda:2"});
  CHECK(families(all.listing()).empty());
}

TEST_CASE("listing: checks of the system come before what the plugin said") {
  machine all;
  all.has(card).says("cuda", {});
  const std::vector<hal::discovery::further_check> checks = {
      [](const auto &plugin, const auto &, const auto &) -> std::optional<hal::discovery::reason> {
        return hal::discovery::make_reason(hal::discovery::cause::hidden,
                                           {.plugin = plugin.name, .subject = "V"});
      }};
  CHECK(make_listing(all.buses(), all.plugins(), false, checks).devices[0].unusable->id == "hidden");
}

TEST_CASE("listing: partitions stand beside a card that can be used as a whole") {
  machine all;
  all.has(card).says("cuda", {{card, uuid(9), {}, ""}, {card, uuid(1), 0, ""}});
  CHECK(rows(all.listing()) == list{"0000:17:00.0 cuda:0", "0000:17:00.0/0 cuda:1"});
  CHECK(families(all.listing()) == "1<0 ");
}

TEST_CASE("listing: the same partition by two plugins is one row") {
  machine all;
  all.has(card)
      .says("cuda", {{card, uuid(1), 0, ""}, {card, uuid(2), 1, ""}})
      .says("opencl", {{card, uuid(2), 1, ""}});
  CHECK(rows(all.listing()) ==
        list{"0000:17:00.0", "0000:17:00.0/0 cuda:0", "0000:17:00.0/1 cuda:1 opencl:0"});
}

TEST_CASE("listing: hardware first, then what is on no bus, CPUs last, with indices in that order") {
  machine all;
  all.says("host", {{{}, {}, {}, "cpu", hal::device_type::cpu}})
      .says("sim", {{{}, {}, {}, "gpu"}})
      .has(other_card)
      .has(card);
  const inventory listing = all.listing();
  CHECK(rows(listing) == list{"0000:17:00.0", "0000:65:00.0", "- sim:0", "- host:0"});
  for (std::size_t i = 0; i < listing.devices.size(); ++i) CHECK(listing.devices[i].index == i);
}

TEST_CASE("listing: hardware without a way in has exactly one reason; the rest has none") {
  machine all;
  all.has(card).says("host", {{{}, {}, {}, "cpu", hal::device_type::cpu}});
  all.plugins().entries()[0].manifest.matches.clear();
  const inventory listing = all.listing();
  REQUIRE(listing.devices.size() == 2);
  REQUIRE(listing.devices[0].unusable);
  CHECK(listing.devices[0].unusable->id == "no_plugin");
  CHECK_FALSE(listing.devices[0].unusable->text.empty());
  CHECK_FALSE(listing.devices[1].unusable);
}

TEST_CASE("listing: a plugin that claims the card and does not report it is the reason") {
  machine all;
  all.has(card).says("cuda", {});
  CHECK(all.listing().devices[0].unusable->id == "not_reported");
  all.plugins().entries()[0].outcome = {hal::discovery::plugin_state::probe_failed, "No driver.", {}};
  CHECK(all.listing().devices[0].unusable->id == "probe_failed");
}

TEST_CASE("listing: of a recorded machine nothing was asked") {
  machine all;
  all.has(card).says("cuda", {});
  all.plugins().entries()[0].outcome = {};
  const inventory listing = make_listing(all.buses(), all.plugins(), true);
  CHECK(listing.devices[0].unusable->id == "not_probed");
}

TEST_CASE("listing: warnings name the function that they are about") {
  machine all;
  all.buses().warnings.push_back({card, "It is odd."});
  all.buses().warnings.push_back({{}, "All is odd."});
  CHECK(all.listing().warnings == list{"0000:17:00.0: It is odd.", "All is odd."});
}

TEST_CASE("listing: plugins are listed as they are") {
  machine all;
  all.says("b", {}).says("a", {});
  const inventory listing = all.listing();
  REQUIRE(listing.plugins.size() == 2);
  CHECK(listing.plugins[0].name == "b");
}

}  // namespace
