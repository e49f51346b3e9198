// The provider against modules that do not behave.
#include <doctest/doctest.h>

#include "discovery/pci_provider.hpp"

namespace {

using namespace hal::discovery;

hal_pci_function function_at(std::uint8_t bus, std::uint16_t device) {
  hal_pci_function function = {};
  function.size = sizeof function;
  function.bus = bus;
  function.vendor_id = 0x10de;
  function.device_id = device;
  function.numa_node = -1;
  function.iommu_group = -1;
  return function;
}

int repeats(const hal_pci_scan_request *, const hal_pci_scan_sink *sink) {
  for (const auto &[bus, device] : {std::pair(2, 1), std::pair(1, 2), std::pair(2, 3)}) {
    const hal_pci_function function =
        function_at(static_cast<std::uint8_t>(bus), static_cast<std::uint16_t>(device));
    if (sink->function(sink->user, &function) != 0) return HAL_PCI_SCAN_STOPPED;
  }
  return HAL_PCI_SCAN_OK;
}

int fails_silently(const hal_pci_scan_request *, const hal_pci_scan_sink *) {
  return 77;
}

int fails_with_a_word(const hal_pci_scan_request *request, const hal_pci_scan_sink *sink) {
  const hal_pci_warning warning = {sizeof warning, "0000:00:zz.0", request->path};
  sink->warning(sink->user, &warning);
  return HAL_PCI_SCAN_UNREADABLE;
}

int forgets_everything(const hal_pci_scan_request *, const hal_pci_scan_sink *sink) {
  hal_pci_function function = function_at(1, 1);
  function.unread = ~0u;
  function.driver = "left over";
  return sink->function(sink->user, &function);
}

}  // namespace

TEST_CASE("pci provider: without the module there is advice and no function") {
  const provider_result found =
      pci_provider(nullptr, {}, "hal-pci.so: cannot open shared object file.").scan();
  CHECK(found.functions.empty());
  REQUIRE(found.warnings.size() == 1);
  CHECK_FALSE(found.warnings[0].address);
  CHECK(found.warnings[0].text.find("Install the package") != std::string::npos);
  CHECK(found.warnings[0].text.ends_with("hal-pci.so: cannot open shared object file."));
  CHECK(pci_provider(nullptr).scan().warnings[0].text.ends_with("installation."));
}

TEST_CASE("pci provider: sorts, and counts an address once") {
  const provider_result found = pci_provider(repeats).scan();
  REQUIRE(found.functions.size() == 2);
  CHECK(ids(found.functions[0]) == "10de:0002");
  CHECK(ids(found.functions[1]) == "10de:0001");
  REQUIRE(found.warnings.size() == 1);
  CHECK(found.warnings[0].text ==
        "0000:02:00.0 is named more than once; 10de:0001 counts, 10de:0003 was left out.");
}

TEST_CASE("pci provider: a failure never goes unsaid") {
  const provider_result silent = pci_provider(fails_silently, {pci_source_kind::dump, "some/file"}).scan();
  REQUIRE(silent.warnings.size() == 1);
  CHECK(silent.warnings[0].text.find("could not scan \"some/file\" and gave code 77") != std::string::npos);

  const provider_result said = pci_provider(fails_with_a_word, {pci_source_kind::dump, "some/file"}).scan();
  REQUIRE(said.warnings.size() == 1);
  CHECK(said.warnings[0] == warning{std::nullopt, "some/file"});
}

TEST_CASE("pci provider: unread facts have no value") {
  const provider_result found = pci_provider(forgets_everything).scan();
  REQUIRE(found.functions.size() == 1);
  pci_function bare;
  bare.address = {0, 1, 0, 0};
  CHECK(found.functions[0] == bare);
}
