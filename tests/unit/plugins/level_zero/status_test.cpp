// Every code of the driver has a status, a name and a text.
#include "plugins/level_zero/status.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace level_zero = hal::plugins::level_zero;
namespace driver = hal::plugins::level_zero::driver;

namespace {

struct row {
  const char *name;
  int number;
  hal_status status;
};

constexpr row rows[] = {
#define HAL_LEVEL_ZERO_RESULT(name, number, status, since) {#name, number, status},
#include "plugins/level_zero/results.inc"
#undef HAL_LEVEL_ZERO_RESULT
};

}  // namespace

TEST_CASE("level_zero status: every code has a status of its own kind, none is unknown") {
  std::set<int> numbers;
  for (const row &one : rows) {
    CAPTURE(one.name);
    const auto code = static_cast<driver::result>(one.number);
    CHECK(numbers.insert(one.number).second);
    CHECK(level_zero::to_status(code) == one.status);
    CHECK(level_zero::name_of(code) == one.name);
    CHECK(one.status != HAL_STATUS_UNKNOWN);
    CHECK((one.status == HAL_STATUS_OK) == (one.number == 0));
  }
  CHECK(numbers.size() >= 49);
}

TEST_CASE("level_zero status: the codes that end a device, and no others") {
  const std::set<int> ending = {0x70000001, 0x70000006, 0x78000020};
  for (const row &one : rows) {
    CAPTURE(one.name);
    CHECK(level_zero::ends_device(static_cast<driver::result>(one.number)) ==
          (ending.count(one.number) != 0));
  }
}

TEST_CASE("level_zero status: a code of a newer driver keeps its number") {
  const auto code = static_cast<driver::result>(0x78001234);
  CHECK(level_zero::to_status(code) == HAL_STATUS_UNKNOWN);
  const auto failed = level_zero::vendor_failure(code, "zeMemAllocDevice of 64 bytes");
  CHECK(failed.status() == HAL_STATUS_UNKNOWN);
  CHECK(failed.native_code() == 0x78001234);
  CHECK(std::string(failed.what()) ==
        "zeMemAllocDevice of 64 bytes failed: a code that this plugin does not know (0x78001234).");
}
