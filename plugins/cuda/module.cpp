#include "plugins/cuda/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "plugins/cuda/device.hpp"
#include "plugins/cuda/jit.hpp"

namespace hal::plugins::cuda {
namespace {

void check_image(std::string_view format, std::span<const std::byte> image) {
  std::string fault;
  if (image.empty()) {
    fault = "it is empty";
  } else if (format == "cubin") {
    fault = cubin_fault(image);
  } else if (format == "fatbin") {
    fault = fatbin_fault(image);
  }
  if (!fault.empty())
    throw plugin::failure(HAL_STATUS_INVALID_MODULE,
                          fmt::format("The {} image cannot be loaded: {}.", format, fault));
}

// The names, by the driver where it tells, else by the image.
void find_names(hal_module &module) {
  const api &api = module.device.api;
  unsigned count = 0;
  if (api.has_function_list()) {
    module.device.check(api.module_get_function_count(&count, module.native), "cuModuleGetFunctionCount");
    std::vector<driver::function> functions(count);
    if (count != 0) {
      module.device.check(api.module_enumerate_functions(functions.data(), count, module.native),
                          "cuModuleEnumerateFunctions");
    }
    for (const driver::function one : functions) {
      const char *name = nullptr;
      module.device.check(api.func_get_name(&name, one), "cuFuncGetName");
      module.names.emplace_back(name);
    }
    module.names_known = true;
  } else {
    for (const image_kernel &one : module.image) module.names.push_back(one.name);
    module.names_known = !module.image.empty();
  }
  std::sort(module.names.begin(), module.names.end());
}

// The driver reads until the image ends by itself: text at a zero, binaries where their headers say.
driver::module load_image(hal_device &device, const hal_module_source &source, const void *image,
                          std::string &log) {
  jit_request request;
  request.add(source.options);
  driver::module native = nullptr;
  const driver::result result =
      device.api.module_load_data_ex(&native, image, static_cast<unsigned>(request.options.size()),
                                     request.options.data(), request.values.data());
  log = request.log();
  if (result == driver::CUDA_SUCCESS) return native;
  const std::string first = log.substr(0, log.find('\n'));
  device.fail(result, fmt::format("cuModuleLoadDataEx of {} bytes of {}{}", source.size, source.format,
                                  first.empty() ? "" : " (" + first + ")"));
}

std::unique_ptr<hal_module> own(hal_device &device, driver::module native) {
  try {
    return std::make_unique<hal_module>(device, native);
  } catch (...) {
    device.api.module_unload(native);
    throw;
  }
}

// PTX whose binary is wanted goes through the linker, which hands it out; what the linker does not take is
// left to the loader, whose answer is the one that counts.
std::unique_ptr<hal_module> load_ptx(hal_device &device, const hal_module_source &source, std::string &log) {
  const std::string text(static_cast<const char *>(source.bytes), source.size);
  const bool keep = (source.flags & HAL_MODULE_KEEP_BINARY) != 0;
  linked made = keep ? link_ptx(device.api, text, source.options) : linked();
  driver::module native = nullptr;
  if (!made.cubin.empty() &&
      device.api.module_load_data_ex(&native, made.cubin.data(), 0, nullptr, nullptr) != driver::CUDA_SUCCESS)
    made = {};
  log = made.log;
  if (made.cubin.empty()) native = load_image(device, source, text.c_str(), log);
  std::unique_ptr<hal_module> module = own(device, native);
  module->image = read_ptx(text);
  module->compiled = true;
  module->kept = keep;
  module->binary = std::move(made.cubin);
  return module;
}

}  // namespace

std::unique_ptr<hal_module> traits::load(hal_device &device, const hal_module_source &source,
                                         std::string &log) {
  const std::string_view format = source.format;
  const std::span image(static_cast<const std::byte *>(source.bytes), source.size);
  check_image(format, image);
  std::unique_ptr<hal_module> module = format == "ptx"
                                           ? load_ptx(device, source, log)
                                           : own(device, load_image(device, source, source.bytes, log));
  if (format == "cubin") module->image = read_cubin(image);
  find_names(*module);
  return module;
}

void module_entries::module_binary(hal_module *module, hal_module_binary *binary) {
  const hal_module &loaded = plugin::checked(module);
  const plugin::input_record<hal_module_binary> wanted(binary, "The module's binary");
  plugin::check_feature(loaded.device, HAL_FEATURE_MODULE_BINARY, "The linker that hands out binaries");
  if (loaded.binary.empty()) {
    throw plugin::failure(loaded.compiled && !loaded.kept ? HAL_STATUS_INVALID_STATE : HAL_STATUS_UNSUPPORTED,
                          !loaded.compiled ? "The module was loaded as a binary; nothing was compiled."
                          : loaded.kept    ? "The driver's linker does not take this module's PTX."
                                           : "The module was loaded without HAL_MODULE_KEEP_BINARY.");
  }
  plugin::give_binary(binary, *wanted, "cubin", loaded.binary.data(), loaded.binary.size());
}

}  // namespace hal::plugins::cuda
