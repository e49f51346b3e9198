#include "plugins/opencl/module.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/binary.hpp"
#include "plugins/opencl/device.hpp"

namespace driver = hal::plugins::opencl::driver;
using hal::plugin::failure;

hal_module::~hal_module() {
  kernels.clear();
  device.api.release_program(native);
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

driver::program build_binary(hal_device &device, std::span<const std::byte> bytes, const std::string &options,
                             std::string &log) {
  const auto binary = checked_binary(bytes);
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
    native = build_binary(device, bytes, options, log);
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
  return module;
}

void write_log(const hal_module_source &source, std::string_view log) {
  if (source.log == nullptr || source.log_size == 0) return;
  const std::size_t length = std::min<std::size_t>(log.size(), source.log_size - 1);
  log.copy(source.log, length);
  source.log[length] = '\0';
}

// Names that differ from `name` in letter case or by a few signs at an end.
std::vector<std::string> near_names(const hal_module &module, std::string_view name) {
  std::vector<std::string> near;
  const auto lower = [](std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
  };
  const std::string wanted = lower(name);
  for (const std::string &one : module.names) {
    const std::string known = lower(one);
    if (!wanted.empty() &&
        (known.find(wanted) != std::string::npos || wanted.find(known) != std::string::npos))
      near.push_back(one);
  }
  if (near.empty()) near = module.names;
  if (near.size() > 5) near.resize(5);
  return near;
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

void module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = plugin::output(out_module, "out_module");
  const plugin::input_record<hal_module_source> given(source, "The module source");
  const bool has_length =
      source->struct_size >= offsetof(hal_module_source, log_length) + sizeof given->log_length;
  write_log(*given, {});
  if (has_length) source->log_length = 0;
  plugin::check_pointer(given->format, "The module's format");
  const std::vector<const char *> formats = formats_of(open.found.device, open.able);
  if (std::none_of(formats.begin(), formats.end(),
                   [&](const char *one) { return std::strcmp(one, given->format) == 0; })) {
    throw failure(HAL_STATUS_UNSUPPORTED, fmt::format("The module's format is \"{}\"; the device takes {}.",
                                                      given->format, fmt::join(formats, ", ")));
  }
  if (given->size != 0) plugin::check_pointer(given->bytes, "The module's code");
  std::string log;
  const auto tell = [&] {
    write_log(*given, log);
    if (has_length) source->log_length = log.size();
  };
  try {
    made = open.modules.insert(load(open, *given, log));
  } catch (...) {
    tell();
    throw;
  }
  tell();
}

void module_unload(hal_device *device, hal_module *module) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_module> ended = open.modules.take(module);
}

void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  hal_module &loaded = plugin::check_handle(module, "module");
  hal_kernel *&kernel = plugin::output(out_kernel, "out_kernel");
  plugin::check_pointer(name, "The kernel's name");
  const std::lock_guard lock(loaded.mutex);
  const auto known = loaded.kernels.find(std::string_view(name));
  if (known != loaded.kernels.end()) {
    kernel = known->second.get();
    return;
  }
  if (!std::binary_search(loaded.names.begin(), loaded.names.end(), name)) {
    throw failure(HAL_STATUS_NOT_FOUND, fmt::format("The module has no kernel \"{}\"; it has {}.", name,
                                                    fmt::join(near_names(loaded, name), ", ")));
  }
  loaded.device.failed.check();
  kernel = loaded.kernels.emplace(name, std::make_unique<hal_kernel>(loaded, name)).first->second.get();
}

void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                        std::uint32_t *out_count) {
  const hal_module &loaded = plugin::check_handle(module, "module");
  std::uint32_t &count = plugin::output(out_count, "out_count");
  count = static_cast<std::uint32_t>(loaded.names.size());
  if (name == nullptr) return;
  if (index >= loaded.names.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, fmt::format("The module has {} kernels; number {} was asked for.",
                                                       loaded.names.size(), index));
  }
  if (room != 0) name[loaded.names[index].copy(name, room - 1)] = '\0';
}

}  // namespace hal::plugins::opencl
