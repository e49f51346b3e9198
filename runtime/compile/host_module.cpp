#include "runtime/compile/host_module.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hal::rt {
bool is_barrier(std::string_view mangled) noexcept {
  return mangled == "_Z7barrierj" || mangled.starts_with("_Z18work_group_barrier") ||
         mangled.starts_with("_Z17wait_group_events");
}

std::string host_module(const std::vector<host_kernel> &kernels) {
  std::string text = "#include \"runtime/compile/host_items.c\"\n";
  std::string list;
  for (std::size_t number = 0; number < kernels.size(); ++number) {
    const host_kernel &kernel = kernels[number];
    const bundle_kernel &told = kernel.told;
    const std::string block = fmt::format("{}", fmt::join(told.required_block, ", "));
    text += kernel.uses_barrier ? fmt::format("RUN_ITEM({})\n", number)
                                : fmt::format("RUN_BLOCK({}, {})\n", number, block);
    const std::size_t count = told.parameters ? told.parameters->size() : 0;
    if (count != 0) {
      text += fmt::format("static const hal_native_parameter parameters_{}[] = {{\n", number);
      for (const bundle_parameter &one : *told.parameters) {
        text += fmt::format("  {{{}, {}, {}, 0, \"{}\"}},\n", static_cast<unsigned>(one.kind), one.size,
                            one.alignment, one.name);
      }
      text += "};\n";
    }
    const std::string run = fmt::format("run_{}", number);
    text += fmt::format(
        "static const hal_native_kernel kernel_{} = {{sizeof(hal_native_kernel), {}, \"{}\", {}, {}, {}, {}, "
        "{{{}}}, {}}};\n",
        number, kernel.uses_barrier ? "HAL_NATIVE_USES_BARRIER" : "0", told.name,
        kernel.uses_barrier ? "0" : run, kernel.uses_barrier ? run : "0",
        count == 0 ? std::string("0") : fmt::format("parameters_{}", number), count, block,
        kernel.static_shared_memory);
    list += fmt::format("  &kernel_{},\n", number);
  }
  text += fmt::format(
      "static const hal_native_kernel *const kernels[] = {{\n{}}};\n"
      "__attribute__((visibility(\"default\"))) const hal_native_module hal_native_module_1 = {{\n"
      "  sizeof(hal_native_module), {}, kernels}};\n",
      list, kernels.size());
  return text;
}

}  // namespace hal::rt
