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
  // Options that make clang compile for it, front and back end alike.
  std::vector<std::string> options() const;
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
