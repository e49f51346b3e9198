// Modules, kernels and what a launch needs.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

namespace level_zero = hal::plugins::level_zero;

// What the driver's compiler would say.
struct verdict {
  ze_result_t code = ZE_RESULT_SUCCESS;
  std::string log;
};

verdict judge_flags(const char *flags) {
  std::istringstream words{std::string(flags == nullptr ? "" : flags)};
  for (std::string word; words >> word;) {
    if (word != "-g" && !word.starts_with("-ze-opt-") && !word.starts_with("-cl-"))
      return {ZE_RESULT_ERROR_MODULE_BUILD_FAILURE, "error: unknown build flag " + word};
  }
  return {};
}

verdict judge_constants(const level_zero::image &image, const ze_module_constants_t *given) {
  verdict found;
  for (std::uint32_t i = 0; given != nullptr && i < given->numConstants; ++i) {
    const std::uint32_t id = given->pConstantIds[i];
    const auto known = std::find_if(image.constants.begin(), image.constants.end(),
                                    [id](const auto &one) { return one.id == id; });
    if (known == image.constants.end())
      return {ZE_RESULT_ERROR_MODULE_BUILD_FAILURE,
              "error: no specialization constant " + std::to_string(id)};
    std::uint64_t value = 0;
    std::memcpy(&value, given->pConstantValues[i], known->size);
    char line[96];
    std::snprintf(line, sizeof line, "note: specialization constant %u of %u bytes is 0x%llx\n", id,
                  known->size, static_cast<unsigned long long>(value));
    found.log += line;
  }
  return found;
}

verdict judge(const level_zero::image &image, std::uint32_t most, const ze_module_desc_t &given) {
  if (!image.fault.empty()) return {ZE_RESULT_ERROR_MODULE_BUILD_FAILURE, "error: " + image.fault};
  if (image.version > most)
    return {ZE_RESULT_ERROR_MODULE_BUILD_FAILURE, "error: unsupported SPIR-V version"};
  verdict found = judge_flags(given.pBuildFlags);
  return found.code == ZE_RESULT_SUCCESS ? judge_constants(image, given.pConstants) : found;
}

void write_log(ze_module_build_log_handle_t *out, const std::string &text) {
  if (out == nullptr) return;
  const guard lock(all().mutex);
  *out = new _ze_module_build_log_handle_t{text};
  ++all().objects;
}

std::vector<std::byte> bytes_of(const void *address) {
  std::vector<std::byte> bytes(sizeof address);
  std::memcpy(bytes.data(), &address, sizeof address);
  return bytes;
}

}  // namespace

ze_result_t prepare(ze_kernel_handle_t kernel, const ze_group_count_t &groups, ze_device_handle_t device,
                    launch_request &out) {
  if (kernel->module->device != device) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  if (kernel->group[0] == 0 || groups.groupCountX == 0 || groups.groupCountY == 0 || groups.groupCountZ == 0)
    return ZE_RESULT_ERROR_INVALID_GROUP_SIZE_DIMENSION;
  if (kernel->native == nullptr) return ZE_RESULT_ERROR_UNSUPPORTED_FEATURE;
  out.native = kernel->native;
  out.shape = {{groups.groupCountX, groups.groupCountY, groups.groupCountZ},
               {kernel->group[0], kernel->group[1], kernel->group[2]},
               0};
  for (const auto &one : kernel->arguments) {
    if (!one.is_set) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    if (one.shared == 0) {
      out.values.push_back(one.bytes);
      continue;
    }
    out.scratch.emplace_back(one.shared + 64);
    const auto first = reinterpret_cast<std::uintptr_t>(out.scratch.back().data());
    out.values.push_back(bytes_of(reinterpret_cast<const void *>((first + 63) / 64 * 64)));
  }
  return ZE_RESULT_SUCCESS;
}

namespace entries {

ze_result_t module_create(ze_context_handle_t context, ze_device_handle_t device,
                          const ze_module_desc_t *given, ze_module_handle_t *out,
                          ze_module_build_log_handle_t *log) {
  SIM_ENTER(zeModuleCreate) {
    const guard lock(all().mutex);
    if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  }
  std::vector<std::byte> bytes(given->inputSize);
  std::memcpy(bytes.data(), given->pInputModule, given->inputSize);
  if (given->format == ZE_MODULE_FORMAT_NATIVE) {
    // The stand-in's own binary is an ELF header with the SPIR-V behind it.
    constexpr std::size_t header = 64;
    if (bytes.size() <= header) return ZE_RESULT_ERROR_INVALID_NATIVE_BINARY;
    bytes.erase(bytes.begin(), bytes.begin() + header);
  }
  level_zero::image image = level_zero::read_spirv(bytes);
  if (given->format == ZE_MODULE_FORMAT_NATIVE && !image.fault.empty())
    return ZE_RESULT_ERROR_INVALID_NATIVE_BINARY;
  const verdict found = judge(image, device->config->spirv, *given);
  write_log(log, found.log);
  if (found.code != ZE_RESULT_SUCCESS) return found.code;
  const guard lock(all().mutex);
  *out = new _ze_module_handle_t{context, device, std::move(image), std::move(bytes)};
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t module_destroy(ze_module_handle_t module) {
  SIM_ENTER(zeModuleDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete module;
  return ZE_RESULT_SUCCESS;
}

ze_result_t build_log_get_string(ze_module_build_log_handle_t log, size_t *size, char *out) {
  SIM_ENTER(zeModuleBuildLogGetString)
  if (out != nullptr && *size > 0) {
    const std::size_t length = log->text.copy(out, *size - 1);
    out[length] = '\0';
  }
  *size = log->text.size() + 1;
  return ZE_RESULT_SUCCESS;
}

ze_result_t build_log_destroy(ze_module_build_log_handle_t log) {
  SIM_ENTER(zeModuleBuildLogDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete log;
  return ZE_RESULT_SUCCESS;
}

ze_result_t module_get_native_binary(ze_module_handle_t module, size_t *size, uint8_t *out) {
  SIM_ENTER(zeModuleGetNativeBinary)
  constexpr std::size_t header = 64;
  const std::size_t whole = header + module->bytes.size();
  if (out == nullptr) {
    *size = whole;
    return ZE_RESULT_SUCCESS;
  }
  if (*size < whole) return ZE_RESULT_ERROR_INVALID_SIZE;
  std::memset(out, 0, header);
  std::memcpy(out,
              "\x7f"
              "ELF\x02\x01\x01",
              7);
  std::memcpy(out + header, module->bytes.data(), module->bytes.size());
  return ZE_RESULT_SUCCESS;
}

ze_result_t module_get_kernel_names(ze_module_handle_t module, uint32_t *count, const char **out) {
  SIM_ENTER(zeModuleGetKernelNames)
  const auto have = static_cast<std::uint32_t>(module->image.kernels.size());
  if (*count == 0 || out == nullptr) {
    *count = have;
    return ZE_RESULT_SUCCESS;
  }
  *count = std::min(*count, have);
  for (std::uint32_t i = 0; i < *count; ++i) out[i] = module->image.kernels[i].name.c_str();
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_create(ze_module_handle_t module, const ze_kernel_desc_t *wanted,
                          ze_kernel_handle_t *out) {
  SIM_ENTER(zeKernelCreate)
  const auto &kernels = module->image.kernels;
  const auto found = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const auto &one) { return one.name == wanted->pKernelName; });
  if (found == kernels.end()) return ZE_RESULT_ERROR_INVALID_KERNEL_NAME;
  auto *made = new _ze_kernel_handle_t;
  made->module = module;
  made->image = &*found;
  made->native = find_native(found->name, configuration().kernels);
  made->arguments.resize(found->parameters.size());
  const guard lock(all().mutex);
  ++all().objects;
  *out = made;
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_destroy(ze_kernel_handle_t kernel) {
  SIM_ENTER(zeKernelDestroy)
  const guard lock(all().mutex);
  --all().objects;
  delete kernel;
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_set_indirect_access(ze_kernel_handle_t, ze_kernel_indirect_access_flags_t) {
  SIM_ENTER(zeKernelSetIndirectAccess)
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_set_group_size(ze_kernel_handle_t kernel, uint32_t x, uint32_t y, uint32_t z) {
  SIM_ENTER(zeKernelSetGroupSize)
  const std::uint32_t given[3] = {x, y, z};
  const std::uint64_t items = std::uint64_t{x} * y * z;
  if (items == 0 || items > 1024 || z > 64) return ZE_RESULT_ERROR_INVALID_GROUP_SIZE_DIMENSION;
  const std::uint32_t(&required)[3] = kernel->image->required_block;
  if (required[0] != 0 && !std::equal(given, given + 3, required))
    return ZE_RESULT_ERROR_INVALID_GROUP_SIZE_DIMENSION;
  std::copy_n(given, 3, kernel->group);
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_suggest_group_size(ze_kernel_handle_t, uint32_t x, uint32_t y, uint32_t z, uint32_t *out_x,
                                      uint32_t *out_y, uint32_t *out_z) {
  SIM_ENTER(zeKernelSuggestGroupSize)
  if (x == 0 || y == 0 || z == 0) return ZE_RESULT_ERROR_INVALID_GLOBAL_WIDTH_DIMENSION;
  *out_x = std::min(x, 256u);
  *out_y = std::min(y, 1024 / *out_x);
  *out_z = 1;
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_suggest_cooperative_count(ze_kernel_handle_t kernel, uint32_t *out) {
  SIM_ENTER(zeKernelSuggestMaxCooperativeGroupCount)
  const std::uint32_t items = std::max(kernel->group[0] * kernel->group[1] * kernel->group[2], 1u);
  *out = 16 * std::max(2048 / items, 1u);
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_set_argument(ze_kernel_handle_t kernel, uint32_t index, size_t size, const void *value) {
  SIM_ENTER(zeKernelSetArgumentValue)
  if (index >= kernel->arguments.size()) return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_INDEX;
  const level_zero::image_parameter &formal = kernel->image->parameters[index];
  auto &argument = kernel->arguments[index];
  if (formal.kind == HAL_ARGUMENT_SHARED) {
    if (value != nullptr || size == 0 || size > 64 * 1024)
      return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_SIZE;
    argument = {true, size, {}};
    return ZE_RESULT_SUCCESS;
  }
  if (size != formal.size) return ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_SIZE;
  argument = {true, 0, std::vector<std::byte>(size)};
  if (value != nullptr) std::memcpy(argument.bytes.data(), value, size);
  return ZE_RESULT_SUCCESS;
}

ze_result_t kernel_get_properties(ze_kernel_handle_t kernel, ze_kernel_properties_t *out) {
  SIM_ENTER(zeKernelGetProperties)
  out->numKernelArgs = static_cast<std::uint32_t>(kernel->arguments.size());
  out->requiredGroupSizeX = kernel->image->required_block[0];
  out->requiredGroupSizeY = kernel->image->required_block[1];
  out->requiredGroupSizeZ = kernel->image->required_block[2];
  out->maxSubgroupSize = 32;
  out->maxNumSubgroups = 32;
  out->localMemSize =
      kernel->native == nullptr ? 0 : static_cast<std::uint32_t>(kernel->native->static_shared_memory);
  return ZE_RESULT_SUCCESS;
}

}  // namespace entries
}  // namespace sim
