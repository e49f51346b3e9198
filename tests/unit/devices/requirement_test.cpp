#include "hal/requirement.hpp"

#include <doctest/doctest.h>

#include <string>

#include "hal/units.hpp"
#include "tests/support/thrown.hpp"

namespace {

using namespace hal::literals;
using hal::device_info;
using hal::parse_requirements;
using hal::requirement;
using hal::test::thrown;
using relation = hal::requirement::relation;

device_info sample() {
  device_info info;
  info.plugin = "hip";
  info.vendor = "AMD";
  info.name = "Instinct MI300X";
  info.type = hal::device_type::gpu;
  info.memory_total = 8_GiB;
  info.compute_units = 304;
  info.data_types = HAL_DATA_TYPE_F16;
  info.features = HAL_FEATURE_KERNELS;
  info.targets = {"gfx942", "gfx9-4-generic"};
  return info;
}

bool meets(std::string_view text) {
  return !hal::unmet(sample(), parse_requirements(text)).has_value();
}

std::string refusal(std::string_view text) {
  const hal::error error = thrown([&] { parse_requirements(text); });
  CHECK(error.status() == hal::status::invalid_argument);
  return error.what();
}

TEST_CASE("requirements: every operator on numbers") {
  CHECK(meets("compute_units>=304"));
  CHECK_FALSE(meets("compute_units>=305"));
  CHECK(meets("compute_units<=304"));
  CHECK_FALSE(meets("compute_units<=303"));
  CHECK(meets("compute_units>303"));
  CHECK_FALSE(meets("compute_units>304"));
  CHECK(meets("compute_units<305"));
  CHECK_FALSE(meets("compute_units<304"));
  CHECK(meets("compute_units==304"));
  CHECK_FALSE(meets("compute_units==303"));
  CHECK(meets("compute_units!=303"));
  CHECK_FALSE(meets("compute_units!=304"));
  CHECK(meets("compute_units"));
  CHECK_FALSE(meets("registers_per_block"));
}

TEST_CASE("requirements: flags") {
  CHECK(meets("f16"));
  CHECK_FALSE(meets("f64"));
  CHECK(meets("f16==1"));
  CHECK(meets("f64==0"));
  CHECK_FALSE(meets("f64!=0"));
  CHECK(meets("kernels"));
}

TEST_CASE("requirements: text, without regard to case") {
  CHECK(meets("vendor==amd"));
  CHECK(meets("vendor==AMD"));
  CHECK_FALSE(meets("vendor==nvidia"));
  CHECK(meets("vendor!=nvidia"));
  CHECK_FALSE(meets("vendor!=amd"));
  CHECK(meets("name~=*mi300*"));
  CHECK_FALSE(meets("name~=mi300"));
  CHECK(meets("type==gpu"));
  CHECK(meets("name"));
  CHECK_FALSE(meets("driver_version"));
  CHECK(meets("vendor<b"));
  CHECK_FALSE(meets("vendor>b"));
}

TEST_CASE("requirements: of a list one member is enough, and all must differ") {
  CHECK(meets("target==gfx942"));
  CHECK(meets("target~=gfx9-*"));
  CHECK_FALSE(meets("target==gfx90a"));
  CHECK(meets("target!=gfx90a"));
  CHECK_FALSE(meets("target!=gfx942"));
  CHECK(meets("target"));
  CHECK_FALSE(meets("format"));
}

TEST_CASE("requirements: sizes in every unit") {
  const std::pair<const char *, std::uint64_t> sizes[] = {
      {"7", 7},
      {"7B", 7},
      {"7KiB", 7_KiB},
      {"7MiB", 7_MiB},
      {"7GiB", 7_GiB},
      {"7TiB", 7_TiB},
      {"7kB", 7'000},
      {"7MB", 7'000'000},
      {"7GB", 7'000'000'000},
      {"7TB", 7'000'000'000'000},
      {"0", 0},
      {"18446744073709551615", UINT64_MAX},
      {"16777215TiB", 16777215_TiB},
  };
  for (const auto &[text, value] : sizes) {
    CAPTURE(std::string(text));
    const auto needs = parse_requirements(std::string("memory>=") + text);
    REQUIRE(needs.size() == 1);
    CHECK(std::get<std::uint64_t>(needs[0].value) == value);
  }
  CHECK(meets("memory==8GiB"));
}

TEST_CASE("requirements: numbers that are none, or too large, are named") {
  for (const char *text : {"memory>=18446744073709551616", "memory>=16777216TiB", "memory>=20000000TB",
                           "memory>=-1", "memory>=+1", "memory>=8gib", "memory>=8 GiB", "memory>=1.5GiB",
                           "memory>=0x10", "memory>=GiB", "memory>=many", "f16==yes"}) {
    CAPTURE(std::string(text));
    const std::string why = refusal(text);
    CHECK_NAMES(why, text);
    CHECK_NAMES(why, "is not a number");
  }
}

TEST_CASE("requirements: several, with white space") {
  const auto needs = parse_requirements(" memory >= 8GiB ,\tf16, vendor == amd ");
  REQUIRE(needs.size() == 3);
  CHECK(needs[0] == hal::memory(8_GiB));
  CHECK(needs[1] == requirement(hal::f16));
  CHECK(needs[2] == hal::from_vendor("amd"));
}

TEST_CASE("requirements: what cannot be read is named") {
  CHECK_NAMES(refusal("colour==red"), "'colour'");
  CHECK_NAMES(refusal("colour==red"), "halctl show");
  CHECK_NAMES(refusal("memory=8GiB"), "'memory=8GiB'");
  CHECK_NAMES(refusal("memory>="), "'memory>='");
  CHECK_NAMES(refusal("memory>="), "no value");
  CHECK_NAMES(refusal("vendor==  "), "no value");
  CHECK_NAMES(refusal("memory~=8*"), "memory is a number");
  CHECK_NAMES(refusal(">=8"), "'>=8'");
  CHECK_NAMES(refusal("f16,,f32"), "'f16,,f32'");
  CHECK_NAMES(refusal("f16,"), "'f16,'");
  CHECK_NAMES(refusal(",f16"), "empty");
  CHECK_NAMES(refusal(""), "empty");
}

TEST_CASE("requirements: an operator inside a value belongs to the value") {
  const auto needs = parse_requirements("name==a>=b");
  CHECK(needs[0].op == relation::equal);
  CHECK(std::get<std::string>(needs[0].value) == "a>=b");
}

TEST_CASE("requirements: what is written is read again") {
  for (const char *text : {"f16", "memory>=8589934592", "memory<=1", "memory>1", "memory<1", "memory==1",
                           "memory!=1", "vendor==amd", "vendor!=amd", "target~=gfx9*", "target"}) {
    const auto needs = parse_requirements(text);
    CHECK(to_string(needs[0]) == text);
    CHECK(parse_requirements(to_string(needs[0])) == needs);
  }
}

TEST_CASE("requirements: what is made in code is the same as what is read") {
  CHECK(hal::any_of(hal::f16, hal::memory(8_GiB), hal::runs("gfx9*"), hal::type(hal::device_type::gpu)) ==
        parse_requirements("f16,memory>=8GiB,target~=gfx9*,type==gpu"));
}

TEST_CASE("requirements: the first that is not met is told with both values") {
  const auto unmet = [](std::string_view text) {
    return hal::unmet(sample(), parse_requirements(text)).value_or("");
  };
  CHECK(unmet("f16,memory>=16GiB,f64") == "memory is 8589934592 B; memory>=17179869184 is required");
  CHECK(unmet("f64") == "f64 is not present; f64 is required");
  CHECK(unmet("vendor==nvidia") == "vendor is AMD; vendor==nvidia is required");
  CHECK(unmet("target~=sm_*") == "target is gfx942 gfx9-4-generic; target~=sm_* is required");
  CHECK(unmet("compute_units>1000") == "compute_units is 304; compute_units>1000 is required");
}

TEST_CASE("requirements: what is not known is said to be so") {
  const auto unmet = [](std::string_view text) {
    return hal::unmet(device_info{}, parse_requirements(text)).value_or("");
  };
  CHECK(unmet("memory>=1") == "memory is not known; memory>=1 is required");
  CHECK(unmet("target==sm_90") == "target is not known; target==sm_90 is required");
  CHECK(unmet("vendor==amd") == "vendor is not known; vendor==amd is required");
}

TEST_CASE("requirements: what is not known meets no comparison") {
  for (const char *text :
       {"memory<=8GiB", "memory<1GiB", "registers_per_block!=5", "driver_version<5", "target!=sm_90"}) {
    CAPTURE(std::string(text));
    CHECK(hal::unmet(device_info{}, parse_requirements(text)).has_value());
  }
}

TEST_CASE("requirements: a key that does not exist is the caller's mistake, not a device's") {
  const hal::error error = thrown([] {
    hal::unmet(sample(), {requirement{"colour", relation::present, {}}});
  });
  CHECK(error.status() == hal::status::invalid_argument);
  CHECK_NAMES(error.what(), "'colour'");
}

TEST_CASE("requirements: a value of the wrong kind is never met") {
  CHECK(hal::unmet(sample(), {requirement{"memory", relation::equal, "8GiB"}}));
  CHECK(hal::unmet(sample(), {requirement{"vendor", relation::equal, std::uint64_t{5}}}));
}

}  // namespace
