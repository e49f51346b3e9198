// kernels-test BUNDLE [DEVICE...]   the bundle's kernels on devices of the HAL; host:0 when none is named
// kernels-test --target=T BUNDLE [DEVICE...]   only what the bundle holds for that target
// kernels-test --source FOLDER      the sources on the first OpenCL device, without the HAL
//
// Further options go to doctest. HAL_TEST_KERNEL_DEVICES names more devices, with commas between. Exit codes:
// doctest's; 77 when what is asked for is not here.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "hal/runtime.hpp"
#include "tests/kernels/subjects.hpp"

namespace {

constexpr int skipped = 77;

// The part of a bundle that is made for one target.
hal::bundle part_of(const hal::bundle &whole, std::string_view target) {
  hal::bundle_builder part;
  std::map<std::uint32_t, std::uint32_t> images;
  for (std::uint32_t index = 0; index < whole.image_count(); ++index) {
    const hal::bundle_image image = whole.image(index);
    if (image.target != target) continue;
    images[index] = part.add_image(image.format, image.target, image.needs, whole.code(index).bytes());
  }
  for (std::size_t index = 0; index < whole.kernel_count(); ++index) {
    hal::bundle_kernel kernel = whole.kernel(index);
    std::erase_if(kernel.variants, [&](const auto &variant) { return !images.contains(variant.image); });
    for (hal::bundle_variant &variant : kernel.variants) variant.image = images[variant.image];
    if (!kernel.variants.empty()) part.add_kernel(kernel);
  }
  return hal::bundle::from_memory(part.bytes());
}

void add_devices(const std::string &file, std::string_view target, std::vector<std::string> devices) {
  if (devices.empty()) devices.emplace_back("host:0");
  if (const char *more = std::getenv("HAL_TEST_KERNEL_DEVICES")) {
    std::istringstream names(more);
    for (std::string name; std::getline(names, name, ',');) devices.push_back(name);
  }
  hal::runtime runtime;
  const hal::bundle whole = hal::bundle::open(file);
  const hal::bundle kernels = target.empty() ? whole : part_of(whole, target);
  for (const std::string &device : devices)
    kernels_test::subjects().push_back(kernels_test::make_hal_target(runtime.open(device), kernels));
}

}  // namespace

int main(int count, char **words) {
  doctest::Context context(count, words);
  std::vector<std::string> names;
  bool source = false;
  std::string target;
  for (int index = 1; index < count; ++index) {
    const std::string_view word = words[index];
    if (word == "--source") {
      source = true;
    } else if (word.starts_with("--target=")) {
      target = word.substr(9);
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
      add_devices(names.front(), target, {names.begin() + 1, names.end()});
    }
  } catch (const hal::error &why) {
    std::cout << "kernels-test: " << why.what() << "\n";
    const bool absent = why.status() == hal::status::unavailable || why.status() == hal::status::not_found;
    return absent ? skipped : 1;
  }
  for (const auto &one : kernels_test::subjects()) std::cout << "kernels-test: on " << one->name() << "\n";
  const int result = context.run();
  kernels_test::subjects().clear();
  return result;
}
