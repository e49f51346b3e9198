#include "runtime/halctl/device_kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "hal/abi/native_kernel.h"
#include "hal/error.hpp"
#include "runtime/halctl/suite.hpp"

namespace hal::ctl {
namespace {

// In the order in which they are looked into: the conformance suite's kernels for every target that the
// compiler knew, and one empty kernel that needs no compiler.
constexpr std::string_view bundles[] = {"conformance-kernels.halb", "empty-kernel.halb"};

void do_nothing(const hal_native_block *) {}
constexpr hal_native_kernel nothing{
    sizeof(hal_native_kernel), 0, "nothing", &do_nothing, nullptr, nullptr, 0, {0, 0, 0}, 0};
constexpr const hal_native_kernel *kernels[] = {&nothing};
constexpr hal_native_module native_module{sizeof(hal_native_module), 1, kernels};

}  // namespace

loaded_kernel find_kernel(const device &on, std::string_view name) {
  for (const std::string_view bundle_name : bundles) {
    const std::filesystem::path file = suite_file(bundle_name);
    if (file.empty()) continue;
    try {
      loaded_kernel found;
      found.code = on.load(bundle::open(file));
      found.kernel = found.code[name];
      return found;
    } catch (const error &refused) {
      // Another kernel's bundle, or made for other devices: `halctl why` tells more.
      if (refused.status() != status::not_found && refused.status() != status::incompatible_target) throw;
    }
  }
  throw error(status::unsupported,
              fmt::format("there is no kernel '{}' in a format that the device takes", name));
}

loaded_kernel empty_kernel(const device &on) {
  const auto &formats = on.info().module_formats;
  if (std::find(formats.begin(), formats.end(), "native") == formats.end()) return find_kernel(on, "nothing");
  loaded_kernel found;
  found.native = on.load({.format = "native", .bytes = std::as_bytes(std::span(&native_module, 1))});
  found.kernel = found.native["nothing"];
  return found;
}

}  // namespace hal::ctl
