// Where there are no OpenCL headers.
#include "hal/error.hpp"
#include "tests/kernels/target.hpp"

namespace kernels_test {

std::unique_ptr<target> make_opencl_target(const std::filesystem::path &) {
  throw hal::error(hal::status::unavailable, "The tests were built without the OpenCL headers.");
}

}  // namespace kernels_test
