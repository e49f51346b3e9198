#include "discovery/target.hpp"

#include <doctest/doctest.h>

using hal::discovery::fit_of;
using hal::discovery::target_fit;

namespace {

struct pair {
  const char *format;
  const char *code;
  const char *device;
  target_fit fit;
};

}  // namespace

TEST_SUITE_BEGIN("discovery/target");

TEST_CASE("target: which code runs where") {
  const pair pairs[] = {
      {"cubin", "sm_90", "sm_90", target_fit::exact},
      {"cubin", "sm_80", "sm_86", target_fit::compatible},
      {"cubin", "sm_86", "sm_80", target_fit::none},
      {"cubin", "sm_80", "sm_90", target_fit::none},
      {"cubin", "sm_90a", "sm_90", target_fit::exact},
      {"cubin", "sm_100a", "sm_103", target_fit::none},
      {"cubin", "sm_100f", "sm_103", target_fit::compatible},
      {"cubin", "sm_100f", "sm_120", target_fit::none},
      {"cubin", "sm_120", "sm_121", target_fit::compatible},
      {"cubin", "sm_8", "", target_fit::none},
      {"cubin", "sm_90x", "sm_90", target_fit::none},
      {"cubin", "sm_", "sm_90", target_fit::none},
      {"fatbin", "sm_80", "sm_89", target_fit::compatible},
      {"ptx", "sm_80", "sm_80", target_fit::translated},
      {"ptx", "compute_80", "sm_90", target_fit::translated},
      {"ptx", "sm_90", "sm_80", target_fit::none},
      {"ptx", "sm_90a", "sm_100", target_fit::none},
      {"ptx", "sm_100f", "sm_103", target_fit::translated},
      {"ptx", "sm_100f", "sm_120", target_fit::none},

      {"hsaco", "gfx942", "gfx942:sramecc+:xnack-", target_fit::exact},
      {"hsaco", "gfx942:xnack-", "gfx942:sramecc+:xnack-", target_fit::exact},
      {"hsaco", "gfx942:xnack+", "gfx942:sramecc+:xnack-", target_fit::none},
      {"hsaco", "gfx90a:sramecc-", "gfx90a:sramecc+:xnack-", target_fit::none},
      {"hsaco", "gfx90a:xnack+", "gfx90a", target_fit::none},
      {"hsaco", "gfx90a", "gfx942", target_fit::none},
      {"hsaco", "gfx9-4-generic", "gfx942:sramecc+:xnack-", target_fit::generic},
      {"hsaco", "gfx9-4-generic:xnack+", "gfx942:sramecc+:xnack-", target_fit::none},
      {"hsaco", "gfx9-4-generic", "gfx90a", target_fit::none},
      {"hsaco", "gfx9-generic", "gfx906", target_fit::generic},
      {"hsaco", "gfx9-generic", "gfx90a", target_fit::none},
      {"hsaco", "gfx9-generic", "", target_fit::none},
      {"hsaco", "gfx11-generic", "gfx1151", target_fit::generic},
      {"hsaco", "gfx12-generic", "gfx1103", target_fit::none},

      {"spirv", "spirv1.2", "spirv1.2", target_fit::exact},
      {"spirv", "spirv64v1.2", "spirv1.4", target_fit::compatible},
      {"spirv", "spirv1.4", "spirv1.2", target_fit::none},
      {"spirv", "spirv1.4", "spirv", target_fit::compatible},
      {"spirv", "spirv1.", "spirv1.2", target_fit::none},
      {"spirv", "spirvx", "spirv1.2", target_fit::none},

      {"elf", "x86-64-v3", "x86-64-v3", target_fit::exact},
      {"elf", "x86-64", "x86-64-v3", target_fit::none},
      {"elf", "aarch64", "x86-64", target_fit::none},
  };
  for (const pair &one : pairs) {
    CAPTURE(one.format);
    CAPTURE(one.code);
    CAPTURE(one.device);
    CHECK(static_cast<int>(fit_of(one.format, one.code, one.device)) == static_cast<int>(one.fit));
  }
}

TEST_CASE("target: binaries before intermediate code before source") {
  using hal::discovery::readiness;
  for (const char *binary : {"cubin", "fatbin", "hsaco", "elf", "native", "xclbin"})
    CHECK(readiness(binary) == 3);
  for (const char *intermediate : {"ptx", "spirv"}) CHECK(readiness(intermediate) == 2);
  CHECK(readiness("opencl-c") == 1);
}

TEST_SUITE_END();
