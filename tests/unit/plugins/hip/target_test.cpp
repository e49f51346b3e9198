// The names of targets and what runs where.
#include "plugins/hip/target.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "hal/abi/description.h"
#include "plugins/hip/architecture.hpp"

namespace hip = hal::plugins::hip;

namespace {

bool runs(const char *code, const char *device) {
  return hip::runs_on(hip::parse_target(code), hip::parse_target(device));
}

}  // namespace

TEST_CASE("hip target: names with features, alone and at the end of a triple") {
  const hip::target whole = hip::parse_target("gfx90a:sramecc+:xnack-");
  CHECK(whole.processor == "gfx90a");
  CHECK(whole.sramecc == hip::feature::on);
  CHECK(whole.xnack == hip::feature::off);
  CHECK(whole.text() == "gfx90a:sramecc+:xnack-");
  CHECK(hip::parse_target("amdgcn-amd-amdhsa--gfx906").text() == "gfx906");
  CHECK(hip::parse_target("hipv4-amdgcn-amd-amdhsa--gfx942:xnack+").text() == "gfx942:xnack+");
  CHECK(hip::parse_target("hip-amdgcn-amd-amdhsa-gfx1100").text() == "gfx1100");
  CHECK(hip::parse_target("amdgcn-amd-amdhsa--gfx9-4-generic").processor == "gfx9-4-generic");
  CHECK(hip::parse_target("host-x86_64-unknown-linux--").processor == "");
  CHECK(hip::parse_target("").processor == "");
}

TEST_CASE("hip target: the ELF header's flags, as clang writes them") {
  CHECK(hip::target_of_flags(0x0000053f).text() == "gfx90a");
  CHECK(hip::target_of_flags(0x00000e3f).text() == "gfx90a:sramecc+:xnack-");
  CHECK(hip::target_of_flags(0x00000041).text() == "gfx1100");
  CHECK(hip::target_of_flags(0x0100055f).text() == "gfx9-4-generic");
  CHECK(hip::target_of_flags(0x000000fe).processor == "");
}

TEST_CASE("hip target: code runs where processor and features agree") {
  CHECK(runs("gfx90a", "gfx90a:sramecc+:xnack-"));
  CHECK(runs("gfx90a:xnack-", "gfx90a:sramecc+:xnack-"));
  CHECK_FALSE(runs("gfx90a:xnack+", "gfx90a:sramecc+:xnack-"));
  CHECK_FALSE(runs("gfx90a:sramecc-", "gfx90a:sramecc+:xnack-"));
  CHECK_FALSE(runs("gfx908", "gfx90a"));
  CHECK(runs("gfx9-4-generic", "gfx942:sramecc+:xnack-"));
  CHECK_FALSE(runs("gfx9-generic", "gfx942"));
  CHECK(runs("gfx11-generic", "gfx1100"));
  CHECK_FALSE(runs("", "gfx1100"));
  CHECK_FALSE(runs("gfx1030:xnack+", "gfx1030"));
}

TEST_CASE("hip architecture: the own target first, then those whose code runs") {
  using list = std::vector<std::string>;
  CHECK(hip::targets_of(hip::parse_target("gfx90a:sramecc+:xnack-"), 6020) ==
        list{"gfx90a:sramecc+:xnack-", "gfx90a:sramecc+", "gfx90a:xnack-", "gfx90a"});
  CHECK(hip::targets_of(hip::parse_target("gfx1100"), 6020) == list{"gfx1100"});
  CHECK(hip::targets_of(hip::parse_target("gfx1100"), 6040) == list{"gfx1100", "gfx11-generic"});
  CHECK(hip::targets_of({}, 6040).empty());
}

TEST_CASE("hip architecture: peak rates as the data sheets give them") {
  // MI210: 104 compute units at 1700 MHz: 22.6 teraflops of double precision, 181 of half.
  CHECK(2.0 * 104 * 1.7e9 * hip::throughput_of("gfx90a").f64 == doctest::Approx(22.6e12).epsilon(0.01));
  CHECK(2.0 * 104 * 1.7e9 * hip::throughput_of("gfx90a").f16 == doctest::Approx(181e12).epsilon(0.01));
  // MI300X: 304 at 2100 MHz: 163.4 single, 1307.4 half.
  CHECK(2.0 * 304 * 2.1e9 * hip::throughput_of("gfx942").f32 == doctest::Approx(163.4e12).epsilon(0.01));
  CHECK(2.0 * 304 * 2.1e9 * hip::throughput_of("gfx942").f16 == doctest::Approx(1307.4e12).epsilon(0.01));
  // RX 7900 XTX: 48 workgroup processors at 2499 MHz: 61.4 single, 1.92 double.
  CHECK(2.0 * 48 * 2.499e9 * hip::throughput_of("gfx1100").f32 == doctest::Approx(61.4e12).epsilon(0.01));
  CHECK(2.0 * 48 * 2.499e9 * hip::throughput_of("gfx1100").f64 == doctest::Approx(1.92e12).epsilon(0.01));
  CHECK(hip::throughput_of("gfx9999").f32 == 0);
}

TEST_CASE("hip architecture: data types come with their generations") {
  CHECK((hip::data_types_of("gfx906") & HAL_DATA_TYPE_BF16) == 0);
  CHECK((hip::data_types_of("gfx908") & HAL_DATA_TYPE_BF16) != 0);
  CHECK((hip::data_types_of("gfx942") & HAL_DATA_TYPE_F8_E4M3) == 0);
  CHECK((hip::data_types_of("gfx950") & HAL_DATA_TYPE_F8_E4M3) != 0);
  CHECK((hip::data_types_of("gfx1201") & HAL_DATA_TYPE_F8_E5M2) != 0);
  CHECK(hip::data_types_of("") == 0);
}
