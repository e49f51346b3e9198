// Built-in functions that kernels are linked with: libclc's, and what they lack.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/compile/source.hpp"
#include "runtime/compile/work_folder.hpp"

namespace hal::rt {

// A file that is part of the library, by its path below the include root.
struct own_source {
  std::string_view path;
  std::string_view content;
};
std::span<const own_source> own_sources();

// Options that link the built-in functions which `text`, the kernels' intermediate code, calls. Compiles what
// has to be into the folder. Throws hal::error like compile_for().
std::vector<std::string> builtins_for(const toolchain &tools, const kernel_source &source,
                                      const compile_target &target, std::string_view text,
                                      const work_folder &folder);

}  // namespace hal::rt
