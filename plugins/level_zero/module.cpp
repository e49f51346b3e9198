#include "plugins/level_zero/module.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/module_source.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/binary.hpp"
#include "plugins/level_zero/device.hpp"

namespace level_zero = hal::plugins::level_zero;
using hal::plugin::failure;

hal_module::~hal_module() {
  level_zero::ending ignored(device);
  end(ignored);
}

void hal_module::end(level_zero::ending &told) noexcept {
  if (native == nullptr) return;
  // The driver does not wait for launches of its kernels.
  device.finish_streams(told);
  for (auto &[name, kernel] : kernels) told(device.api.kernel_destroy(kernel.native), "zeKernelDestroy");
  told(device.api.module_destroy(native), "zeModuleDestroy");
  native = nullptr;
}

namespace hal::plugins::level_zero {
namespace {

// What a module is built with: the driver's own flags, and values of specialisation constants.
struct build_request {
  std::string flags;
  std::vector<std::uint32_t> ids;
  std::vector<std::uint64_t> values;
};

std::uint64_t constant_value(const image_constant &constant, std::string_view text) {
  const char *end = text.data() + text.size();
  const auto fail = [&] {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("\"{}\" is no value for the specialisation constant {}, which has {} bytes.",
                              text, constant.id, constant.size));
  };
  std::uint64_t bits = 0;
  if (constant.is_real) {
    double real = 0;
    const auto [read, fault] = std::from_chars(text.data(), end, real);
    if (fault != std::errc() || read != end || constant.size < 4) fail();
    const auto narrow = static_cast<float>(real);
    std::memcpy(&bits, constant.size == 4 ? static_cast<const void *>(&narrow) : &real, constant.size);
    return bits;
  }
  std::int64_t whole = 0;
  const auto [read, fault] = std::from_chars(text.data(), end, whole);
  if (fault == std::errc() && read == end) return static_cast<std::uint64_t>(whole);
  const auto [other_read, other_fault] = std::from_chars(text.data(), end, bits);
  if (other_fault != std::errc() || other_read != end) fail();
  return bits;
}

// "-spec=ID:VALUE"
void add_constant(build_request &request, const image &from, std::string_view word) {
  const std::string_view pair = word.substr(word.find('=') + 1);
  const std::size_t colon = pair.find(':');
  std::uint32_t id = 0;
  const auto known = [&]() -> const image_constant * {
    if (colon == std::string_view::npos) return nullptr;
    const auto [read, fault] = std::from_chars(pair.data(), pair.data() + colon, id);
    if (fault != std::errc() || read != pair.data() + colon) return nullptr;
    const auto found = std::find_if(from.constants.begin(), from.constants.end(),
                                    [id](const image_constant &one) { return one.id == id; });
    return found == from.constants.end() ? nullptr : &*found;
  }();
  if (known == nullptr) {
    std::vector<std::uint32_t> ids;
    for (const image_constant &one : from.constants) ids.push_back(one.id);
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("\"{}\" names no specialisation constant as -spec=ID:VALUE; the module has {}.",
                              word, ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "))));
  }
  request.ids.push_back(id);
  request.values.push_back(constant_value(*known, pair.substr(colon + 1)));
}

build_request request_of(const hal_device &device, const image &from, const char *options) {
  build_request request;
  // Buffers may be larger than kernels reach by default.
  if (device.facts.max_allocation > device.native_max_allocation)
    request.flags = "-ze-opt-greater-than-4GB-buffer-required";
  std::istringstream words{std::string(options == nullptr ? "" : options)};
  for (std::string word; words >> word;) {
    if (word.starts_with("-spec=")) {
      add_constant(request, from, word);
    } else if (word == "-g" || word.starts_with("-ze-") || word.starts_with("-cl-")) {
      request.flags += (request.flags.empty() ? "" : " ") + word;
    } else {
      throw failure(
          HAL_STATUS_INVALID_ARGUMENT,
          fmt::format("The option \"{}\" is not known; known are -spec=ID:VALUE, -g, and the driver's own "
                      "that begin with -ze- or -cl-.",
                      word));
    }
  }
  return request;
}

// The bytes of a driver's own binary; the driver would read beyond one that was cut short.
std::string binary_fault(std::span<const std::byte> image) {
  Elf64_Ehdr header;
  if (image.size() < sizeof header || std::memcmp(image.data(), ELFMAG, SELFMAG) != 0)
    return "it is no ELF file";
  std::memcpy(&header, image.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return "it is no 64-bit ELF file";
  const auto holds = [&](std::uint64_t at, std::uint64_t size) {
    return at <= image.size() && size <= image.size() - at;
  };
  if (!holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) return "it is cut short";
  for (Elf64_Half i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    std::memcpy(&section, image.data() + header.e_shoff + i * sizeof section, sizeof section);
    if (section.sh_type != SHT_NOBITS && !holds(section.sh_offset, section.sh_size)) return "it is cut short";
  }
  return {};
}

[[noreturn]] void fail_image(std::string_view format, std::string_view fault) {
  throw failure(HAL_STATUS_INVALID_MODULE, fmt::format("The {} image cannot be loaded: {}.", format, fault));
}

image checked_image(const hal_device &device, std::string_view format, std::span<const std::byte> bytes) {
  if (bytes.empty()) fail_image(format, "it is empty");
  if (format == "zebin") {
    const split_binary parts = split(bytes);
    const std::string fault = binary_fault(parts.native);
    if (!fault.empty()) fail_image(format, fault);
    image told;
    told.kernels = parts.kernels;
    return told;
  }
  image read = read_spirv(bytes);
  if (!read.fault.empty()) fail_image(format, read.fault);
  driver::module_properties can{};
  can.type = driver::module_properties_type;
  check(device.api.device_get_module_properties(device.native, &can), "zeDeviceGetModuleProperties");
  if (read.version > can.spirv_version) {
    throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                  fmt::format("The module is SPIR-V {}.{}; {} takes up to {}.{}.", read.version >> 16,
                              read.version & 0xffffu, device.name, can.spirv_version >> 16,
                              can.spirv_version & 0xffffu));
  }
  return read;
}

// What the driver's compiler said; empty when it does not tell.
std::string take_log(const api &api, driver::build_log given) {
  if (given == nullptr) return {};
  std::string text;
  std::size_t size = 0;
  if (api.build_log_get_string(given, &size, nullptr) == driver::ZE_RESULT_SUCCESS && size > 1) {
    text.resize(size);
    if (api.build_log_get_string(given, &size, text.data()) != driver::ZE_RESULT_SUCCESS) text.clear();
    text.resize(std::min(text.size(), text.find('\0')));
  }
  api.build_log_destroy(given);
  return text;
}

void find_names(hal_module &module) {
  const api &api = module.device.api;
  std::uint32_t count = 0;
  module.device.check(api.module_get_kernel_names(module.native, &count, nullptr), "zeModuleGetKernelNames");
  std::vector<const char *> names(count);
  if (count != 0)
    module.device.check(api.module_get_kernel_names(module.native, &count, names.data()),
                        "zeModuleGetKernelNames");
  for (const char *one : names) module.names.emplace_back(one);
  std::sort(module.names.begin(), module.names.end());
}

std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source, std::string &log) {
  const std::string_view format = source.format;
  image read =
      checked_image(device, format, std::span(static_cast<const std::byte *>(source.bytes), source.size));
  const build_request request = request_of(device, read, source.options);
  std::vector<const void *> values;
  for (const std::uint64_t &value : request.values) values.push_back(&value);
  const driver::module_constants constants{static_cast<std::uint32_t>(request.ids.size()), request.ids.data(),
                                           values.data()};
  driver::module_description wanted{};
  wanted.type = driver::module_description_type;
  wanted.format = format == "spirv" ? driver::format_spirv : driver::format_native;
  const std::span whole(static_cast<const std::byte *>(source.bytes), source.size);
  const std::span native_part = format == "zebin" ? split(whole).native : whole;
  wanted.size = native_part.size();
  wanted.bytes = reinterpret_cast<const std::uint8_t *>(native_part.data());
  wanted.flags = request.flags.empty() ? nullptr : request.flags.c_str();
  wanted.constants = request.ids.empty() ? nullptr : &constants;
  driver::module native = nullptr;
  driver::build_log told = nullptr;
  const driver::result result =
      device.api.module_create(device.context->native, device.native, &wanted, &native, &told);
  log = take_log(device.api, told);
  if (result != driver::ZE_RESULT_SUCCESS) {
    const std::string first = log.substr(0, log.find('\n'));
    device.fail(result, fmt::format("zeModuleCreate of {} bytes of {}{}", source.size, format,
                                    first.empty() ? "" : " (" + first + ")"));
  }
  std::unique_ptr<hal_module> module;
  try {
    module = std::make_unique<hal_module>(device, native);
  } catch (...) {
    device.api.module_destroy(native);
    throw;
  }
  module->image = std::move(read.kernels);
  find_names(*module);
  return module;
}

}  // namespace

void module_entries::module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
  hal_device &open = open_for_work(device);
  hal_module *&made = plugin::output(out_module, "out_module");
  made = plugin::load_with_log(source, [&](const hal_module_source &given, std::string &log) {
    plugin::check_format(given, {std::begin(module_formats), std::end(module_formats)});
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
  const std::lock_guard lock(loaded.mutex);
  kernel = plugin::known_kernel(loaded.kernels, name);
  if (kernel != nullptr) return;
  plugin::check_has_kernel(loaded.names, name);
  loaded.device.failed.check();
  hal_kernel &made = loaded.kernels[name];
  try {
    find_kernel(loaded, name, made);
  } catch (...) {
    if (made.native != nullptr) loaded.device.api.kernel_destroy(made.native);
    loaded.kernels.erase(name);
    throw;
  }
  kernel = &made;
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
  check_feature(loaded.device, HAL_FEATURE_MODULE_BINARY, "The driver's binary of a module");
  const api &api = loaded.device.api;
  std::size_t size = 0;
  loaded.device.check(api.module_get_native_binary(loaded.native, &size, nullptr), "zeModuleGetNativeBinary");
  std::vector<std::byte> bytes(size);
  loaded.device.check(
      api.module_get_native_binary(loaded.native, &size, reinterpret_cast<std::uint8_t *>(bytes.data())),
      fmt::format("zeModuleGetNativeBinary of {} bytes", size));
  bytes = join_binary(std::move(bytes), loaded.image);
  plugin::give_binary(binary, *wanted, "zebin", bytes.data(), bytes.size());
}

}  // namespace hal::plugins::level_zero
