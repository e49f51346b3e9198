#include "plugins/host/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/loaded_object.hpp"
#include "plugins/host/native_module.hpp"

hal_module::hal_module(hal_device &owner, const hal_native_module &code,
                       std::unique_ptr<hal::plugins::host::loaded_object> held)
    : device(owner), object(std::move(held)), table(&code) {
  for (std::uint32_t index = 0; index < code.kernel_count; ++index)
    kernels.push_back(std::make_unique<hal_kernel>(*this, *code.kernels[index]));
}

hal_module::~hal_module() = default;

namespace hal::plugins::host {
namespace {

// The caller's build log; there is no compiler, so it holds the reason when loading fails.
void write_log(hal_module_source &source, std::string_view text) noexcept {
  if (source.struct_size >= offsetof(hal_module_source, log_size) + sizeof source.log_size &&
      source.log != nullptr && source.log_size != 0) {
    const std::size_t length = std::min<std::size_t>(text.size(), source.log_size - 1);
    std::memcpy(source.log, text.data(), length);
    source.log[length] = '\0';
  }
  if (source.struct_size >= offsetof(hal_module_source, log_length) + sizeof source.log_length)
    source.log_length = text.size();
}

std::unique_ptr<hal_module> load_native(hal_device &device, const hal_module_source &source) {
  if (source.size < sizeof(std::uint32_t) ||
      reinterpret_cast<std::uintptr_t>(source.bytes) % alignof(hal_native_module) != 0) {
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("A native module of {} bytes at {} is too short or misaligned.", source.size,
                              source.bytes));
  }
  const auto &code = *static_cast<const hal_native_module *>(source.bytes);
  if (source.size < sizeof code || code.struct_size != source.size) {
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("A native module was given with {} bytes and says that it has {}; both are its "
                              "struct_size, at least {}.",
                              source.size, code.struct_size, sizeof code));
  }
  verify_module(code, address_check());
  return std::make_unique<hal_module>(device, code, nullptr);
}

std::unique_ptr<hal_module> load_elf(hal_device &device, const hal_module_source &source) {
  auto object = std::make_unique<loaded_object>(
      std::span(static_cast<const std::byte *>(source.bytes), static_cast<std::size_t>(source.size)));
  const hal_native_module &code = object->table();
  verify_module(code, *object);
  return std::make_unique<hal_module>(device, code, std::move(object));
}

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source) {
  plugin::check_pointer(source.format, "The module's format");
  const std::string_view format = source.format;
  if (format != "native" && format != "elf") {
    throw failure(
        HAL_STATUS_UNSUPPORTED,
        fmt::format("The host device takes modules of the formats native and elf, not {}.", format));
  }
  plugin::check_pointer(source.bytes, "The module's bytes");
  if (source.size == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The module has 0 bytes.");
  return format == "native" ? load_native(device, source) : load_elf(device, source);
}

std::size_t edit_distance(std::string_view one, std::string_view two) {
  std::vector<std::size_t> row(two.size() + 1);
  for (std::size_t at = 0; at <= two.size(); ++at) row[at] = at;
  for (std::size_t line = 1; line <= one.size(); ++line) {
    std::size_t diagonal = std::exchange(row[0], line);
    for (std::size_t at = 1; at <= two.size(); ++at) {
      const std::size_t change = diagonal + (one[line - 1] != two[at - 1] ? 1 : 0);
      diagonal = std::exchange(row[at], std::min({change, row[at] + 1, row[at - 1] + 1}));
    }
  }
  return row.back();
}

// The names that look most like the wanted one, the nearest first.
std::string near_names(const hal_module &module, std::string_view wanted) {
  constexpr std::size_t longest = 256, most = 3;
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const auto &kernel : module.kernels) {
    const std::string_view name = kernel->code.name;
    found.emplace_back(edit_distance(wanted.substr(0, longest), name.substr(0, longest)), name);
  }
  std::sort(found.begin(), found.end());
  std::string text;
  for (std::size_t index = 0; index < std::min(most, found.size()); ++index)
    text += (index == 0 ? "" : ", ") + std::string(found[index].second.substr(0, longest / 4));
  return text;
}

}  // namespace

void module_entries::module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  plugin::check_pointer(source, "The module source");
  const auto given = plugin::input_record<hal_module_source>(source, "The module source");
  try {
    hal_device &on = checked(device);
    hal_module *&module = plugin::output(out_module, "out_module");
    module = on.modules.insert(load(on, *given));
    write_log(*source, "");
  } catch (const std::exception &failed) {
    write_log(*source, failed.what());
    throw;
  }
}

void module_entries::module_unload(hal_device *device, hal_module *module) {
  const std::unique_ptr<hal_module> unloaded = checked(device).modules.take(module);
  unloaded->uses.wait_until_unused();
}

void module_entries::module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  const hal_module &asked = plugin::check_handle(module, "module");
  hal_kernel *&kernel = plugin::output(out_kernel, "out_kernel");
  plugin::check_pointer(name, "The kernel's name");
  const std::string_view wanted = name;
  for (const auto &each : asked.kernels) {
    if (wanted != each->code.name) continue;
    kernel = each.get();
    return;
  }
  throw failure(HAL_STATUS_NOT_FOUND,
                fmt::format("The module holds no kernel {}; of its {} kernels the nearest are: {}.",
                            wanted.substr(0, 128), asked.kernels.size(), near_names(asked, wanted)));
}

void module_entries::module_kernel_name(hal_module *module, std::uint32_t index, char *name,
                                        std::uint64_t room, std::uint32_t *out_count) {
  const hal_module &asked = plugin::check_handle(module, "module");
  std::uint32_t &count = plugin::output(out_count, "out_count");
  count = static_cast<std::uint32_t>(asked.kernels.size());
  if (name == nullptr) return;
  if (index >= count) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("Kernel {} was asked for; the module has {}.", index, count));
  }
  if (room == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "There is room for 0 bytes of a kernel's name.");
  const std::string_view text = asked.kernels[index]->code.name;
  const std::size_t length = std::min<std::size_t>(text.size(), room - 1);
  std::memcpy(name, text.data(), length);
  name[length] = '\0';
}

}  // namespace hal::plugins::host
