// The entries that this plugin names against the machine's own HIP runtime, where one is installed; no GPU is
// needed for that.
#include <doctest/doctest.h>

#include "hal/plugin/failure.hpp"
#include "plugins/hip/library.hpp"

namespace {

struct entry {
  const char *symbol;
  int since;
};
constexpr entry entries[] = {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) {#symbol, since},
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
};

}  // namespace

TEST_CASE("hip entries: the runtime has each from the version on that is named") {
  hal::plugins::hip::runtime_library runtime;
  try {
    runtime = hal::plugins::hip::find_runtime();
  } catch (const hal::plugin::failure &missing) {
    MESSAGE(missing.what(), " Nothing was compared.");
    return;
  }
  CAPTURE(runtime.file);
  const auto ask = reinterpret_cast<int (*)(int *)>(runtime.handle.symbol("hipRuntimeGetVersion"));
  REQUIRE((ask != nullptr));
  int told = 0;
  REQUIRE(ask(&told) == 0);
  // major * 10000000 + minor * 100000 + patch
  const int version = told / 10'000'000 * 1000 + told / 100'000 % 100 * 10;
  CAPTURE(version);
  CHECK(version >= 5000);
  for (const entry &one : entries) {
    CAPTURE(one.symbol);
    if (one.since <= version) CHECK((runtime.handle.symbol(one.symbol) != nullptr));
  }
}
