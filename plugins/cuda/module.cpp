#include "plugins/cuda/module.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"

namespace cuda = hal::plugins::cuda;
using hal::plugin::failure;

hal_module::~hal_module() {
  cuda::ending ignored(device);
  end(ignored);
}

void hal_module::end(cuda::ending &told) noexcept {
  if (native == nullptr) return;
  const cuda::current_context_or_none current(told);
  if (current) {
    // Not documented to wait for launches of its kernels.
    device.finish_streams(told);
    told(device.api.module_unload(native), "cuModuleUnload");
  }
  native = nullptr;
}

namespace hal::plugins::cuda {
namespace {

// What the driver's compiler is told, and where it writes its log.
struct jit_request {
  std::array<char, 8192> errors{};
  std::array<char, 8192> notes{};
  std::vector<driver::jit_option> options;
  std::vector<void *> values;

  jit_request() {
    add(driver::jit_error_log_buffer, errors.data());
    add(driver::jit_error_log_size, number(errors.size()));
    add(driver::jit_info_log_buffer, notes.data());
    add(driver::jit_info_log_size, number(notes.size()));
  }

  static void *number(std::uint64_t value) {
    return reinterpret_cast<void *>(static_cast<std::uintptr_t>(value));
  }
  void add(driver::jit_option option, void *value) {
    options.push_back(option);
    values.push_back(value);
  }
  std::string log() const {
    std::string text(errors.data(), strnlen(errors.data(), errors.size()));
    const std::string more(notes.data(), strnlen(notes.data(), notes.size()));
    if (!text.empty() && !more.empty()) text += '\n';
    return text + more;
  }
};

// The options that ptxas has under the same names.
void add_option(jit_request &request, std::string_view word) {
  const auto value_behind = [word](std::string_view name) -> int {
    int value = 0;
    const char *end = word.data() + word.size();
    const auto [read, fault] = std::from_chars(word.data() + name.size(), end, value);
    return fault == std::errc() && read == end && value >= 0 ? value : -1;
  };
  if (word == "-lineinfo") return request.add(driver::jit_generate_line_info, jit_request::number(1));
  if (word == "-g") return request.add(driver::jit_generate_debug_info, jit_request::number(1));
  for (const auto &[name, option, most] : {std::tuple{"-O", driver::jit_optimization_level, 4},
                                           std::tuple{"-maxrregcount=", driver::jit_max_registers, 255}}) {
    if (!word.starts_with(name)) continue;
    const int value = value_behind(name);
    if (value >= 0 && value <= most)
      return request.add(option, jit_request::number(static_cast<unsigned>(value)));
  }
  throw failure(
      HAL_STATUS_INVALID_ARGUMENT,
      fmt::format("The option \"{}\" is not known; known are -O0 to -O4, -maxrregcount=N, -lineinfo "
                  "and -g.",
                  word));
}

void add_options(jit_request &request, const char *options) {
  if (options == nullptr) return;
  std::istringstream words{std::string(options)};
  for (std::string word; words >> word;) add_option(request, word);
}

void check_image(std::string_view format, std::span<const std::byte> image) {
  std::string fault;
  if (image.empty()) {
    fault = "it is empty";
  } else if (format == "cubin") {
    fault = cubin_fault(image);
  } else if (format == "fatbin") {
    fault = fatbin_fault(image);
  }
  if (!fault.empty())
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("The {} image cannot be loaded: {}.", format, fault));
}

// The names, by the driver where it tells, else by the image.
void find_names(hal_module &module) {
  const api &api = module.device.api;
  unsigned count = 0;
  if (api.has_function_list()) {
    module.device.check(api.module_get_function_count(&count, module.native), "cuModuleGetFunctionCount");
    std::vector<driver::function> functions(count);
    if (count != 0) {
      module.device.check(api.module_enumerate_functions(functions.data(), count, module.native),
                          "cuModuleEnumerateFunctions");
    }
    for (const driver::function one : functions) {
      const char *name = nullptr;
      module.device.check(api.func_get_name(&name, one), "cuFuncGetName");
      module.names.emplace_back(name);
    }
    module.names_known = true;
  } else {
    for (const image_kernel &one : module.image) module.names.push_back(one.name);
    module.names_known = !module.image.empty();
  }
  std::sort(module.names.begin(), module.names.end());
}

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source, std::string &log) {
  const std::string_view format = source.format;
  const std::span image(static_cast<const std::byte *>(source.bytes), source.size);
  check_image(format, image);
  jit_request request;
  add_options(request, source.options);
  // The driver reads PTX up to a zero.
  std::string text;
  if (format == "ptx") text.assign(static_cast<const char *>(source.bytes), source.size);
  driver::module native = nullptr;
  const driver::result result = device.api.module_load_data_ex(
      &native, format == "ptx" ? static_cast<const void *>(text.c_str()) : source.bytes,
      static_cast<unsigned>(request.options.size()), request.options.data(), request.values.data());
  log = request.log();
  if (result != driver::CUDA_SUCCESS) {
    const std::string first = log.substr(0, log.find('\n'));
    device.fail(result, fmt::format("cuModuleLoadDataEx of {} bytes of {}{}", source.size, format,
                                    first.empty() ? "" : " (" + first + ")"));
  }
  std::unique_ptr<hal_module> module;
  try {
    module = std::make_unique<hal_module>(device, native);
  } catch (...) {
    device.api.module_unload(native);
    throw;
  }
  if (format == "ptx") module->image = read_ptx(text);
  if (format == "cubin") module->image = read_cubin(image);
  find_names(*module);
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

void module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = plugin::output(out_module, "out_module");
  const plugin::input_record<hal_module_source> given(source, "The module source");
  const bool has_length =
      source->struct_size >= offsetof(hal_module_source, log_length) + sizeof given->log_length;
  write_log(*given, {});
  if (has_length) source->log_length = 0;
  plugin::check_pointer(given->format, "The module's format");
  if (std::none_of(std::begin(module_formats), std::end(module_formats),
                   [&](const char *one) { return std::strcmp(one, given->format) == 0; })) {
    throw failure(HAL_STATUS_UNSUPPORTED, fmt::format("The module's format is \"{}\"; the device takes {}.",
                                                      given->format, fmt::join(module_formats, ", ")));
  }
  if (given->size != 0) plugin::check_pointer(given->bytes, "The module's code");
  const current_context current(open);
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
  end(open, *ended);
}

void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
  hal_module &loaded = plugin::check_handle(module, "module");
  hal_kernel *&kernel = plugin::output(out_kernel, "out_kernel");
  plugin::check_pointer(name, "The kernel's name");
  const std::lock_guard lock(loaded.mutex);
  const auto known = loaded.kernels.find(std::string_view(name));
  if (known != loaded.kernels.end()) {
    kernel = &known->second;
    return;
  }
  if (loaded.names_known && !std::binary_search(loaded.names.begin(), loaded.names.end(), name)) {
    throw failure(
        HAL_STATUS_NOT_FOUND,
        fmt::format(
            "The module has no kernel \"{}\"; it has {}.", name,
            loaded.names.empty() ? "none" : fmt::format("{}", fmt::join(near_names(loaded, name), ", "))));
  }
  loaded.device.failed.check();
  const current_context current(loaded.device);
  kernel = &loaded.kernels.emplace(name, make_kernel(loaded, name)).first->second;
}

void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                        std::uint32_t *out_count) {
  const hal_module &loaded = plugin::check_handle(module, "module");
  std::uint32_t &count = plugin::output(out_count, "out_count");
  if (!loaded.names_known) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "Neither the driver (CUDA 12.4 and later would) nor the image tells the module's kernels.");
  }
  count = static_cast<std::uint32_t>(loaded.names.size());
  if (name == nullptr) return;
  if (index >= loaded.names.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, fmt::format("The module has {} kernels; number {} was asked for.",
                                                       loaded.names.size(), index));
  }
  if (room != 0) name[loaded.names[index].copy(name, room - 1)] = '\0';
}

}  // namespace hal::plugins::cuda
