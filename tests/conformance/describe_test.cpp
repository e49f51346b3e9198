// describe: the fixed facts of a device.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/conformance/fixture.hpp"

using namespace conformance;

namespace {

template <std::size_t Room>
bool terminated(const char (&text)[Room]) {
  return std::memchr(text, '\0', Room) != nullptr;
}

bool power_of_two_or_zero(std::uint64_t value) {
  return (value & (value - 1)) == 0;
}

}  // namespace

TEST_CASE("describe: texts are terminated") {
  CHECK(terminated(description().name));
  CHECK(terminated(description().vendor));
  CHECK(terminated(description().driver_version));
  for (const auto &format : description().module_formats) CHECK(terminated(format));
  for (const auto &target : description().targets) CHECK(terminated(target));
}

TEST_CASE("describe: every device can be described") {
  for (std::uint32_t index = 0; index < the_subject().device_count(); ++index) {
    hal_device_description facts{};
    facts.struct_size = sizeof facts;
    expect_ok(call(plugin().describe, index, &facts));
    CHECK(facts.struct_size == sizeof facts);
  }
}

TEST_CASE("describe: says the same again, before and after opening") {
  hal_device_description again;
  std::memset(&again, poison, sizeof again);
  again.struct_size = sizeof again;
  expect_ok(call(plugin().describe, the_subject().index(), &again));
  CHECK(std::string(again.name) == description().name);
  CHECK(again.features == description().features);
  CHECK(again.memory_total == description().memory_total);
  const opened_device device;
  hal_device_description opened{};
  opened.struct_size = sizeof opened;
  expect_ok(call(plugin().describe, the_subject().index(), &opened));
  CHECK(opened.features == description().features);
  CHECK(opened.compute_units == description().compute_units);
  CHECK(std::memcmp(&opened.identity, &description().identity, sizeof opened.identity) == 0);
}

TEST_CASE("describe: identity fields are set only where they are valid") {
  const hal_device_identity &identity = description().identity;
  CHECK((identity.valid & ~(HAL_IDENTITY_PCI | HAL_IDENTITY_UUID | HAL_IDENTITY_PARTITION)) == 0);
  const bool uuid_zero =
      std::all_of(std::begin(identity.uuid), std::end(identity.uuid), [](auto byte) { return byte == 0; });
  CHECK(uuid_zero == ((identity.valid & HAL_IDENTITY_UUID) == 0));
  if ((identity.valid & HAL_IDENTITY_PCI) == 0) {
    CHECK(identity.pci_domain == 0);
    CHECK(identity.pci_bus == 0);
    CHECK(identity.pci_device == 0);
    CHECK(identity.pci_function == 0);
  } else {
    CHECK(identity.pci_device < 32);
    CHECK(identity.pci_function < 8);
  }
  if ((identity.valid & HAL_IDENTITY_PARTITION) == 0) CHECK(identity.partition == 0);
}

TEST_CASE("describe: no two devices have one identity") {
  std::set<std::string> seen;
  for (std::uint32_t index = 0; index < the_subject().device_count(); ++index) {
    hal_device_description facts{};
    facts.struct_size = sizeof facts;
    expect_ok(call(plugin().describe, index, &facts));
    if (facts.identity.valid == 0) continue;
    CHECK(seen.insert(std::string(reinterpret_cast<const char *>(&facts.identity), sizeof facts.identity))
              .second);
  }
}

TEST_CASE("describe: memory facts agree with one another") {
  const auto &facts = description();
  if (facts.memory_total != 0) CHECK(facts.max_allocation <= facts.memory_total);
  CHECK(power_of_two_or_zero(facts.allocation_alignment));
}

TEST_CASE("describe: a device with kernels says what a launch may be and which formats it takes") {
  if (!has(HAL_FEATURE_KERNELS)) {
    for (const auto &format : description().module_formats) CHECK(format[0] == '\0');
    return;
  }
  CHECK(description().module_formats[0][0] != '\0');
  CHECK(description().max_block_items >= 1);
  for (int axis = 0; axis < 3; ++axis) {
    CHECK(description().max_block[axis] >= 1);
    CHECK(description().max_grid[axis] >= 1);
  }
  if (description().subgroup_size != 0) CHECK(description().subgroup_size <= description().max_block_items);
}

TEST_CASE("describe: formats and targets are listed once and without gaps") {
  const auto check = [](const auto &list) {
    std::set<std::string> seen;
    bool ended = false;
    for (const auto &one : list) {
      const std::string text(one, strnlen(one, sizeof one));
      if (text.empty()) {
        ended = true;
        continue;
      }
      CHECK(!ended);
      CHECK(seen.insert(text).second);
    }
  };
  check(description().module_formats);
  check(description().targets);
}

TEST_CASE("describe: an index beyond the count [negative]") {
  hal_device_description facts{};
  facts.struct_size = sizeof facts;
  expect_status(call(plugin().describe, the_subject().device_count(), &facts), HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(plugin().describe, UINT32_MAX, &facts), HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("describe: no record [negative]") {
  expect_status(call(plugin().describe, the_subject().index(), nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("describe: writes no more than a short record holds [negative]") {
  for (const std::size_t size :
       {std::size_t{8}, offsetof(hal_device_description, vendor), offsetof(hal_device_description, features),
        sizeof(hal_device_description) - 1}) {
    CAPTURE(size);
    std::vector<unsigned char> room(sizeof(hal_device_description), poison);
    const auto stated = static_cast<std::uint32_t>(size);
    std::memcpy(room.data(), &stated, sizeof stated);
    expect_ok(call(plugin().describe, the_subject().index(),
                   reinterpret_cast<hal_device_description *>(room.data())));
    CHECK(std::memcmp(room.data(), &stated, sizeof stated) == 0);
    CHECK(std::memcmp(room.data() + 4, reinterpret_cast<const char *>(&description()) + 4, size - 4) == 0);
    CHECK(std::all_of(room.begin() + static_cast<std::ptrdiff_t>(size), room.end(),
                      [](auto byte) { return byte == poison; }));
  }
}

TEST_CASE("describe: writes no more than its own record into a longer one [negative]") {
  struct longer {
    hal_device_description known;
    unsigned char beyond[64];
  } record;
  std::memset(&record, poison, sizeof record);
  record.known.struct_size = sizeof record;
  expect_ok(call(plugin().describe, the_subject().index(), &record.known));
  if (plugin().abi_minor <= HAL_ABI_MINOR) {
    CHECK(std::all_of(std::begin(record.beyond), std::end(record.beyond),
                      [](auto byte) { return byte == poison; }));
  }
  CHECK(std::string(record.known.name) == description().name);
}

TEST_CASE("describe: a record of size 0 is not written [negative]") {
  hal_device_description facts;
  std::memset(&facts, poison, sizeof facts);
  facts.struct_size = 0;
  call(plugin().describe, the_subject().index(), &facts);
  CHECK(facts.struct_size == 0);
  CHECK(static_cast<unsigned char>(facts.name[0]) == poison);
  CHECK(facts.type == 0xa5a5a5a5u);
}

TEST_CASE("describe: from 16 threads at once") {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        hal_device_description facts{};
        facts.struct_size = sizeof facts;
        if (plugin().describe(the_subject().index(), &facts, nullptr) != HAL_STATUS_OK ||
            facts.features != description().features)
          ++wrong;
      }
    });
  }
  for (auto &one : threads) one.join();
  CHECK(wrong == 0);
}
