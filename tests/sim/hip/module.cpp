#include <elf.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "tests/sim/hip/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
namespace hip = hal::plugins::hip;
using sim::all;
using sim::guard;
using sim::queues;

namespace {

constexpr std::uint64_t shared_memory = 65536;

// The bytes of an ELF file, as far as its headers say: the real runtime, too, is given an address only, and
// whoever calls it has checked them.
std::span<const std::byte> whole_image(const void *image) {
  Elf64_Ehdr header;
  std::memcpy(&header, image, sizeof header);
  std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, static_cast<const std::byte *>(image) + header.e_phoff + i * sizeof segment,
                sizeof segment);
    end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  return {static_cast<const std::byte *>(image), end};
}

// A kernel has a descriptor, by which the runtime finds its code.
bool has_descriptor(std::span<const std::byte> image, const std::string &kernel) {
  const std::string wanted = '\0' + kernel + ".kd" + '\0';
  const std::string_view bytes(reinterpret_cast<const char *>(image.data()), image.size());
  return bytes.find(wanted) != std::string_view::npos;
}

// The suite's kernel of the same name and the same parameters.
const hal_native_kernel *native_of(const hip::image_kernel &told) {
  const hal_native_kernel *native = sim::find_native(told.name, sim::configuration().kernels);
  if (native == nullptr || native->parameter_count != told.parameters.size()) return nullptr;
  for (std::uint32_t i = 0; i < native->parameter_count; ++i) {
    const hal_native_parameter &formal = native->parameters[i];
    if (formal.kind != HAL_ARGUMENT_SHARED && formal.size != told.parameters[i].size) return nullptr;
  }
  return native;
}

int static_shared(function given) {
  return given->native == nullptr ? 0 : static_cast<int>(given->native->static_shared_memory);
}

result launch(function given, const sim::launch_shape &shape, stream at, void **arguments) {
  if (given == nullptr) return hipErrorInvalidHandle;
  std::uint64_t items = 1;
  for (int axis = 0; axis < 3; ++axis) {
    if (shape.grid[axis] == 0 || shape.block[axis] == 0) return hipErrorInvalidValue;
    if (std::uint64_t{shape.grid[axis]} * shape.block[axis] > UINT32_MAX) return hipErrorInvalidValue;
    items *= shape.block[axis];
  }
  if (items > 1024 || shape.shared + static_cast<std::uint64_t>(static_shared(given)) > shared_memory)
    return hipErrorInvalidValue;
  if (given->native == nullptr) return hipErrorNotSupported;
  if (given->image.required_block[0] != 0 &&
      !std::equal(shape.block, shape.block + 3, given->image.required_block))
    return hipErrorInvalidValue;
  std::vector<std::vector<std::byte>> values;
  for (std::size_t i = 0; i < given->image.parameters.size(); ++i) {
    if (arguments == nullptr || arguments[i] == nullptr) return hipErrorInvalidValue;
    const auto *bytes = static_cast<const std::byte *>(arguments[i]);
    values.emplace_back(bytes, bytes + given->image.parameters[i].size);
  }
  return sim::submit(at, {"kernel", given, [kernel = given->native, shape, values = std::move(values)] {
                            return static_cast<int>(
                                sim::run_kernel(*kernel, shape, values) ? hipSuccess : hipErrorLaunchFailure);
                          }});
}

}  // namespace

SIM_EXPORT result hipModuleLoadData(module *out, const void *image) {
  SIM_ENTER_DEVICE(hipModuleLoadData)
  if (out == nullptr || image == nullptr) return sim::remember(hipErrorInvalidValue);
  const std::span whole = whole_image(image);
  std::string fault;
  hip::code_object told = hip::read_code_object(whole, fault);
  if (!fault.empty()) return sim::remember(hipErrorInvalidImage);
  const auto &config = sim::configuration().devices[static_cast<std::size_t>(sim::current_number())];
  if (!hip::runs_on(told.made_for, hip::parse_target(config.target)))
    return sim::remember(hipErrorNoBinaryForGpu);
  auto made = std::make_unique<module_record>();
  for (hip::image_kernel &one : told.kernels) {
    if (!has_descriptor(whole, one.name)) return sim::remember(hipErrorInvalidImage);
    auto function = std::make_unique<function_record>();
    function->owner = made.get();
    function->native = native_of(one);
    function->image = std::move(one);
    made->functions.emplace(function->image.name, std::move(function));
  }
  const guard lock(queues().mutex);
  made->device = &sim::current();
  *out = made.release();
  all().modules.insert(*out);
  return hipSuccess;
}

SIM_EXPORT result hipModuleUnload(module given) {
  SIM_ENTER(hipModuleUnload)
  const guard lock(queues().mutex);
  if (all().modules.erase(given) == 0) return sim::remember(hipErrorInvalidHandle);
  const auto state = static_cast<result>(given->device->error);
  delete given;
  return sim::remember(state);
}

SIM_EXPORT result hipModuleGetFunction(function *out, module given, const char *name) {
  SIM_ENTER_DEVICE(hipModuleGetFunction)
  const auto found = given->functions.find(name);
  if (found == given->functions.end()) return sim::remember(hipErrorNotFound);
  *out = found->second.get();
  return hipSuccess;
}

SIM_EXPORT result hipFuncGetAttribute(int *out, function_attribute which, function given) {
  SIM_ENTER_DEVICE(hipFuncGetAttribute)
  switch (which) {
    case function_max_threads_per_block:
      *out = 1024;
      return hipSuccess;
    case function_shared_size:
      *out = static_shared(given);
      return hipSuccess;
    case function_local_size:
      *out = 0;
      return hipSuccess;
    case function_registers:
      *out = 16;
      return hipSuccess;
    default:
      return sim::remember(hipErrorInvalidValue);
  }
}

SIM_EXPORT result hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *out, function given, int items,
                                                                     std::size_t shared) {
  SIM_ENTER_DEVICE(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor)
  if (items <= 0) return sim::remember(hipErrorInvalidValue);
  const std::size_t used = shared + static_cast<std::size_t>(static_shared(given));
  *out = items > 1024 ? 0 : std::min(2048 / items, used == 0 ? 32 : static_cast<int>(shared_memory / used));
  return hipSuccess;
}

SIM_EXPORT result hipModuleOccupancyMaxPotentialBlockSize(int *grid, int *block, function, std::size_t,
                                                          int limit) {
  SIM_ENTER_DEVICE(hipModuleOccupancyMaxPotentialBlockSize)
  *grid = 208;
  *block = limit > 0 ? std::min(limit, 1024) : 1024;
  return hipSuccess;
}

SIM_EXPORT result hipModuleLaunchKernel(function given, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                        unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,
                                        stream at, void **arguments, void **) {
  SIM_ENTER_DEVICE(hipModuleLaunchKernel)
  return sim::remember(
      launch(given, {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared}, at, arguments));
}

SIM_EXPORT result hipModuleLaunchCooperativeKernel(function given, unsigned grid_x, unsigned grid_y,
                                                   unsigned grid_z, unsigned block_x, unsigned block_y,
                                                   unsigned block_z, unsigned shared, stream at,
                                                   void **arguments) {
  SIM_ENTER_DEVICE(hipModuleLaunchCooperativeKernel)
  if (std::uint64_t{grid_x} * grid_y * grid_z > 208) return sim::remember(hipErrorCooperativeLaunchTooLarge);
  return sim::remember(
      launch(given, {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared}, at, arguments));
}
