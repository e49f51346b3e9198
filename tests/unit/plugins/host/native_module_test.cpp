#include "plugins/host/native_module.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::host {
namespace {

void run_nothing(const hal_native_block *) {}
void run_no_item(const hal_native_item *) {}

// A module that is sound until a test changes it.
struct sample {
  hal_native_parameter parameters[3] = {{HAL_ARGUMENT_VALUE, 4, 4, 0, "n"},
                                        {HAL_ARGUMENT_MEMORY, 8, 8, 0, nullptr},
                                        {HAL_ARGUMENT_SHARED, 0, 16, 0, "s"}};
  hal_native_kernel first{
      sizeof(hal_native_kernel), 0, "first", &run_nothing, nullptr, parameters, 3, {0, 0, 0}, 64};
  hal_native_kernel second{sizeof(hal_native_kernel),
                           HAL_NATIVE_USES_BARRIER,
                           "second",
                           nullptr,
                           &run_no_item,
                           nullptr,
                           0,
                           {8, 2, 1},
                           0};
  const hal_native_kernel *kernels[2] = {&first, &second};
  hal_native_module module{sizeof(hal_native_module), 2, kernels};

  hal_status verify() const {
    try {
      verify_module(module, address_check());
      return HAL_STATUS_OK;
    } catch (const plugin::failure &failed) {
      MESSAGE(failed.what());
      return failed.status();
    }
  }
};

// Refuses one kind of address.
class suspicious final : public address_check {
 public:
  explicit suspicious(int kind) : kind_(kind) {}
  bool readable(const void *, std::uint64_t) const override { return kind_ != 0; }
  bool executable(const void *) const override { return kind_ != 1; }
  bool text(const char *) const override { return kind_ != 2; }

 private:
  int kind_;
};

}  // namespace

TEST_SUITE("host/native_module") {
  TEST_CASE("a sound module") {
    CHECK(sample().verify() == HAL_STATUS_OK);
  }

  TEST_CASE("what is not sound") {
    sample given;
    SUBCASE("short table") {
      given.module.struct_size = 8;
    }
    SUBCASE("no kernels") {
      given.module.kernel_count = 0;
    }
    SUBCASE("absurdly many kernels") {
      given.module.kernel_count = 0x7fffffff;
    }
    SUBCASE("NULL list") {
      given.module.kernels = nullptr;
    }
    SUBCASE("NULL kernel") {
      given.kernels[1] = nullptr;
    }
    SUBCASE("short kernel") {
      given.second.struct_size = 40;
    }
    SUBCASE("no name") {
      given.second.name = nullptr;
    }
    SUBCASE("empty name") {
      given.second.name = "";
    }
    SUBCASE("same name twice") {
      given.second.name = "first";
    }
    SUBCASE("unknown flag") {
      given.second.flags = 6;
    }
    SUBCASE("no function") {
      given.second.run_item = nullptr;
    }
    SUBCASE("two functions") {
      given.second.run_block = &run_nothing;
    }
    SUBCASE("barrier in a block kernel") {
      given.first.flags = HAL_NATIVE_USES_BARRIER;
    }
    SUBCASE("NULL parameters") {
      given.first.parameters = nullptr;
    }
    SUBCASE("absurdly many parameters") {
      given.first.parameter_count = 1u << 30;
    }
    SUBCASE("unknown kind") {
      given.parameters[0].kind = 3;
    }
    SUBCASE("value without size") {
      given.parameters[0].size = 0;
    }
    SUBCASE("alignment 0") {
      given.parameters[0].alignment = 0;
    }
    SUBCASE("alignment 3") {
      given.parameters[0].alignment = 3;
    }
    SUBCASE("memory of 4 bytes") {
      given.parameters[1].size = 4;
    }
    SUBCASE("sized shared memory") {
      given.parameters[2].size = 4;
    }
    SUBCASE("half a required block") {
      given.second.required_block[2] = 0;
    }
    CHECK(given.verify() == HAL_STATUS_INVALID_MODULE);
  }

  TEST_CASE("what is sound, but too much for this device") {
    sample given;
    SUBCASE("values") {
      given.parameters[0].size = 1u << 20;
    }
    SUBCASE("alignment") {
      given.parameters[0].alignment = 4096;
    }
    SUBCASE("shared memory") {
      given.first.static_shared_memory = std::uint64_t{1} << 40;
    }
    SUBCASE("block") {
      given.second.required_block[0] = 4096;
    }
    SUBCASE("block whose product overflows") {
      for (std::uint32_t &extent : given.second.required_block) extent = 0x10000;
    }
    CHECK(given.verify() == HAL_STATUS_INCOMPATIBLE_TARGET);
  }

  TEST_CASE("every pointer is asked about") {
    const sample given;
    for (int kind = 0; kind < 3; ++kind)
      CHECK_THROWS_AS(verify_module(given.module, suspicious(kind)), plugin::failure);
    CHECK_NOTHROW(verify_module(given.module, suspicious(3)));
  }
}

}  // namespace hal::plugins::host
