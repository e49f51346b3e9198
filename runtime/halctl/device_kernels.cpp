#include "runtime/halctl/device_kernels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>
#include <system_error>

#include "hal/abi/native_kernel.h"
#include "hal/error.hpp"
#include "runtime/search_path.hpp"

namespace hal::ctl {
namespace {

namespace fs = std::filesystem;

// In the order in which they are looked into: the conformance suite's kernels for every target that the
// compiler knew, and one empty kernel that needs no compiler.
constexpr std::string_view bundles[] = {"conformance-kernels.halb", "empty-kernel.halb"};

void do_nothing(const hal_native_block *) {}
constexpr hal_native_kernel nothing{
    sizeof(hal_native_kernel), 0, "nothing", &do_nothing, nullptr, nullptr, 0, {0, 0, 0}, 0};
constexpr const hal_native_kernel *kernels[] = {&nothing};
constexpr hal_native_module native_module{sizeof(hal_native_module), 1, kernels};

}  // namespace

fs::path bundle_file(std::string_view name) {
  const fs::path here = rt::library_folder();
  std::error_code ignored;
  for (const fs::path &folder : {here / ".." / "tests" / "conformance", here / "halctl",
                                 here / ".." / "runtime" / "halctl", here / HAL_LIBEXEC_FROM_LIB}) {
    const fs::path file = folder / name;
    if (fs::exists(file, ignored)) return file.lexically_normal();
  }
  return {};
}

loaded_kernel find_kernel(const device &on, std::string_view name) {
  std::string reasons;
  for (const std::string_view bundle_name : bundles) {
    const fs::path file = bundle_file(bundle_name);
    if (file.empty()) continue;
    loaded_kernel found;
    try {
      found.code = on.load(bundle::open(file));
      found.kernel = found.code[name];
      return found;
    } catch (const error &refused) {
      reasons += (reasons.empty() ? "" : " ") + std::string(refused.what());
    }
  }
  throw error(status::unsupported,
              fmt::format("There is no kernel '{}' for this device, which takes {}.{}{}", name,
                          fmt::join(on.info().module_formats, ", "), reasons.empty() ? "" : " ", reasons));
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
