// The entries that this plugin names against the machine's own driver, where one is installed; no GPU is
// needed for that.
#include <dlfcn.h>
#include <doctest/doctest.h>

namespace {

struct entry {
  const char *symbol;
  int since;
};
constexpr entry entries[] = {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) {#symbol, since},
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
};

}  // namespace

TEST_CASE("cuda entries: the driver has each from the version on that is named") {
  void *driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver == nullptr) {
    MESSAGE("No libcuda.so.1 is installed: nothing was compared.");
    return;
  }
  const auto ask = reinterpret_cast<int (*)(int *)>(dlsym(driver, "cuDriverGetVersion"));
  REQUIRE((ask != nullptr));
  int version = 0;
  REQUIRE(ask(&version) == 0);
  CAPTURE(version);
  CHECK(version >= 11000);
  for (const entry &one : entries) {
    CAPTURE(one.symbol);
    if (one.since <= version) CHECK((dlsym(driver, one.symbol) != nullptr));
  }
}
