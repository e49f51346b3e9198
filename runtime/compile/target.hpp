// What kernels can be compiled for, and how the compiler is told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hal::rt {

enum class target_kind { ptx, hsaco, spirv, host, opencl_c };

struct compile_target {
  std::string name;  // as in the bundle: "sm_80", "gfx942", "spirv1.2", "x86-64-v3"; empty for "opencl-c"
  target_kind kind = target_kind::host;

  std::string_view format() const noexcept;        // of modules: "ptx", "hsaco" ...
  std::string_view architecture() const noexcept;  // as clang lists it; empty: none is needed
  // libclc's files with its built-in functions, in the order of linking.
  std::vector<std::string_view> libclc() const;
  // What builtins.cl makes up for: names that it tests.
  std::vector<std::string_view> lacks() const;
  // Options that make clang compile for it.
  std::vector<std::string> options() const;
  // The same for the front end alone. For CPUs that is WebAssembly's: libclc's functions take and give
  // vectors of any length by value, and so does its calling convention, while a CPU's goes by its registers.
  // Otherwise it is a 64-bit machine like any other; edited_for takes its name out of the text.
  std::vector<std::string> front_end_options() const;
  // What it is called to people: its name, or its format where it has none.
  std::string_view shown() const noexcept { return name.empty() ? format() : std::string_view(name); }

  friend bool operator==(const compile_target &, const compile_target &) = default;
};

// "sm_80", "gfx90a:xnack-", "spirv" or "spirv1.3", "x86-64" to "x86-64-v4", "aarch64", "riscv64", "opencl-c".
// Throws hal::error, invalid_argument, for another text.
compile_target parse_compile_target(std::string_view text);

// Separated by commas; a target that comes twice is taken once.
std::vector<compile_target> parse_compile_targets(std::string_view text);

// docs/kernels.md says why these.
inline constexpr std::string_view default_targets =
    "sm_80,sm_90,gfx90a,gfx942,gfx1100,spirv,x86-64-v3,x86-64,aarch64,riscv64";

}  // namespace hal::rt
