#include "plugins/hip/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/module_source.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/rtc.hpp"

namespace hip = hal::plugins::hip;
using hal::plugin::failure;

hal_module::hal_module(hal_device &owner, std::vector<std::byte> bytes, const hip::code_object &told)
    : device(owner), code(std::move(bytes)), image(told.kernels) {
  for (const hip::image_kernel &one : image) names.push_back(one.name);
  std::sort(names.begin(), names.end());
  device.check(device.api.module_load_data(&native, code.data()),
               fmt::format("hipModuleLoadData of {} bytes for {}", code.size(), told.made_for.text()));
}

hal_module::~hal_module() {
  hip::ending ignored(device);
  end(ignored);
}

void hal_module::end(hip::ending &told) noexcept {
  if (native == nullptr) return;
  const hip::current_device_or_none current(told);
  if (current) {
    // Not documented to wait for launches of its kernels.
    device.finish_streams(told);
    told(device.api.module_unload(native), "hipModuleUnload");
  }
  native = nullptr;
}

namespace hal::plugins::hip {
namespace {

using bytes = std::span<const std::byte>;

[[noreturn]] void fail_image(std::string_view format, const std::string &fault) {
  throw failure(HAL_STATUS_INVALID_MODULE, fmt::format("The {} image cannot be loaded: {}.", format, fault));
}

void check_target(const target &code, const target &device) {
  // A runtime that does not tell the target judges by itself.
  if (device.processor.empty() || runs_on(code, device)) return;
  throw failure(
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
  throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
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

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source, std::string &log) {
  const std::string_view format = source.format;
  const bytes image(static_cast<const std::byte *>(source.bytes), source.size);
  if (image.empty()) fail_image(format, "it is empty");
  if (format != "hip" && source.options != nullptr && *source.options != '\0') {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
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

}  // namespace

void module_entries::module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = plugin::output(out_module, "out_module");
  made = plugin::load_with_log(source, [&](const hal_module_source &given, std::string &log) {
    plugin::check_format(given, formats_of(open.api));
    const current_device current(open);
    return open.modules.insert(load(open, given, log));
  });
}

void module_entries::module_unload(hal_device *device, hal_module *module) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_module> ended = open.modules.take(module);
  end(open, *ended);
}

void module_entries::module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  hal_module &loaded = plugin::check_handle(module, "module");
  hal_kernel *&kernel = plugin::output(out_kernel, "out_kernel");
  plugin::check_pointer(name, "The kernel's name");
  const std::lock_guard lock(loaded.mutex);
  const auto known = loaded.kernels.find(std::string_view(name));
  if (known != loaded.kernels.end()) {
    kernel = &known->second;
    return;
  }
  if (!std::binary_search(loaded.names.begin(), loaded.names.end(), name))
    throw plugin::no_such_kernel(name, loaded.names);
  loaded.device.failed.check();
  const current_device current(loaded.device);
  kernel = &loaded.kernels.emplace(name, make_kernel(loaded, name)).first->second;
}

void module_entries::module_kernel_name(hal_module *module, std::uint32_t index, char *name,
                                        std::uint64_t room, std::uint32_t *out_count) {
  const hal_module &loaded = plugin::check_handle(module, "module");
  plugin::tell_kernel_name(loaded.names, index, name, room, plugin::output(out_count, "out_count"));
}

void module_entries::module_binary(hal_module *module, hal_module_binary *binary) {
  const hal_module &loaded = plugin::check_handle(module, "module");
  const plugin::input_record<hal_module_binary> wanted(binary, "The module's binary");
  check_feature(loaded.device, HAL_FEATURE_MODULE_BINARY, "A compiler, whose binaries could be handed out,");
  if (!loaded.compiled)
    throw failure(HAL_STATUS_UNSUPPORTED, "The module was loaded as a binary; nothing was compiled.");
  plugin::give_binary(binary, *wanted, "hsaco", loaded.code.data(), loaded.code.size());
}

}  // namespace hal::plugins::hip
