// A source file of kernels, as the front end reads it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/compile/host_module.hpp"
#include "runtime/compile/ir_text.hpp"
#include "runtime/compile/target.hpp"
#include "runtime/compile/toolchain.hpp"

namespace hal::rt {

struct front_options {
  std::vector<std::string> defines;  // NAME or NAME=VALUE
  std::vector<std::string> includes;
  std::string level = "3";  // of optimisation: "0" to "3"
};

class kernel_source {
 public:
  // Reads it once, for no target in particular, for what is the same for all. Throws hal::error:
  // invalid_argument for a file that is neither .cl nor .clcpp, invalid_module with the compiler's words,
  // unsupported for a parameter that no device takes.
  kernel_source(const toolchain &tools, std::filesystem::path file, front_options options);

  const std::filesystem::path &file() const noexcept { return file_; }
  const front_options &options() const noexcept { return options_; }
  bool is_opencl_c() const noexcept { return !is_cpp_; }
  const std::vector<host_kernel> &kernels() const noexcept { return kernels_; }
  const std::vector<ir_local> &locals() const noexcept { return locals_; }
  // What the compiler warned of in that reading.
  const std::string &warnings() const noexcept { return warnings_; }

  // The front end's intermediate code for the target. Throws invalid_module.
  std::string intermediate(const toolchain &tools, const compile_target &target) const;
  // The source after the preprocessor.
  std::string preprocessed(const toolchain &tools) const;

 private:
  std::filesystem::path file_;
  front_options options_;
  bool is_cpp_ = false;
  std::vector<host_kernel> kernels_;
  std::vector<ir_local> locals_;
  std::string warnings_;
};

// The front end's intermediate code of a file. Throws hal::error, invalid_module, with the compiler's words.
std::string front_end_text(const toolchain &tools, const compile_target &target,
                           const std::filesystem::path &file, const front_options &options);

// Runs a compiler, a linker or a validator. Throws hal::error, invalid_module, with what it wrote.
void run_compiler(const std::vector<std::string> &words, const std::filesystem::path &folder);

}  // namespace hal::rt
