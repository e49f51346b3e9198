// Every code of OpenCL has a status, a name and a text.
#include "plugins/opencl/status.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace opencl = hal::plugins::opencl;
namespace driver = hal::plugins::opencl::driver;

namespace {

struct row {
  const char *name;
  int number;
  hal_status status;
};

constexpr row rows[] = {
#define HAL_OPENCL_RESULT(name, number, status) {#name, number, status},
#include "plugins/opencl/results.inc"
#undef HAL_OPENCL_RESULT
};

}  // namespace

TEST_CASE("opencl status: every code has a status of its own kind, none is unknown") {
  std::set<int> numbers;
  for (const row &one : rows) {
    CAPTURE(one.name);
    const auto code = static_cast<driver::result>(one.number);
    CHECK(numbers.insert(one.number).second);
    CHECK(opencl::to_status(code) == one.status);
    CHECK(opencl::name_of(code) == one.name);
    CHECK(one.status != HAL_STATUS_UNKNOWN);
    CHECK((one.status == HAL_STATUS_OK) == (one.number == 0));
  }
  CHECK(numbers.size() > 75);
}

TEST_CASE("opencl status: the codes that end a device, and no others") {
  const std::set<int> ending = {-2, -14, -34, -36, -1108, -1121};
  for (const row &one : rows) {
    CAPTURE(one.name);
    CHECK(opencl::ends_device(static_cast<driver::result>(one.number)) == (ending.count(one.number) != 0));
  }
}

TEST_CASE("opencl status: a sentence has the call, the code's name and its number") {
  const auto failed = opencl::vendor_failure(driver::CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel of saxpy");
  CHECK(failed.status() == HAL_STATUS_RESOURCE_EXHAUSTED);
  CHECK(failed.native_code() == -5);
  CHECK(std::string(failed.what()) == "clEnqueueNDRangeKernel of saxpy failed: CL_OUT_OF_RESOURCES (-5).");
}

TEST_CASE("opencl status: a code of a newer driver keeps its number") {
  const auto code = static_cast<driver::result>(-9999);
  CHECK(opencl::to_status(code) == HAL_STATUS_UNKNOWN);
  const auto failed = opencl::vendor_failure(code, "clFinish");
  CHECK(failed.status() == HAL_STATUS_UNKNOWN);
  CHECK(failed.native_code() == -9999);
  CHECK(std::string(failed.what()) == "clFinish failed: a code that this plugin does not know (-9999).");
}
