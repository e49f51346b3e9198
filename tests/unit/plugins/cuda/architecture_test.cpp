// What follows from a compute capability.
#include "plugins/cuda/architecture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hal/abi/description.h"

namespace cuda = hal::plugins::cuda;

TEST_CASE("cuda architecture: the own target first, then those whose binaries run") {
  using list = std::vector<std::string>;
  CHECK(cuda::targets_of({8, 9}) == list{"sm_89", "sm_86", "sm_80"});
  CHECK(cuda::targets_of({9, 0}) == list{"sm_90", "sm_90a"});
  CHECK(cuda::targets_of({8, 7}) == list{"sm_87"});
  CHECK(cuda::targets_of({12, 1}) == list{"sm_121", "sm_121a", "sm_120"});
}

TEST_CASE("cuda architecture: a capability that is not known has no rates, but its target") {
  CHECK(cuda::throughput_of({99, 9}).f32 == 0);
  CHECK(cuda::targets_of({99, 9}).front() == "sm_999");
}

TEST_CASE("cuda architecture: peak rates as the data sheets give them") {
  // H100 SXM: 132 multiprocessors at 1830 MHz: 989 teraflops of half precision, dense.
  const double clocks = 2.0 * 132 * 1.83e9;
  CHECK(clocks * cuda::throughput_of({9, 0}).f16 == doctest::Approx(989e12).epsilon(0.01));
  // A100: 108 at 1410 MHz: 19.5 single, 312 half.
  CHECK(2.0 * 108 * 1.41e9 * cuda::throughput_of({8, 0}).f32 == doctest::Approx(19.5e12).epsilon(0.01));
  CHECK(2.0 * 108 * 1.41e9 * cuda::throughput_of({8, 0}).f16 == doctest::Approx(312e12).epsilon(0.01));
}

TEST_CASE("cuda architecture: data types come with their generations") {
  CHECK((cuda::data_types_of({7, 0}) & HAL_DATA_TYPE_BF16) == 0);
  CHECK((cuda::data_types_of({8, 0}) & HAL_DATA_TYPE_BF16) != 0);
  CHECK((cuda::data_types_of({8, 6}) & HAL_DATA_TYPE_F8_E4M3) == 0);
  CHECK((cuda::data_types_of({9, 0}) & HAL_DATA_TYPE_F8_E4M3) != 0);
  CHECK((cuda::data_types_of({9, 0}) & HAL_DATA_TYPE_I4) == 0);
}
