// Any bytes to the reader of bundles. The first byte chooses whether the checksums are made right first.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "hal/bundle.hpp"
#include "hal/device_info.hpp"
#include "hal/dispatch.hpp"
#include "hal/error.hpp"
#include "tests/support/bundle_seal.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// Everything that a bundle which opened can be asked.
void ask_all(const hal::bundle &opened) {
  for (std::size_t index = 0; index < opened.image_count(); ++index) {
    const hal::bundle_image image = opened.image(index);
    check(!image.format.empty());
    try {
      check(opened.code(index).bytes().size() == image.size);
    } catch (const hal::error &refused) {
      check(refused.status() == hal::status::invalid_module);
    }
  }
  hal::device_info device;
  device.plugin = "any";
  device.features = HAL_FEATURE_KERNELS;
  device.module_formats = {"ptx", "elf", "spirv"};
  device.targets = {"sm_90", "gfx942", "spirv1.2"};
  const hal::dispatcher decides(opened, std::span(&device, 1));
  for (std::size_t index = 0; index < opened.kernel_count(); ++index) {
    const hal::bundle_kernel kernel = opened.kernel(index);
    check(opened.find(kernel.name) == kernel);
    check(!kernel.variants.empty());
    const auto best = decides.best(kernel);
    for (const hal::dispatch_verdict &pair : decides.explain(kernel)) {
      check((pair.rejected == hal::dispatch_rule::none) == (pair.rank != 0));
      check(pair.rank != 1 || (best && *best == pair.pair));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const auto *bytes = reinterpret_cast<const std::byte *>(data);
  std::vector<std::byte> file(bytes + 1, bytes + size);
  if (data[0] % 2 == 1 && file.size() >= sizeof(hal::rt::bundle_file::header)) {
    // Sizes, too: inserting and taking away bytes should not always end at the first check.
    auto header = hal::test::header_of(file);
    header.file_size = file.size();
    hal::test::put_header(file, header);
    hal::test::seal(file);
  }
  try {
    ask_all(hal::bundle::from_memory(std::span<const std::byte>(file)));
  } catch (const hal::error &refused) {
    check(refused.status() == hal::status::invalid_module ||
          refused.status() == hal::status::incompatible_version);
    check(std::string_view(refused.what()).ends_with('.'));
  }
  return 0;
}
