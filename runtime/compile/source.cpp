#include "runtime/compile/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "hal/error.hpp"
#include "runtime/compile/child.hpp"

namespace hal::rt {
namespace {

// LLVM writes these itself, on no compiler's behalf: libclc is built with a feature of the target that it was
// built for.
bool is_noise(std::string_view line) {
  return line.find("is not a recognized feature for this target") != std::string_view::npos;
}

std::string without_noise(const std::string &text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (!is_noise(line)) kept += line + "\n";
  }
  return kept;
}

// The optional parts of OpenCL C 3.0 that every target has here, so that one source fits all. SPIR-V's front
// end has them all, and AMDGPU's knows what its devices have of data types.
std::vector<std::string> features_of(const compile_target &target) {
  if (target.kind == target_kind::spirv || target.kind == target_kind::opencl_c) return {};
  std::string list =
      "+__opencl_c_generic_address_space,+__opencl_c_program_scope_global_variables,"
      "+__opencl_c_atomic_order_acq_rel,+__opencl_c_atomic_order_seq_cst,+__opencl_c_atomic_scope_device,"
      "+__opencl_c_atomic_scope_all_devices,+__opencl_c_int64";
  if (target.kind != target_kind::hsaco) list += ",+cl_khr_fp16,+cl_khr_fp64,+__opencl_c_fp64";
  if (target.kind != target_kind::hsaco) list += ",+cl_khr_int64_base_atomics,+cl_khr_int64_extended_atomics";
  if (target.kind == target_kind::host) list = "-all," + list;
  return {"-Xclang", "-cl-ext=" + list};
}

child_result checked_run(const std::vector<std::string> &words, const std::filesystem::path &folder = {}) {
  child_result result = run_child(words, folder);
  result.errors = without_noise(result.errors);
  if (result.ok()) return result;
  while (!result.errors.empty() && result.errors.back() == '\n') result.errors.pop_back();
  throw error(status::invalid_module,
              result.errors.empty() ? fmt::format("{} ended with {} and no word.", words[0], result.status)
                                    : result.errors);
}

void add_options(std::vector<std::string> &words, const front_options &options) {
  for (const std::string &define : options.defines) words.push_back("-D" + define);
  for (const std::string &folder : options.includes) words.push_back("-I" + folder);
}

child_result front_end(const toolchain &tools, const compile_target &target,
                       const std::filesystem::path &file, const front_options &options) {
  const bool is_cpp = file.extension() == ".clcpp";
  std::vector<std::string> words = {tools.clang(), "-x", is_cpp ? "clcpp" : "cl",
                                    is_cpp ? "-cl-std=CLC++2021" : "-cl-std=CL3.0"};
  for (std::string &option : target.options()) words.push_back(std::move(option));
  for (std::string &option : features_of(target)) words.push_back(std::move(option));
  add_options(words, options);
  // Without optimisation functions would be marked so that none is possible later.
  words.push_back("-O" + (options.level == "0" ? "1" : options.level));
  words.insert(words.end(), {"-cl-kernel-arg-info", "-fno-ident", "-Xclang", "-disable-llvm-passes", "-S",
                             "-emit-llvm", "-o", "-", file.string()});
  return checked_run(words);
}

}  // namespace

std::string front_end_text(const toolchain &tools, const compile_target &target,
                           const std::filesystem::path &file, const front_options &options) {
  return front_end(tools, target, file, options).output;
}

void run_compiler(const std::vector<std::string> &words, const std::filesystem::path &folder) {
  checked_run(words, folder);
}

kernel_source::kernel_source(const toolchain &tools, std::filesystem::path file, front_options options)
    : file_(std::move(file)), options_(std::move(options)) {
  is_cpp_ = file_.extension() == ".clcpp";
  if (!is_cpp_ && file_.extension() != ".cl") {
    throw error(
        status::invalid_argument,
        fmt::format("'{}' is no source of kernels: OpenCL C ends with .cl, C++ for OpenCL with .clcpp.",
                    file_.string()));
  }
  const compile_target neutral = parse_compile_target("spirv");
  const child_result read = front_end(tools, neutral, file_, options_);
  warnings_ = read.errors;
  const ir_text text(read.output);
  locals_ = text.locals();
  for (const ir_kernel &kernel : text.kernels()) {
    host_kernel told{text.describe(kernel), false, 0};
    const std::vector<std::string> called = text.called_by(kernel.name);
    told.uses_barrier = std::any_of(called.begin(), called.end(), is_barrier);
    for (const ir_local &local : locals_) {
      if (local.name.starts_with(kernel.name + ".")) told.static_shared_memory += local.size;
    }
    kernels_.push_back(std::move(told));
  }
  if (kernels_.empty())
    throw error(status::invalid_module, fmt::format("'{}' defines no kernel.", file_.string()));
}

std::string kernel_source::intermediate(const toolchain &tools, const compile_target &target) const {
  return front_end_text(tools, target, file_, options_);
}

std::string kernel_source::preprocessed(const toolchain &tools) const {
  std::vector<std::string> words = {
      tools.clang(),   "-x", "cl", "-cl-std=CL3.0", "--target=spirv64-unknown-unknown",
      "-cl-no-stdinc", "-E", "-P"};
  add_options(words, options_);
  words.insert(words.end(), {"-o", "-", file_.string()});
  return checked_run(words).output;
}

}  // namespace hal::rt
