#include "tests/conformance/kernels.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "hal/abi/native_kernel.h"
#include "tests/conformance/features.hpp"
#include "tests/conformance/ptx_kernels.hpp"

extern "C" const hal_native_module hal_native_module_1;

namespace conformance {
namespace fs = std::filesystem;
namespace {

std::string kernel_folder;

const kernel_format covered[] = {
    {"native", true, true, true, true},
    {"elf", true, true, true, true},
    {"ptx", false, true, true, false},
    // OpenCL C has no dynamic shared memory but an argument's.
    {"elf", true, false, false, false, true},
    {"hsaco", false, false, true, false, true},
    {"hip", false, true, true, false, true},
    {"spirv", true, false, true, false, true},
    {"opencl-c", true, false, false, false},
};

fs::path file_path(const std::string &name) {
  return (kernel_folder.empty() ? fs::read_symlink("/proc/self/exe").parent_path()
                                : fs::path(kernel_folder)) /
         name;
}

// The file of kernels for the device; empty when there is none.
std::string file_of(const kernel_format &format) {
  if (!format.compiled) return "conformance-kernels.so";
  const std::string kind = format.name;
  std::vector<std::string> names = {"conformance-kernels." + kind, "conformance-kernels-spirv1.2." + kind};
  for (const auto &target : description().targets) {
    // gfx90a:sramecc+:xnack- runs what is made for gfx90a.
    const std::string_view whole(target);
    names.push_back("conformance-kernels-" + std::string(whole.substr(0, whole.find(':'))) + "." + kind);
  }
  for (const std::string &name : names) {
    if (fs::exists(file_path(name))) return name;
  }
  return {};
}

// kernels.cl, without what stands behind the last kernel.
constexpr std::string_view opencl_c_text =
#include "tests/conformance/kernels_cl.inc"
    ;
constexpr std::string_view opencl_c_kernels = opencl_c_text.substr(0, opencl_c_text.rfind('}') + 1);

const std::vector<char> &file_bytes(const std::string &name) {
  static std::map<std::string, std::vector<char>> known;
  auto &bytes = known[name];
  if (!bytes.empty()) return bytes;
  std::ifstream in(file_path(name), std::ios::binary);
  bytes.assign(std::istreambuf_iterator<char>(in), {});
  if (bytes.empty()) FAIL("the kernels' file ", file_path(name).string(), " can't be read; see --kernels");
  return bytes;
}

}  // namespace

void set_kernel_folder(const std::string &folder) {
  kernel_folder = folder;
}

std::vector<kernel_format> kernel_formats() {
  std::vector<kernel_format> both;
  for (const auto &format : covered) {
    if (!the_subject().lists_format(format.name) || file_of(format).empty()) continue;
    both.push_back(format);
    // A fault of compiled code in a CPU's kernel is one of the process.
    if (format.compiled && description().type == HAL_DEVICE_TYPE_CPU) both.back().failing = false;
  }
  return both;
}

kernel_bytes kernel_source(const kernel_format &format, const char *) {
  if (std::string(format.name) == "native") return {&hal_native_module_1, hal_native_module_1.struct_size};
  if (std::string(format.name) == "ptx") return {ptx_kernels.data(), ptx_kernels.size()};
  if (std::string(format.name) == "opencl-c") return {opencl_c_kernels.data(), opencl_c_kernels.size()};
  const std::string file = file_of(format);
  const auto &bytes = file_bytes(file);
  if (std::string(format.name) != "hip") return {bytes.data(), bytes.size()};
  // Up to the last brace: whatever is cut off then is missed.
  const std::string_view text(bytes.data(), bytes.size());
  return {bytes.data(), text.rfind('}') + 1};
}

hal_module_source module_source(const char *format, const void *bytes, std::uint64_t size) {
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = format;
  source.bytes = bytes;
  source.size = size;
  return source;
}

bool skip_without_kernels(const char *file, int line) {
  if (skip_without(HAL_FEATURE_KERNELS, file, line)) return true;
  if (!kernel_formats().empty()) return false;
  record_skip(
      "the suite has no kernels in a format that the device takes; some it has only where clang 22 built it");
  return true;
}

loaded_module::loaded_module(hal_device *device, const kernel_format &format, const char *kernel)
    : device_(device) {
  const kernel_bytes from = kernel_source(format, kernel);
  hal_module_source source = module_source(format.name, from.bytes, from.size);
  require_ok(call(table().module_load, device, &source, &handle_));
  if (handle_ == nullptr) FAIL("module_load answered OK, but gave no module");
}

loaded_module::~loaded_module() {
  if (handle_ != nullptr) expect_ok(call(table().module_unload, device_, handle_));
}

hal_kernel *loaded_module::kernel(const char *name) const {
  hal_kernel *found = nullptr;
  require_ok(call(table().module_kernel, handle_, name, &found));
  if (found == nullptr) FAIL("module_kernel answered OK, but gave no kernel");
  return found;
}

answer launch(hal_stream *on, hal_kernel *kernel, work &given) {
  return call(table().launch, on, kernel, given.get());
}

}  // namespace conformance
