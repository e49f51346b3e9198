#include "plugins/opencl/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/module_source.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/binary.hpp"
#include "plugins/opencl/device.hpp"

namespace driver = hal::plugins::opencl::driver;
using hal::plugin::failure;

hal_module::~hal_module() {
  hal::plugins::opencl::ending ignored(device);
  end(ignored);
}

void hal_module::end(hal::plugins::opencl::ending &told) noexcept {
  if (std::exchange(ended, true)) return;
  for (const auto &[name, kernel] : kernels) kernel->end(told);
  told(device.api.release_program(native), "clReleaseProgram");
}

namespace hal::plugins::opencl {
namespace {

// Owns a program until it is built.
class unbuilt {
 public:
  unbuilt(hal_device &device, driver::program made) : device_(device), made_(made) {}
  ~unbuilt() {
    if (made_ != nullptr) device_.api.release_program(made_);
  }
  unbuilt(const unbuilt &) = delete;
  unbuilt &operator=(const unbuilt &) = delete;

  driver::program get() const noexcept { return made_; }
  driver::program release() noexcept { return std::exchange(made_, nullptr); }

 private:
  hal_device &device_;
  driver::program made_;
};

std::string log_of(hal_device &device, driver::program program) {
  constexpr std::size_t most = 16u << 20;
  std::size_t size = 0;
  if (device.api.get_program_build_info(program, device.found.device, driver::program_build_log, 0, nullptr,
                                        &size) != driver::CL_SUCCESS ||
      size > most)
    return {};
  std::string log(size, '\0');
  if (device.api.get_program_build_info(program, device.found.device, driver::program_build_log, size,
                                        log.data(), nullptr) != driver::CL_SUCCESS)
    return {};
  log.resize(std::min(log.find('\0'), log.size()));
  return log;
}

std::string first_line(const std::string &log) {
  const std::size_t begin = log.find_first_not_of(" \n");
  return begin == std::string::npos ? std::string() : log.substr(begin, log.find('\n', begin) - begin);
}

// Builds; a refusal is `otherwise` unless the driver says what is wrong with the device or its memory.
void build(hal_device &device, driver::program program, const std::string &options, const char *what,
           hal_status otherwise, std::string &log) {
  const driver::result result =
      device.api.build_program(program, 1, &device.found.device, options.c_str(), nullptr, nullptr);
  log = log_of(device, program);
  if (result == driver::CL_SUCCESS) return;
  const hal_status status = to_status(result);
  if (ends_device(result) || status == HAL_STATUS_OUT_OF_HOST_MEMORY || status == HAL_STATUS_UNAVAILABLE)
    device.fail(result, "clBuildProgram");
  const bool options_refused =
      result == driver::CL_INVALID_BUILD_OPTIONS || result == driver::CL_INVALID_COMPILER_OPTIONS;
  const std::string first = first_line(log);
  throw failure(
      options_refused ? HAL_STATUS_INVALID_ARGUMENT : otherwise,
      fmt::format("clBuildProgram of {} with the options \"{}\" on {} failed: {} ({}){}.", what, options,
                  device.name, name_of(result), static_cast<int>(result), first.empty() ? "" : "; " + first),
      result);
}

driver::program build_binary(hal_device &device, std::span<const std::byte> binary,
                             const std::string &options, std::string &log) {
  const auto *data = reinterpret_cast<const unsigned char *>(binary.data());
  const std::size_t size = binary.size();
  driver::result own = driver::CL_SUCCESS;
  driver::result result = driver::CL_SUCCESS;
  const driver::program made = device.api.create_program_with_binary(device.context, 1, &device.found.device,
                                                                     &size, &data, &own, &result);
  if (result == driver::CL_INVALID_BINARY) {
    throw failure(
        HAL_STATUS_INCOMPATIBLE_TARGET,
        fmt::format("clCreateProgramWithBinary of {} bytes on {} failed: CL_INVALID_BINARY ({}); the binary "
                    "is another device's or another driver's.",
                    size, device.name, static_cast<int>(result)),
        result);
  }
  device.check(result, fmt::format("clCreateProgramWithBinary of {} bytes", size));
  unbuilt program(device, made);
  build(device, made, options, "a binary", HAL_STATUS_INVALID_MODULE, log);
  return program.release();
}

driver::program build_spirv(hal_device &device, std::span<const std::byte> bytes, const std::string &options,
                            std::string &log) {
  constexpr std::uint32_t magic = 0x07230203;
  std::uint32_t first = 0;
  if (bytes.size() >= sizeof first) std::memcpy(&first, bytes.data(), sizeof first);
  if (first != magic || bytes.size() % sizeof first != 0 || bytes.size() < 5 * sizeof first)
    throw failure(HAL_STATUS_INVALID_MODULE, fmt::format("The {} bytes are no SPIR-V module.", bytes.size()));
  driver::result result = driver::CL_SUCCESS;
  const auto create =
      device.able.has_il ? device.api.create_program_with_il : device.api.create_program_with_il_khr;
  const driver::program made = create(device.context, bytes.data(), bytes.size(), &result);
  if (result == driver::CL_INVALID_VALUE) {
    throw failure(
        HAL_STATUS_INVALID_MODULE,
        fmt::format("clCreateProgramWithIL of {} bytes of SPIR-V on {} failed: CL_INVALID_VALUE ({}).",
                    bytes.size(), device.name, static_cast<int>(result)),
        result);
  }
  device.check(result, fmt::format("clCreateProgramWithIL of {} bytes", bytes.size()));
  unbuilt program(device, made);
  build(device, made, options, "SPIR-V", HAL_STATUS_COMPILATION_FAILED, log);
  return program.release();
}

driver::program build_spir(hal_device &device, std::span<const std::byte> bytes, const std::string &options,
                           std::string &log) {
  constexpr std::string_view bitcode("BC\xc0\xde", 4);
  if (bytes.size() < bitcode.size() || std::memcmp(bytes.data(), bitcode.data(), bitcode.size()) != 0)
    throw failure(HAL_STATUS_INVALID_MODULE, fmt::format("The {} bytes are no LLVM bitcode.", bytes.size()));
  const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
  const std::size_t size = bytes.size();
  driver::result own = driver::CL_SUCCESS;
  driver::result result = driver::CL_SUCCESS;
  const driver::program made = device.api.create_program_with_binary(device.context, 1, &device.found.device,
                                                                     &size, &data, &own, &result);
  device.check(result, fmt::format("clCreateProgramWithBinary of {} bytes of SPIR", size));
  unbuilt program(device, made);
  build(device, made, options + " -x spir -spir-std=1.2", "SPIR", HAL_STATUS_COMPILATION_FAILED, log);
  return program.release();
}

void find_names(hal_module &module) {
  const api &api = vendor();
  std::size_t size = 0;
  module.device.check(api.get_program_info(module.native, driver::program_kernel_names, 0, nullptr, &size),
                      "clGetProgramInfo of the kernels' names");
  std::string names(size, '\0');
  module.device.check(
      api.get_program_info(module.native, driver::program_kernel_names, size, names.data(), nullptr),
      "clGetProgramInfo of the kernels' names");
  names.resize(std::min(names.find('\0'), names.size()));
  std::istringstream all(names);
  for (std::string one; std::getline(all, one, ';');) {
    if (!one.empty()) module.names.push_back(one);
  }
  std::sort(module.names.begin(), module.names.end());
}

// What is known of parameters is asked for in the build.
std::string with_argument_names(const std::string &options) {
  constexpr char wanted[] = "-cl-kernel-arg-info";
  if (options.find(wanted) != std::string::npos) return options;
  return options.empty() ? wanted : options + " " + wanted;
}

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source, std::string &log) {
  const std::string_view format = source.format;
  const std::span bytes(static_cast<const std::byte *>(source.bytes), source.size);
  const std::string options = source.options == nullptr ? "" : source.options;
  std::string text;
  std::vector<kernel_facts> facts;
  driver::program native = nullptr;
  if (format == "opencl-c") {
    text.assign(static_cast<const char *>(source.bytes), source.size);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    native = build_source(device, text, with_argument_names(options), log);
  } else if (format == "spirv") {
    native = build_spirv(device, bytes, options, log);
  } else if (format == "spir") {
    native = build_spir(device, bytes, options, log);
  } else {
    checked_parts given = checked_binary(bytes);
    native = build_binary(device, given.binary, options, log);
    facts = std::move(given.facts);
  }
  unbuilt program(device, native);
  auto module = std::make_unique<hal_module>(device, native);
  program.release();
  find_names(*module);
  if (module->names.empty())
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("The {} bytes of {} hold no kernel.", source.size, format));
  module->source = std::move(text);
  module->options = options;
  module->facts = std::move(facts);
  module->compiled = format != "opencl-binary";
  return module;
}

// Of a name that the module has.
hal_kernel &kernel_of(hal_module &module, const std::string &name) {
  const std::lock_guard lock(module.mutex);
  const auto known = module.kernels.find(name);
  if (known != module.kernels.end()) return *known->second;
  module.device.failed.check();
  return *module.kernels.emplace(name, std::make_unique<hal_kernel>(module, name.c_str())).first->second;
}

}  // namespace

driver::program build_source(hal_device &device, const std::string &text, const std::string &options,
                             std::string &log) {
  if (text.empty() || text.find('\0') != std::string::npos)
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("The {} bytes of OpenCL C are no text.", text.size()));
  const char *begin = text.data();
  const std::size_t size = text.size();
  driver::result result = driver::CL_SUCCESS;
  const driver::program made =
      device.api.create_program_with_source(device.context, 1, &begin, &size, &result);
  device.check(result, fmt::format("clCreateProgramWithSource of {} bytes", size));
  unbuilt program(device, made);
  build(device, made, options, "OpenCL C", HAL_STATUS_COMPILATION_FAILED, log);
  return program.release();
}

void module_entries::module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = plugin::output(out_module, "out_module");
  made = plugin::load_with_log(source, [&](const hal_module_source &given, std::string &log) {
    const std::vector<const char *> formats = formats_of(open.found.device, open.able);
    plugin::check_format(given, {formats.begin(), formats.end()});
    return open.modules.insert(load(open, given, log));
  });
}

void module_entries::module_unload(hal_device *device, hal_module *module) {
  hal_device &open = checked(device);
  plugin::destroy(open, open.modules, module);
}

void module_entries::module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  hal_module &loaded = checked(module);
  hal_kernel *&kernel = plugin::output(out_kernel, "out_kernel");
  plugin::check_pointer(name, "The kernel's name");
  plugin::check_has_kernel(loaded.names, name);
  kernel = &kernel_of(loaded, name);
}

void module_entries::module_kernel_name(hal_module *module, std::uint32_t index, char *name,
                                        std::uint64_t room, std::uint32_t *out_count) {
  const hal_module &loaded = checked(module);
  std::uint32_t &count = plugin::output(out_count, "out_count");
  plugin::tell_kernel_name(loaded.names, index, name, room, count);
}

void module_entries::module_binary(hal_module *module, hal_module_binary *binary) {
  hal_module &loaded = checked(module);
  const plugin::input_record<hal_module_binary> wanted(binary, "The module's binary");
  loaded.device.failed.check();
  if (!loaded.compiled)
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "The module was loaded as a binary; there is nothing that was compiled.");
  const driver::entries &api = loaded.device.api;
  std::size_t size = 0;
  loaded.device.check(
      api.get_program_info(loaded.native, driver::program_binary_sizes, sizeof size, &size, nullptr),
      "clGetProgramInfo of the binary's size");
  if (size == 0) throw failure(HAL_STATUS_UNSUPPORTED, "The driver keeps no binary of this module.");
  std::vector<std::byte> bytes(size);
  std::byte *place = bytes.data();
  loaded.device.check(
      api.get_program_info(loaded.native, driver::program_binaries, sizeof place, &place, nullptr),
      "clGetProgramInfo of the binary");
  std::vector<kernel_facts> facts;
  for (const std::string &name : loaded.names) {
    const hal_kernel &kernel = kernel_of(loaded, name);
    if (kernel.has_kinds) facts.push_back({name, kernel.parameters});
  }
  const std::string whole = wrapped_binary(bytes, facts);
  plugin::give_binary(binary, *wanted, "opencl-binary", whole.data(), whole.size());
}

}  // namespace hal::plugins::opencl
