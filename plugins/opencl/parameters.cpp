#include "plugins/opencl/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {
namespace {

std::string text_of(hal_device &device, driver::kernel kernel, std::uint32_t index,
                    driver::kernel_arg_info which) {
  std::size_t size = 0;
  if (device.api.get_kernel_arg_info(kernel, index, which, 0, nullptr, &size) != driver::CL_SUCCESS ||
      size > 65536)
    return {};
  std::string text(size, '\0');
  if (device.api.get_kernel_arg_info(kernel, index, which, size, text.data(), nullptr) != driver::CL_SUCCESS)
    return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

bool is_object(std::string_view type) {
  constexpr std::string_view beginnings[] = {"image",   "sampler_t",   "pipe",        "event_t",
                                             "queue_t", "clk_event_t", "reserve_id_t"};
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [type](std::string_view one) { return type.starts_with(one); });
}

// Names that a program defines: letters, digits and underscores, of a tag with its keyword.
bool is_name(std::string_view type) {
  constexpr std::string_view signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ";
  return !type.empty() && type.find_first_not_of(signs) == std::string_view::npos;
}

}  // namespace

type_layout layout_of(std::string_view type) noexcept {
  constexpr std::pair<std::string_view, std::uint32_t> scalars[] = {
      {"uchar", 1}, {"char", 1}, {"ushort", 2}, {"short", 2}, {"uint", 4},  {"int", 4},
      {"ulong", 8}, {"long", 8}, {"half", 2},   {"float", 4}, {"double", 8}};
  for (const auto &[name, size] : scalars) {
    if (!type.starts_with(name)) continue;
    const std::string_view rest = type.substr(name.size());
    if (rest.empty()) return {size, size};
    std::uint32_t count = 0;
    const auto [read, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (fault != std::errc() || read != rest.data() + rest.size()) return {};
    if (count == 3) count = 4;
    if (count != 2 && count != 4 && count != 8 && count != 16) return {};
    return {size * count, size * count};
  }
  return {};
}

bool read_parameters(hal_device &device, driver::kernel kernel, std::uint32_t count,
                     std::vector<parameter> &out) {
  for (std::uint32_t index = 0; index < count; ++index) {
    std::uint32_t address = 0;
    const driver::result told = device.api.get_kernel_arg_info(
        kernel, index, driver::kernel_arg_address_qualifier, sizeof address, &address, nullptr);
    if (ends_device(told)) device.fail(told, "clGetKernelArgInfo");
    if (told != driver::CL_SUCCESS) return false;
    parameter one;
    one.type = text_of(device, kernel, index, driver::kernel_arg_type_name);
    one.name = text_of(device, kernel, index, driver::kernel_arg_name);
    one.is_image = is_object(one.type);
    if (address == driver::address_local) {
      one.kind = HAL_ARGUMENT_SHARED;
      one.alignment = 1;
    } else if (address != driver::address_private && !one.is_image) {
      one.kind = HAL_ARGUMENT_MEMORY;
      one.size = one.alignment = 8;
    } else {
      const type_layout known = layout_of(one.type);
      one.size = known.size;
      one.alignment = known.alignment;
    }
    out.push_back(std::move(one));
  }
  return true;
}

void measure_types(hal_module &module, std::vector<parameter> &parameters) {
  if (module.source.empty()) return;
  std::vector<std::string> types;
  for (const parameter &one : parameters) {
    const bool is_open =
        one.kind == HAL_ARGUMENT_VALUE && one.size == 0 && !one.is_image && is_name(one.type);
    if (is_open && std::find(types.begin(), types.end(), one.type) == types.end()) types.push_back(one.type);
  }
  if (types.empty()) return;
  std::string text = module.source + "\n";
  for (std::size_t i = 0; i < types.size(); ++i) {
    text += fmt::format(
        "kernel __attribute__((reqd_work_group_size(sizeof({0}), __alignof__({0}), 1))) void "
        "hal_layout_of_{1}(void) "
        "{{}}\n",
        types[i], i);
  }
  hal_device &device = module.device;
  driver::program built = nullptr;
  try {
    std::string ignored;
    built = build_source(device, text, module.options, ignored);
  } catch (const plugin::failure &) {
    device.failed.check();
    return;
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    driver::result result = driver::CL_SUCCESS;
    const driver::kernel asked =
        device.api.create_kernel(built, fmt::format("hal_layout_of_{}", i).c_str(), &result);
    if (result != driver::CL_SUCCESS) continue;
    std::size_t told[3] = {};
    device.api.get_kernel_work_group_info(asked, device.found.device, driver::kernel_compile_work_group_size,
                                          sizeof told, told, nullptr);
    device.api.release_kernel(asked);
    for (parameter &one : parameters) {
      if (one.kind != HAL_ARGUMENT_VALUE || one.type != types[i]) continue;
      one.size = static_cast<std::uint32_t>(told[0]);
      one.alignment = static_cast<std::uint32_t>(told[1]);
    }
  }
  device.api.release_program(built);
}

}  // namespace hal::plugins::opencl
