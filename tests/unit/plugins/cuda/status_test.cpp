// Every code of the driver has a status, a name and a text.
#include "plugins/cuda/status.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace cuda = hal::plugins::cuda;
namespace driver = hal::plugins::cuda::driver;

namespace {

struct row {
  const char *name;
  int number;
  hal_status status;
};

constexpr row rows[] = {
#define HAL_CUDA_RESULT(name, number, status, since) {#name, number, status},
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
};

driver::result name_it(driver::result code, const char **out) {
  if (code != 12345) return driver::CUDA_ERROR_INVALID_VALUE;
  *out = "CUDA_ERROR_OF_TOMORROW";
  return driver::CUDA_SUCCESS;
}

// Entries without a library: only the texts are asked for.
struct alignas(cuda::api) no_library {
  unsigned char room[sizeof(cuda::api)] = {};
  cuda::api &get() { return reinterpret_cast<cuda::api &>(room); }
};

}  // namespace

TEST_CASE("cuda status: every code has a status of its own kind, none is unknown") {
  std::set<int> numbers;
  for (const row &one : rows) {
    CAPTURE(one.name);
    const auto code = static_cast<driver::result>(one.number);
    CHECK(numbers.insert(one.number).second);
    CHECK(cuda::to_status(code) == one.status);
    CHECK(cuda::name_of(code) == one.name);
    CHECK(one.status != HAL_STATUS_UNKNOWN);
    CHECK((one.status == HAL_STATUS_OK) == (one.number == 0));
  }
  CHECK(numbers.size() > 100);
}

TEST_CASE("cuda status: the codes that end a context, and no others") {
  const std::set<int> ending = {214, 220, 226, 700, 702, 709, 710, 714,
                                715, 716, 717, 718, 719, 721, 810, 911};
  for (const row &one : rows) {
    CAPTURE(one.name);
    CHECK(cuda::ends_device(static_cast<driver::result>(one.number)) == (ending.count(one.number) != 0));
  }
}

TEST_CASE("cuda status: a code of a newer driver keeps its number and the driver's name") {
  no_library none;
  none.get().get_error_name = &name_it;
  const auto code = static_cast<driver::result>(12345);
  CHECK(cuda::to_status(code) == HAL_STATUS_UNKNOWN);
  const auto failed = cuda::vendor_failure(none.get(), code, "cuMemAlloc of 64 bytes");
  CHECK(failed.status() == HAL_STATUS_UNKNOWN);
  CHECK(failed.native_code() == 12345);
  CHECK(std::string(failed.what()) == "cuMemAlloc of 64 bytes failed: CUDA_ERROR_OF_TOMORROW (12345).");
}
