#include "discovery/models.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "discovery/target.hpp"
#include "hal/dispatch.hpp"
#include "runtime/assumed.hpp"
#include "runtime/hardware.hpp"
#include "tests/support/bundles.hpp"
#include "tests/support/thrown.hpp"

namespace {

using namespace hal::discovery;

// Of the built-in table; "" for ids that it does not know.
std::string target_of(std::uint32_t vendor, std::uint32_t device) {
  const model *found = find_model(vendor, device);
  return found == nullptr ? "" : found->targets.front();
}

hal::device_entry entry(std::uint32_t vendor, std::uint32_t device) {
  hal::device_entry made;
  made.type = hal::device_type::gpu;
  made.vendor_id = vendor;
  made.device_id = device;
  made.name = "something";
  return made;
}

}  // namespace

TEST_CASE("models: every line of the table can be read, and targets are targets") {
  const model_table &table = built_in_models();
  for (const std::string &one : table.errors) FAIL_CHECK(one);
  CHECK(table.models.size() > 70);
  for (const model &one : table.models) {
    CAPTURE(one.note);
    const std::string &format = one.module_formats.front();
    CHECK(fit_of(format, one.targets.front(), one.targets.front()) != target_fit::none);
    CHECK((one.data_types & HAL_DATA_TYPE_F32) != 0);
    for (const model &other : table.models) {
      const bool overlap = &one != &other && one.vendor == other.vendor &&
                           one.device_first <= other.device_last && other.device_first <= one.device_last;
      // A product may stand in a chip's range; two ranges do not cross, and both say the same but for the
      // memory.
      if (!overlap) continue;
      CHECK((one.device_first == one.device_last || other.device_first == other.device_last));
      CHECK(one.targets == other.targets);
      CHECK(one.plugin == other.plugin);
      CHECK(one.data_types == other.data_types);
      CHECK(one.device_last - one.device_first != other.device_last - other.device_first);
    }
  }
}

TEST_CASE("models: known products") {
  CHECK(target_of(0x10de, 0x2330) == "sm_90");
  CHECK(target_of(0x10de, 0x20b2) == "sm_80");
  CHECK(target_of(0x10de, 0x15f8) == "sm_60");
  CHECK(target_of(0x10de, 0x2704) == "sm_89");
  CHECK(target_of(0x10de, 0x1d10) == "sm_61");
  CHECK(target_of(0x1002, 0x74a1) == "gfx942");
  CHECK(target_of(0x1002, 0x740f) == "gfx90a");
  CHECK(target_of(0x1002, 0x744c) == "gfx1100");
  CHECK(target_of(0x1002, 0x73bf) == "gfx1030");
  CHECK(target_of(0x1002, 0x687f) == "gfx900");
  CHECK(target_of(0x1002, 0x150e) == "gfx1150");
  CHECK(target_of(0x8086, 0x56a5) == "spirv1.2");
  CHECK(target_of(0x8086, 0xe20b) == "spirv1.2");
  CHECK(find_model(0x10de, 0x2330)->memory == 80'000'000'000);
  CHECK(find_model(0x10de, 0x2331)->memory == 0);
  CHECK(target_of(0x10de, 0x0a65).empty());  // older than any driver that the plugins take
  CHECK(target_of(0x1002, 0x67df).empty());
  CHECK(target_of(0x1af4, 0x1050).empty());
  CHECK(target_of(0x10de, 0x12330).empty());
}

TEST_CASE("models: lines that cannot be read are told and left out [negative]") {
  const auto fault = [](const std::string &line) {
    const model_table table = parse_models(line);
    CHECK(table.models.empty());
    REQUIRE(table.errors.size() == 1);
    return table.errors.front();
  };
  CHECK(parse_models("# nothing\n\n10de\t2330\tcuda\tptx\tsm_90\tf32\t80\tH100\n").models.size() == 1);
  CHECK_NAMES(fault("\n10de\t2330\tcuda\tptx\tsm_90\tf32\t80"), "line 2: expected eight columns");
  CHECK_NAMES(fault("10de\t2330\t\tptx\tsm_90\tf32\t80\tx"), "none empty");
  CHECK_NAMES(fault("10de\t2330\tcuda\tptx\tsm_90\tf32\t80\tx\ty"), "eight columns");
  CHECK_NAMES(fault("10d\t2330\tcuda\tptx\tsm_90\tf32\t80\tx"), "given 10d 2330");
  CHECK_NAMES(fault("10de\t2330-1000\tcuda\tptx\tsm_90\tf32\t80\tx"), "rising range");
  CHECK_NAMES(fault("10de\t2330\tcuda\tptx\tsm_90\tf33\t80\tx"), "\"f33\", of which one does not exist");
  CHECK_NAMES(fault("10de\t2330\tcuda\tptx\tsm_90\tf32\tmuch\tx"), "memory \"much\"");
}

TEST_CASE("models: what a kernel would run on, and what cannot be said") {
  hal::inventory listing;
  for (const auto &[vendor, device] :
       {std::pair{0x10deu, 0x2330u}, {0x1002u, 0x74a1u}, {0x10deu, 0x20b2u}, {0x1af4u, 0x1050u}})
    listing.devices.push_back(entry(vendor, device));
  for (std::uint32_t i = 0; i < 4; ++i) listing.devices[i].index = i;
  const auto assumed = hal::rt::assumed_devices(listing);
  REQUIRE(assumed.size() == 4);
  CHECK(assumed[0].info->selector() == "cuda:0");
  CHECK(assumed[1].info->selector() == "hip:0");
  CHECK(assumed[2].info->selector() == "cuda:1");
  CHECK_FALSE(assumed[3].info);
  CHECK(assumed[1].info->memory_total == 192'000'000'000);
  std::vector<hal::device_info> devices;
  for (const auto &one : assumed) {
    if (one.info) devices.push_back(*one.info);
  }
  const auto bytes =
      hal::test::sample_builder().bytes();  // sm_90 with f16 and 1 GiB, PTX for sm_80, gfx942 ...
  const hal::bundle bundle = hal::bundle::from_memory(bytes);
  const hal::dispatcher decides(bundle, devices);
  const auto pairs = decides.explain(*bundle.find("axpy"));
  const auto runs = [&](std::size_t device, std::size_t variant) {
    return pairs[device * 5 + variant].rejected == hal::dispatch_rule::none;
  };
  CHECK(runs(0, 0));
  CHECK(runs(0, 1));
  CHECK_FALSE(runs(0, 2));
  CHECK(runs(2, 1));
  CHECK_FALSE(runs(2, 0));  // an A100 runs no code for sm_90
}

TEST_CASE("models: the GPUs of the recorded machines") {
  const char *folder = std::getenv("HAL_TEST_MACHINES");
  if (folder == nullptr) {
    MESSAGE("HAL_TEST_MACHINES is not set: recorded machines are not tested.");
    return;
  }
  const auto targets_on = [&](const char *machine) {
    std::string targets;
    for (const auto &found : hal::rt::look_at_hardware(std::filesystem::path(folder) / machine, {}).devices) {
      const model *known = find_model(found.pci.vendor.value_or(0), found.pci.device.value_or(0));
      targets +=
          (targets.empty() ? "" : " ") + (known == nullptr ? std::string("?") : known->targets.front());
    }
    return targets;
  };
  CHECK(targets_on("gpud/lspci.nn.a100") == "sm_80 sm_80 sm_80 sm_80 sm_80 sm_80 sm_80 sm_80");
  CHECK(targets_on("pciutils/cap-exp-lnkcap2") == "sm_61");
  CHECK(targets_on("pciutils/tree-asus-p6t6") == "?");
}
