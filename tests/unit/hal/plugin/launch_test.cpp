// hal/plugin/launch.hpp: a launch held against its kernel, shortly and at length.
#include "hal/plugin/launch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace {

using hal::plugin::failure;

struct device_like {
  hal::plugin::sticky_failure failed;
  hal_device_description facts{};
  std::string name = "Acme 42";
};

struct kernel_like {
  device_like &device;
  std::string name = "axpy";
  std::uint32_t parameter_count = 2;
  std::uint32_t max_block_items = 256;
  std::uint32_t required_block[3] = {0, 0, 0};
};

struct bench {
  device_like device;
  kernel_like kernel{device};
  int value = 0;
  void *arguments[2] = {&value, &value};
  hal_launch launch{};

  bench() {
    std::fill_n(device.facts.max_grid, 3, 1000u);
    std::fill_n(device.facts.max_block, 3, 128u);
    std::copy_n("1.2", 4, device.facts.driver_version);
    launch.struct_size = sizeof launch;
    std::fill_n(launch.grid, 3, 1u);
    std::fill_n(launch.block, 3, 1u);
    launch.argument_count = 2;
    launch.arguments = arguments;
  }

  bool is_plain(bool is_particular = false) const {
    return hal::plugin::is_plain(kernel, launch, device.facts.max_grid, 64, is_particular);
  }
  // What check_shape says: nothing, or a status and its sentence.
  std::optional<failure> refusal() const {
    try {
      hal::plugin::check_shape(kernel, launch, 64);
      return std::nullopt;
    } catch (const failure &refused) {
      return refused;
    }
  }
  // Both agree that the launch is wrong.
  void check_refused(hal_status status, const std::string &part) const {
    CHECK_FALSE(is_plain());
    const auto refused = refusal();
    REQUIRE(refused);
    CHECK(refused->status() == status);
    CHECK_MESSAGE(std::string(refused->what()).find(part) != std::string::npos, refused->what());
  }
};

}  // namespace

TEST_SUITE_BEGIN("hal/plugin/launch");

TEST_CASE("launch: an ordinary one passes both ways, up to every limit") {
  bench at;
  CHECK(at.is_plain());
  CHECK_FALSE(at.refusal());
  at.launch.grid[1] = 1000;
  at.launch.block[0] = 128;
  at.launch.block[2] = 2;
  at.launch.dynamic_shared_memory = 64;
  CHECK(at.is_plain());
  CHECK_FALSE(at.refusal());
  CHECK_FALSE(at.is_plain(true));
  at.kernel.parameter_count = at.launch.argument_count = 0;
  at.launch.arguments = nullptr;
  CHECK(at.is_plain());
  CHECK_FALSE(at.refusal());
}

TEST_CASE("launch: each limit has its sentence [negative]") {
  bench at;
  SUBCASE("an extent of 0") {
    at.launch.grid[2] = 0;
    at.check_refused(HAL_STATUS_INVALID_ARGUMENT, "0 in z");
  }
  SUBCASE("the grid") {
    at.launch.grid[0] = 1001;
    at.check_refused(HAL_STATUS_OUT_OF_RANGE, "1001");
  }
  SUBCASE("the block") {
    at.launch.block[1] = 129;
    at.check_refused(HAL_STATUS_OUT_OF_RANGE, "129");
  }
  SUBCASE("the block's items") {
    at.launch.block[0] = at.launch.block[1] = 17;
    at.check_refused(HAL_STATUS_OUT_OF_RANGE, "289");
  }
  SUBCASE("more items than 32 bits hold") {
    std::fill_n(at.device.facts.max_block, 3, UINT32_MAX);
    at.launch.block[0] = at.launch.block[1] = 1u << 16;
    at.check_refused(HAL_STATUS_OUT_OF_RANGE, "4294967296");
  }
  SUBCASE("shared memory") {
    at.launch.dynamic_shared_memory = 65;
    at.check_refused(HAL_STATUS_OUT_OF_RANGE, "65");
  }
  SUBCASE("the number of arguments") {
    at.launch.argument_count = 1;
    at.check_refused(HAL_STATUS_INVALID_ARGUMENT, "axpy takes 2 arguments; given are 1");
  }
  SUBCASE("the argument array") {
    at.launch.arguments = nullptr;
    at.check_refused(HAL_STATUS_INVALID_ARGUMENT, "NULL");
  }
  SUBCASE("flags that nobody defined") {
    at.launch.flags = 2;
    at.check_refused(HAL_STATUS_INVALID_ARGUMENT, "flags are 2");
  }
  SUBCASE("a feature that the device lacks") {
    at.launch.flags = HAL_LAUNCH_COOPERATIVE;
    at.check_refused(HAL_STATUS_UNSUPPORTED, "not there on Acme 42 with version 1.2");
  }
}

TEST_CASE("launch: a kernel that names its block takes no other") {
  bench at;
  at.kernel.required_block[0] = 8;
  at.kernel.required_block[1] = at.kernel.required_block[2] = 1;
  REQUIRE(at.refusal());
  CHECK(std::string(at.refusal()->what()).find("8 x 1 x 1") != std::string::npos);
  at.launch.block[0] = 8;
  CHECK_FALSE(at.refusal());
}

TEST_CASE("launch: a kernel whose parameters nobody knows takes any number of arguments, looked at closely") {
  bench at;
  at.kernel.parameter_count = HAL_UNKNOWN_COUNT;
  CHECK_FALSE(at.is_plain());
  CHECK_FALSE(at.refusal());
}

TEST_SUITE_END();
