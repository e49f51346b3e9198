#include "plugins/hip/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "plugins/hip/describe.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/rtc.hpp"

namespace hip = hal::plugins::hip;

hal_module::hal_module(hal_device &owner, std::vector<std::byte> bytes, const hip::code_object &told)
    : module(owner, nullptr), code(std::move(bytes)) {
  image = told.kernels;
  for (const hip::image_kernel &one : image) names.push_back(one.name);
  std::sort(names.begin(), names.end());
  names_known = true;
  device.check(device.api.module_load_data(&native, code.data()),
               fmt::format("hipModuleLoadData of {} bytes for {}", code.size(), told.made_for.text()));
}

hal_module::~hal_module() {
  ending ignored(device);
  end(ignored);
}

namespace hal::plugins::hip {
namespace {

using bytes = std::span<const std::byte>;

[[noreturn]] void fail_image(std::string_view format, const std::string &fault) {
  throw plugin::failure(HAL_STATUS_INVALID_MODULE,
                        fmt::format("The {} image cannot be loaded: {}.", format, fault));
}

void check_target(const target &code, const target &device) {
  // A runtime that does not tell the target judges by itself.
  if (device.processor.empty() || runs_on(code, device)) return;
  throw plugin::failure(
      HAL_STATUS_INCOMPATIBLE_TARGET,
      fmt::format("The code is made for {}; the device is {}.",
                  code.processor.empty() ? "a processor that is not known" : code.text(), device.text()));
}

// The best of a bundle for the device: one for its own processor before a generic one, one that asks for its
// features before one that takes any.
bytes choose(const std::vector<bundle_entry> &entries, const target &device) {
  std::optional<bytes> best;
  int best_rank = 0;
  std::string there;
  for (const bundle_entry &one : entries) {
    if (one.image.empty() || one.name.starts_with("host")) continue;
    const target code = parse_target(one.name);
    there += (there.empty() ? "" : ", ") + code.text();
    if (!runs_on(code, device)) continue;
    const int rank = 1 + (code.processor == device.processor ? 4 : 0) +
                     (code.sramecc != feature::any ? 2 : 0) + (code.xnack != feature::any ? 1 : 0);
    if (rank <= best_rank) continue;
    best = one.image;
    best_rank = rank;
  }
  if (best) return *best;
  throw plugin::failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                        fmt::format("The bundle has code for {}; the device is {}.",
                                    there.empty() ? "no target" : there, device.text()));
}

std::unique_ptr<hal_module> load_code(hal_device &device, std::string_view format, bytes image) {
  std::string fault;
  const code_object told = read_code_object(image, fault);
  if (!fault.empty()) fail_image(format, fault);
  check_target(told.made_for, target_of(device.api, device.native));
  return std::make_unique<hal_module>(device, std::vector<std::byte>(image.begin(), image.end()), told);
}

}  // namespace

std::vector<std::string> traits::formats(const hal_device &device) {
  return formats_of(device.api);
}

std::unique_ptr<hal_module> traits::load(hal_device &device, const hal_module_source &source,
                                         std::string &log) {
  const std::string_view format = source.format;
  const bytes image(static_cast<const std::byte *>(source.bytes), source.size);
  if (image.empty()) fail_image(format, "it is empty");
  if (format != "hip" && source.options != nullptr && *source.options != '\0') {
    throw plugin::failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The options are \"{}\"; nothing is compiled of {}.", source.options, format));
  }
  if (format == "hip") {
    // The compiler reads up to a zero.
    const std::string text(static_cast<const char *>(source.bytes), source.size);
    const std::vector<std::byte> code =
        rtc::compile(device.api, text, source.options, target_of(device.api, device.native).text(), log);
    std::unique_ptr<hal_module> made = load_code(device, format, code);
    made->compiled = true;
    return made;
  }
  if (format == "hsaco") return load_code(device, format, image);
  std::string fault;
  const std::vector<bundle_entry> entries = read_bundle(image, fault);
  if (!fault.empty()) fail_image(format, fault);
  return load_code(device, format, choose(entries, target_of(device.api, device.native)));
}

void module_entries::module_binary(hal_module *module, hal_module_binary *binary) {
  const hal_module &loaded = plugin::checked(module);
  const plugin::input_record<hal_module_binary> wanted(binary, "The module's binary");
  plugin::check_feature(loaded.device, HAL_FEATURE_MODULE_BINARY,
                        "A compiler, whose binaries could be handed out,");
  if (!loaded.compiled)
    throw plugin::failure(HAL_STATUS_UNSUPPORTED, "The module was loaded as a binary; nothing was compiled.");
  plugin::give_binary(binary, *wanted, "hsaco", loaded.code.data(), loaded.code.size());
}

}  // namespace hal::plugins::hip
