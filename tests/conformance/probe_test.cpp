// probe: what there is.
#include "tests/conformance/fixture.hpp"

using namespace conformance;

TEST_CASE("probe: finds the same devices again") {
  const auto count = the_subject().device_count();
  for (int i = 0; i < 3; ++i) {
    expect_ok(the_subject().probe());
    CHECK(the_subject().device_count() == count);
  }
}

TEST_CASE("probe: leaves opened devices alone") {
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  fill(on, memory, 0x3c);
  expect_ok(the_subject().probe());
  expect_equal(download(on, memory, 4096), std::vector<std::uint8_t>(4096, 0x3c));
}

TEST_CASE("probe: takes no error record") {
  std::uint32_t count = 0;
  CHECK(plugin().probe(the_subject().host(), &count, nullptr) == HAL_STATUS_OK);
  CHECK(count == the_subject().device_count());
}

TEST_CASE("probe: no place for the count [negative]") {
  expect_status(call(plugin().probe, the_subject().host(), nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_ok(the_subject().probe());
}

TEST_CASE("probe: before the first one nothing can be read [negative]") {
  const auto &early = the_subject().before_probe();
  expect_status(early.describe, HAL_STATUS_INVALID_STATE);
  if (plugin().properties != nullptr) expect_status(early.properties, HAL_STATUS_INVALID_STATE);
  if (plugin().metrics != nullptr)
    expect_one_of(early.metrics, {HAL_STATUS_INVALID_STATE, HAL_STATUS_UNSUPPORTED});
}

TEST_CASE("probe: what is logged is whole lines of known levels") {
  for (const auto &fault : the_subject().log().faults()) fail_at(__FILE__, __LINE__, fault);
}
