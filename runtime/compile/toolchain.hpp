// The programs and libraries that compile kernels: clang, lld, libclc, spirv-val.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/compile/target.hpp"

namespace hal::rt {

// The oldest clang that takes all the targets.
inline constexpr int least_clang = 22;

class toolchain {
 public:
  // The compiler that HAL_CLANG names, else clang-22 or the nearest newer one in PATH. Throws hal::error,
  // not_found: a sentence with the Debian package's name.
  static toolchain find();

  const std::string &clang() const noexcept { return clang_; }
  int major() const noexcept { return major_; }

  // Throw not_found, with the package's name, for what is not installed.
  void need(const compile_target &target) const;
  std::filesystem::path libclc(std::string_view file) const;
  std::string spirv_validator() const;

 private:
  bool knows(std::string_view architecture) const;

  std::string clang_;
  int major_ = 0;
  std::vector<std::string> architectures_;
};

}  // namespace hal::rt
