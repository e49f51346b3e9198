// hal/plugin/probing.hpp: what a probe found.
#include "hal/plugin/probing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using hal::plugin::failure;
using hal::plugin::not_available;

hal_status status_of(const hal::plugin::probed_count &count, std::uint32_t index) {
  try {
    count.check(index);
    return HAL_STATUS_OK;
  } catch (const failure &refused) {
    return refused.status();
  }
}

}  // namespace

TEST_SUITE_BEGIN("hal/plugin/probing");

TEST_CASE("probing: an index counts from 0 up to what the last probe found") {
  hal::plugin::probed_count count;
  CHECK(status_of(count, 0) == HAL_STATUS_INVALID_STATE);
  CHECK((count = 2) == 2);
  CHECK(status_of(count, 1) == HAL_STATUS_OK);
  CHECK(status_of(count, 2) == HAL_STATUS_OUT_OF_RANGE);
  count = 0;
  CHECK(status_of(count, 0) == HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("probing: a refusal is 'not available', unless it says more") {
  const auto answer = [](hal_status status) { return not_available({status, "It failed.", 7}, "Is it on?"); };
  CHECK(answer(HAL_STATUS_INTERNAL).status() == HAL_STATUS_UNAVAILABLE);
  CHECK(answer(HAL_STATUS_PERMISSION_DENIED).status() == HAL_STATUS_PERMISSION_DENIED);
  CHECK(answer(HAL_STATUS_INCOMPATIBLE_VERSION).status() == HAL_STATUS_INCOMPATIBLE_VERSION);
  CHECK(answer(HAL_STATUS_INTERNAL).native_code() == 7);
  CHECK(std::string(answer(HAL_STATUS_INTERNAL).what()) == "It failed. Is it on?");
}

TEST_SUITE_END();
