// Every code of the runtime has a status, a name and a text.
#include "plugins/hip/status.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace hip = hal::plugins::hip;
namespace driver = hal::plugins::hip::driver;

namespace {

struct row {
  const char *name;
  int number;
  hal_status status;
};

constexpr row rows[] = {
#define HAL_HIP_RESULT(name, number, status, since) {#name, number, status},
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
};

int forgotten = 0;

const char *name_it(driver::result code) {
  return code == 12345 ? "hipErrorOfTomorrow" : nullptr;
}

driver::result forget() {
  ++forgotten;
  return driver::hipSuccess;
}

// Entries without a library: only the texts are asked for.
struct alignas(hip::api) no_library {
  unsigned char room[sizeof(hip::api)] = {};
  hip::api &get() { return reinterpret_cast<hip::api &>(room); }
};

}  // namespace

TEST_CASE("hip status: every code has a status of its own kind, none is unknown") {
  std::set<int> numbers;
  for (const row &one : rows) {
    CAPTURE(one.name);
    const auto code = static_cast<driver::result>(one.number);
    CHECK(numbers.insert(one.number).second);
    CHECK(hip::to_status(code) == one.status);
    CHECK(hip::name_of(code) == one.name);
    CHECK(one.status != HAL_STATUS_UNKNOWN);
    CHECK((one.status == HAL_STATUS_OK) == (one.number == 0));
  }
  CHECK(numbers.size() == 79);
}

TEST_CASE("hip status: the codes that end a device, and no others") {
  const std::set<int> ending = {53, 214, 700, 702, 710, 719};
  for (const row &one : rows) {
    CAPTURE(one.name);
    CHECK(hip::ends_device(static_cast<driver::result>(one.number)) == (ending.count(one.number) != 0));
  }
}

TEST_CASE("hip status: a code of a newer runtime keeps its number and the runtime's name") {
  no_library none;
  none.get().get_error_name = &name_it;
  none.get().get_last_error = &forget;
  const auto code = static_cast<driver::result>(12345);
  forgotten = 0;
  CHECK(hip::to_status(code) == HAL_STATUS_UNKNOWN);
  const auto failed = hip::vendor_failure(none.get(), code, "hipMalloc of 64 bytes");
  CHECK(failed.status() == HAL_STATUS_UNKNOWN);
  CHECK(failed.native_code() == 12345);
  CHECK(std::string(failed.what()) == "hipMalloc of 64 bytes failed: hipErrorOfTomorrow (12345).");
  CHECK(forgotten == 1);
}
