// kernels-test BUNDLE [DEVICE...]   the bundle's kernels on devices of the HAL; host:0 when none is named
// kernels-test --source FOLDER      the sources on the first OpenCL device, without the HAL
//
// Further options go to doctest. HAL_TEST_KERNEL_DEVICES names more devices, with commas between. Exit codes:
// doctest's; 77 when what is asked for is not here.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "hal/runtime.hpp"
#include "tests/kernels/subjects.hpp"

namespace {

constexpr int skipped = 77;

void add_devices(const std::string &file, std::vector<std::string> devices) {
  if (devices.empty()) devices.emplace_back("host:0");
  if (const char *more = std::getenv("HAL_TEST_KERNEL_DEVICES")) {
    std::istringstream names(more);
    for (std::string name; std::getline(names, name, ',');) devices.push_back(name);
  }
  hal::runtime runtime;
  const hal::bundle kernels = hal::bundle::open(file);
  for (const std::string &device : devices)
    kernels_test::subjects().push_back(kernels_test::make_hal_target(runtime.open(device), kernels));
}

}  // namespace

int main(int count, char **words) {
  doctest::Context context(count, words);
  std::vector<std::string> names;
  bool source = false;
  for (int index = 1; index < count; ++index) {
    const std::string_view word = words[index];
    if (word == "--source") {
      source = true;
    } else if (!word.starts_with('-')) {
      names.emplace_back(word);
    }
  }
  if (names.empty()) {
    std::cout << "kernels-test: there is no bundle to test; it is built where the compiler is.\n";
    return skipped;
  }
  try {
    if (source) {
      kernels_test::subjects().push_back(kernels_test::make_opencl_target(names.front()));
    } else {
      add_devices(names.front(), {names.begin() + 1, names.end()});
    }
  } catch (const hal::error &why) {
    std::cout << "kernels-test: " << why.what() << "\n";
    return why.status() == hal::status::unavailable ? skipped : 1;
  }
  for (const auto &one : kernels_test::subjects()) std::cout << "kernels-test: on " << one->name() << "\n";
  const int result = context.run();
  kernels_test::subjects().clear();
  return result;
}
