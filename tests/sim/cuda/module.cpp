#include <algorithm>
#include <cstring>

#include "tests/sim/cuda/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace {

namespace cuda = hal::plugins::cuda;

result make_module(module *out, std::vector<cuda::image_kernel> kernels) {
  auto *made = new module_record;
  made->owner = sim::current();
  for (cuda::image_kernel &one : kernels) {
    auto function = std::make_unique<function_record>();
    function->owner = made;
    function->native = sim::find_native(one.name, sim::configuration().kernels);
    function->image = std::move(one);
    made->functions.emplace(function->image.name, std::move(function));
  }
  const guard lock(all().mutex);
  made->owner->modules.insert(made);
  *out = made;
  return CUDA_SUCCESS;
}

int static_shared(function given) {
  return given->native == nullptr ? 0 : static_cast<int>(given->native->static_shared_memory);
}

result launch(function given, const sim::launch_shape &shape, stream at, void **arguments) {
  const std::uint64_t items = std::uint64_t{shape.block[0]} * shape.block[1] * shape.block[2];
  for (int axis = 0; axis < 3; ++axis) {
    if (shape.grid[axis] == 0 || shape.block[axis] == 0) return CUDA_ERROR_INVALID_VALUE;
  }
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (items > 1024 || shape.grid[1] > 65535 || shape.grid[2] > 65535 ||
      shape.shared > static_cast<std::uint64_t>(given->dynamic_shared))
    return CUDA_ERROR_INVALID_VALUE;
  if (given->native == nullptr) return CUDA_ERROR_NOT_SUPPORTED;
  if (given->image.required_block[0] != 0 &&
      !std::equal(shape.block, shape.block + 3, given->image.required_block))
    return CUDA_ERROR_INVALID_VALUE;
  std::vector<std::vector<std::byte>> values;
  for (std::size_t i = 0; i < given->image.parameters.size(); ++i) {
    if (arguments == nullptr || arguments[i] == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto *bytes = static_cast<const std::byte *>(arguments[i]);
    values.emplace_back(bytes, bytes + given->image.parameters[i].size);
  }
  return sim::submit(at, {"kernel", given, [kernel = given->native, shape, values = std::move(values)] {
                            return sim::run_kernel(*kernel, shape, values) ? CUDA_SUCCESS
                                                                           : CUDA_ERROR_LAUNCH_FAILED;
                          }});
}

}  // namespace

SIM_EXPORT result cuModuleLoadDataEx(module *out, const void *image, unsigned count, jit_option *options,
                                     void **values) {
  SIM_ENTER_CONTEXT(cuModuleLoadDataEx)
  if (out == nullptr || image == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const char *bytes = static_cast<const char *>(image);
  if (std::memcmp(bytes,
                  "\x7f"
                  "ELF",
                  4) == 0) {
    // The real driver, too, believes the headers: whoever calls it has checked them.
    std::uint64_t sections = 0;
    std::uint16_t entries = 0;
    std::memcpy(&sections, bytes + 40, sizeof sections);
    std::memcpy(&entries, bytes + 60, sizeof entries);
    const std::span whole(static_cast<const std::byte *>(image), sections + 64u * entries);
    return cuda::cubin_fault(whole).empty() ? make_module(out, cuda::read_cubin(whole))
                                            : CUDA_ERROR_INVALID_IMAGE;
  }
  if (std::memcmp(bytes, "\x50\xed\x55\xba", 4) == 0) return CUDA_ERROR_NO_BINARY_FOR_GPU;
  const sim::verdict found = sim::judge_ptx(bytes);
  sim::write_log(count, options, values, found.log);
  return found.code == CUDA_SUCCESS ? make_module(out, cuda::read_ptx(bytes)) : found.code;
}

SIM_EXPORT result cuModuleUnload(module given) {
  SIM_ENTER(cuModuleUnload)
  const guard lock(all().mutex);
  if (given == nullptr || given->owner->modules.erase(given) == 0) return CUDA_ERROR_INVALID_HANDLE;
  const result state = given->owner->error;
  delete given;
  return state;
}

SIM_EXPORT result cuModuleGetFunction(function *out, module given, const char *name) {
  SIM_ENTER_CONTEXT(cuModuleGetFunction)
  const auto found = given->functions.find(name);
  if (found == given->functions.end()) return CUDA_ERROR_NOT_FOUND;
  *out = found->second.get();
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuModuleGetFunctionCount(unsigned *out, module given) {
  SIM_ENTER_CONTEXT(cuModuleGetFunctionCount)
  *out = static_cast<unsigned>(given->functions.size());
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuModuleEnumerateFunctions(function *out, unsigned count, module given) {
  SIM_ENTER_CONTEXT(cuModuleEnumerateFunctions)
  for (const auto &[name, one] : given->functions) {
    if (count-- == 0) break;
    *out++ = one.get();
  }
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuFuncGetName(const char **out, function given) {
  SIM_ENTER_CONTEXT(cuFuncGetName)
  *out = given->image.name.c_str();
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuFuncGetParamInfo(function given, std::size_t index, std::size_t *offset,
                                     std::size_t *size) {
  SIM_ENTER_CONTEXT(cuFuncGetParamInfo)
  const auto &parameters = given->image.parameters;
  if (index >= parameters.size()) return CUDA_ERROR_INVALID_VALUE;
  std::size_t at = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    at = (at + parameters[i].alignment - 1) / parameters[i].alignment * parameters[i].alignment;
    *offset = at;
    at += parameters[i].size;
  }
  if (size != nullptr) *size = parameters[index].size;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuFuncGetAttribute(int *out, function_attribute which, function given) {
  SIM_ENTER_CONTEXT(cuFuncGetAttribute)
  switch (which) {
    case function_max_threads_per_block:
      *out = 1024;
      return CUDA_SUCCESS;
    case function_shared_size:
      *out = static_shared(given);
      return CUDA_SUCCESS;
    case function_local_size:
      *out = 0;
      return CUDA_SUCCESS;
    case function_registers:
      *out = 16;
      return CUDA_SUCCESS;
    case function_max_dynamic_shared_size:
      *out = given->dynamic_shared;
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_INVALID_VALUE;
  }
}

SIM_EXPORT result cuFuncSetAttribute(function given, function_attribute which, int value) {
  SIM_ENTER_CONTEXT(cuFuncSetAttribute)
  if (which != function_max_dynamic_shared_size || value < 0 || value + static_shared(given) > 232448)
    return CUDA_ERROR_INVALID_VALUE;
  given->dynamic_shared = value;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuOccupancyMaxActiveBlocksPerMultiprocessor(int *out, function given, int items,
                                                              std::size_t shared) {
  SIM_ENTER_CONTEXT(cuOccupancyMaxActiveBlocksPerMultiprocessor)
  if (items <= 0) return CUDA_ERROR_INVALID_VALUE;
  const std::size_t used = shared + static_cast<std::size_t>(static_shared(given));
  *out = items > 1024 ? 0 : std::min(2048 / items, used == 0 ? 32 : static_cast<int>(233472 / used));
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuOccupancyMaxPotentialBlockSize(int *grid, int *block, function, block_to_shared_memory,
                                                   std::size_t, int limit) {
  SIM_ENTER_CONTEXT(cuOccupancyMaxPotentialBlockSize)
  *grid = 264;
  *block = limit > 0 ? std::min(limit, 1024) : 1024;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuLaunchKernel(function given, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,
                                 stream at, void **arguments, void **) {
  SIM_ENTER_CONTEXT(cuLaunchKernel)
  return launch(given, {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared}, at, arguments);
}

SIM_EXPORT result cuLaunchCooperativeKernel(function given, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                            unsigned block_x, unsigned block_y, unsigned block_z,
                                            unsigned shared, stream at, void **arguments) {
  SIM_ENTER_CONTEXT(cuLaunchCooperativeKernel)
  if (std::uint64_t{grid_x} * grid_y * grid_z > 264) return CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
  return launch(given, {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared}, at, arguments);
}
