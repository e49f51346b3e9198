#include "plugins/template/module.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/device.hpp"

using hal::plugin::failure;

hal_module::~hal_module() {
  device.api.code_unload(code);
}

namespace template_plugin {
namespace {

hal_kernel make_kernel(hal_module &module, std::uint32_t index) {
  const api &api = module.device.api;
  hal_kernel kernel{.module = module, .entry = nullptr, .facts = {}, .parameters = {}};
  module.device.check(api.code_entry(module.code, index, &kernel.entry), "vendor_code_entry");
  module.device.check(api.entry_describe(kernel.entry, &kernel.facts), "vendor_entry_describe");
  kernel.parameters.resize(kernel.facts.parameter_count);
  for (std::uint32_t i = 0; i < kernel.facts.parameter_count; ++i)
    module.device.check(api.entry_parameter(kernel.entry, i, &kernel.parameters[i]),
                        "vendor_entry_parameter");
  return kernel;
}

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source,
                                 std::uint64_t &log_length) {
  vendor_code code = nullptr;
  device.check(device.api.code_load(device.context, source.bytes, source.size, source.log, source.log_size,
                                    &log_length, &code),
               "vendor_code_load of " + std::to_string(source.size) + " bytes");
  auto module = std::make_unique<hal_module>(device, code);
  std::uint32_t count = 0;
  device.check(device.api.code_entry_count(code, &count), "vendor_code_entry_count");
  for (std::uint32_t i = 0; i < count; ++i) {
    hal_kernel kernel = make_kernel(*module, i);
    module->kernels.emplace(kernel.facts.name, std::move(kernel));
  }
  return module;
}

// Our kinds are the vendor's, which a plugin for a real API has to translate.
static_assert(HAL_ARGUMENT_VALUE == std::uint32_t{VENDOR_PARAMETER_VALUE});
static_assert(HAL_ARGUMENT_MEMORY == std::uint32_t{VENDOR_PARAMETER_ADDRESS});
static_assert(HAL_ARGUMENT_SHARED == std::uint32_t{VENDOR_PARAMETER_SHARED});

std::uint64_t max_dynamic_shared_memory(const hal_kernel &kernel) {
  const std::uint64_t all = kernel.module.device.facts.shared_memory_per_block;
  return all - std::min(all, kernel.facts.static_shared_memory);
}

bool requires_block(const hal_kernel &kernel) {
  return kernel.facts.required_block[0] != 0;
}

void check_shape(const hal_kernel &kernel, const hal_launch &launch) {
  if ((launch.flags & HAL_LAUNCH_COOPERATIVE) != 0)
    throw failure(HAL_STATUS_UNSUPPORTED, "The device has no cooperative launches.");
  if (launch.flags != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The launch's flags are " + std::to_string(launch.flags) +
                                                   "; only HAL_LAUNCH_COOPERATIVE (1) is defined.");
  }
  const hal_device_description &facts = kernel.module.device.facts;
  hal::plugin::check_launch(
      launch, {facts.max_grid, facts.max_block, facts.max_block_items, max_dynamic_shared_memory(kernel)});
  if (requires_block(kernel) && !std::equal(launch.block, launch.block + 3, kernel.facts.required_block)) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  std::string("The kernel ") + kernel.facts.name + " runs in blocks of " +
                      std::to_string(kernel.facts.required_block[0]) + " x " +
                      std::to_string(kernel.facts.required_block[1]) + " x " +
                      std::to_string(kernel.facts.required_block[2]) + " items only.");
  }
}

// The sizes of the arguments, which have been checked against the kernel's parameters.
std::vector<std::uint32_t> checked_arguments(const hal_kernel &kernel, const hal_launch &launch) {
  if (launch.argument_count != kernel.parameters.size()) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string("The kernel ") + kernel.facts.name + " takes " +
                                                   std::to_string(kernel.parameters.size()) +
                                                   " arguments; given are " +
                                                   std::to_string(launch.argument_count) + ".");
  }
  std::vector<std::uint32_t> sizes;
  std::uint64_t shared = launch.dynamic_shared_memory;
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    const vendor_parameter_facts &parameter = kernel.parameters[i];
    if (launch.argument_types != nullptr)
      hal::plugin::check_argument(i, launch.argument_types[i], parameter.kind, parameter.size);
    sizes.push_back(parameter.size);
    if (parameter.kind == VENDOR_PARAMETER_SHARED) {
      hal::plugin::check_pointer(
          launch.argument_types,
          "A kernel with shared memory among its arguments needs their sizes; the array");
      sizes.back() = launch.argument_types[i].size;
      shared += sizes.back();
    } else if (parameter.kind == VENDOR_PARAMETER_ADDRESS) {
      checked_memory(static_cast<hal_memory *>(launch.arguments[i]), kernel.module.device);
    } else {
      hal::plugin::check_pointer(launch.arguments[i], ("Argument " + std::to_string(i)).c_str());
    }
  }
  if (shared > max_dynamic_shared_memory(kernel)) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  "The launch asks for " + std::to_string(shared) +
                      " bytes of shared memory, arguments included; the kernel's limit is " +
                      std::to_string(max_dynamic_shared_memory(kernel)) + ".");
  }
  return sizes;
}

}  // namespace

void module_entries::module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = hal::plugin::output(out_module, "out_module");
  const hal::plugin::input_record<hal_module_source> given(source, "The module source");
  const bool has_log =
      source->struct_size >= offsetof(hal_module_source, log_length) + sizeof given->log_length;
  if (given->log != nullptr && given->log_size != 0) given->log[0] = '\0';
  if (has_log) source->log_length = 0;

  hal::plugin::check_pointer(given->format, "The module's format");
  if (std::string_view(given->format) != module_format) {
    throw failure(HAL_STATUS_UNSUPPORTED, std::string("The module's format is \"") + given->format +
                                              "\"; the device takes \"" + module_format + "\".");
  }
  hal::plugin::check_pointer(given->bytes, "The module's code");
  std::uint64_t log_length = 0;
  try {
    made = open.modules.insert(load(open, *given, log_length));
  } catch (...) {
    if (has_log) source->log_length = log_length;
    throw;
  }
  if (has_log) source->log_length = log_length;
}

void module_entries::module_unload(hal_device *device, hal_module *module) {
  checked(device).modules.take(module);
}

void module_entries::module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  hal_module &loaded = checked(module);
  hal_kernel *&kernel = hal::plugin::output(out_kernel, "out_kernel");
  hal::plugin::check_pointer(name, "The kernel's name");
  const auto found = loaded.kernels.find(std::string_view(name));
  if (found == loaded.kernels.end()) {
    std::string known;
    for (const auto &[other, ignored] : loaded.kernels) known += (known.empty() ? "" : ", ") + other;
    throw failure(HAL_STATUS_NOT_FOUND, std::string("The module has no kernel \"") + name + "\"; it has " +
                                            (known.empty() ? "none" : known) + ".");
  }
  kernel = &found->second;
}

void module_entries::module_kernel_name(hal_module *module, std::uint32_t index, char *name,
                                        std::uint64_t room, std::uint32_t *out_count) {
  const hal_module &loaded = checked(module);
  hal::plugin::output(out_count, "out_count") = static_cast<std::uint32_t>(loaded.kernels.size());
  if (name == nullptr) return;
  if (index >= loaded.kernels.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The module has " + std::to_string(loaded.kernels.size()) +
                                               " kernels; number " + std::to_string(index) +
                                               " was asked for.");
  }
  if (room != 0) name[std::next(loaded.kernels.begin(), index)->first.copy(name, room - 1)] = '\0';
}

void module_entries::kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
  const hal_kernel &given = checked(kernel);
  const hal_device_description &facts = given.module.device.facts;
  hal_kernel_attributes full{};
  full.parameter_count = given.facts.parameter_count;
  full.max_block_items = facts.max_block_items;
  full.subgroup_size = facts.subgroup_size;
  std::copy_n(given.facts.required_block, 3, full.required_block);
  full.static_shared_memory = given.facts.static_shared_memory;
  full.max_dynamic_shared_memory = max_dynamic_shared_memory(given);
  hal::plugin::write_record(out, full, "The kernel's attributes");
}

void module_entries::kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
  const hal_kernel &given = checked(kernel);
  if (index >= given.parameters.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, std::string("The kernel ") + given.facts.name + " has " +
                                               std::to_string(given.parameters.size()) +
                                               " parameters; number " + std::to_string(index) +
                                               " was asked for.");
  }
  const vendor_parameter_facts &facts = given.parameters[index];
  hal_parameter full{};
  full.kind = facts.kind;
  full.size = facts.size;
  full.alignment = facts.alignment;
  if (facts.name != nullptr) hal::plugin::copy_text(full.name, facts.name);
  hal::plugin::write_record(out, full, "The parameter");
}

void module_entries::kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items, std::uint64_t,
                                          std::uint32_t *out_block) {
  const hal_kernel &given = checked(kernel);
  hal::plugin::check_pointer(items, "The number of items");
  hal::plugin::check_pointer(out_block, "out_block");
  const std::uint32_t most = given.module.device.facts.max_block_items;
  out_block[0] = items[0] == 0 ? most : std::min(items[0], most);
  out_block[1] = out_block[2] = 1;
  if (requires_block(given)) std::copy_n(given.facts.required_block, 3, out_block);
}

void module_entries::kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                                      std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
  const hal_kernel &given = checked(kernel);
  std::uint32_t &blocks = hal::plugin::output(out_blocks, "out_blocks");
  if (block_items == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "A block of 0 items was asked for.");
  const std::uint32_t most = given.module.device.facts.max_block_items;
  const std::uint64_t most_shared = max_dynamic_shared_memory(given);
  if (block_items > most || dynamic_shared_memory > most_shared) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "A block of " + std::to_string(block_items) + " items with " +
                                               std::to_string(dynamic_shared_memory) +
                                               " bytes of dynamic shared memory cannot run; the most is " +
                                               std::to_string(most) + " items with " +
                                               std::to_string(most_shared) + " bytes.");
  }
  blocks = 1;  // the simulated device runs one block after the other
}

void module_entries::launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
  hal_stream &open = open_for_work(stream);
  const hal_kernel &given = checked(kernel);
  if (&given.module.device != &open.device) [[unlikely]]
    throw failure(HAL_STATUS_INVALID_HANDLE, "The kernel belongs to another device than the stream.");
  const hal::plugin::input_record<hal_launch> shape(launch, "The launch");
  check_shape(given, *shape);
  const std::vector<std::uint32_t> sizes = checked_arguments(given, *shape);
  vendor_launch work{};
  std::copy_n(shape->grid, 3, work.grid);
  std::copy_n(shape->block, 3, work.block);
  work.shared_memory = shape->dynamic_shared_memory;
  work.arguments = shape->arguments;
  work.sizes = sizes.data();
  const vendor_result result = open.device.api.queue_run(open.queue, given.entry, &work);
  if (result != VENDOR_OK) [[unlikely]]
    open.device.fail(result, std::string("vendor_queue_run of ") + given.facts.name);
}

}  // namespace template_plugin
