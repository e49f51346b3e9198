// module_load, module_unload, module_kernel, module_kernel_name.
#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

answer load(hal_device *device, const char *format, const void *bytes, std::uint64_t size) {
  hal_module_source source = module_source(format, bytes, size);
  hal_module *made = nullptr;
  const answer given = call(table().module_load, device, &source, &made);
  if (given.status == HAL_STATUS_OK) call(table().module_unload, device, made);
  return given;
}

answer load(hal_device *device, const kernel_format &format) {
  const auto from = kernel_source(format, "nothing");
  return load(device, format.name, from.bytes, from.size);
}

// The formats whose bytes are bytes. A native module is a record of the program, which can't be guessed at.
std::vector<std::string> byte_formats() {
  std::vector<std::string> formats;
  for (const auto &listed : description().module_formats) {
    const std::string format(listed, strnlen(listed, sizeof listed));
    if (!format.empty() && format != "native") formats.push_back(format);
  }
  return formats;
}

constexpr std::initializer_list<hal_status> unreadable = {
    HAL_STATUS_INVALID_MODULE, HAL_STATUS_COMPILATION_FAILED, HAL_STATUS_INCOMPATIBLE_TARGET};

bool skip_without_format(const char *format) {
  if (skip_without_kernels()) return true;
  if (the_subject().lists_format(format)) return false;
  record_skip(std::string("the device does not take the format ") + format);
  return true;
}

std::vector<char> elf_bytes() {
  const auto from = kernel_source({"elf", true, true, true, true}, "nothing");
  const auto *bytes = static_cast<const char *>(from.bytes);
  return {bytes, bytes + from.size};
}

// Where the last segment of an object ends: what lies behind it, sections and debug information, need not be
// there for the object to run.
std::uint64_t loaded_part(const char *bytes, std::uint64_t size) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes, sizeof header);
  std::uint64_t end = 0;
  for (Elf64_Half i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_LOAD) end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  REQUIRE(end <= size);
  return end;
}

void do_nothing(const hal_native_block *) {}
void do_nothing_item(const hal_native_item *) {}

}  // namespace

TEST_CASE("module: is loaded and unloaded, in every format") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    for (int i = 0; i < 3; ++i) expect_ok(load(device, format));
  });
}

TEST_CASE("module: twice at once, each with its own kernels") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module first(device, format, "nothing");
    loaded_module second(device, format, "nothing");
    CHECK(static_cast<hal_module *>(first) != static_cast<hal_module *>(second));
    hal_kernel *kept = second.kernel("nothing");
    hal_module *gone = first.release();
    expect_ok(call(table().module_unload, device, gone));
    stream on(device);
    work once({1, 1, 1}, {1, 1, 1});
    expect_ok(launch(on, kept, once));
    finish(on);
  });
}

TEST_CASE("module: gives the same kernel every time") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "nothing");
    CHECK(loaded.kernel("nothing") == loaded.kernel("nothing"));
  });
}

TEST_CASE("module: tells the names of its kernels") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().module_kernel_name, "module_kernel_name")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    std::uint32_t count = 0;
    const answer given = call(table().module_kernel_name, loaded, 0u, nullptr, 0u, &count);
    if (given.status == HAL_STATUS_UNSUPPORTED) return;
    require_ok(given);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i) {
      char name[256];
      std::memset(name, poison, sizeof name);
      expect_ok(call(table().module_kernel_name, loaded, i, name, sizeof name, &count));
      REQUIRE(std::memchr(name, '\0', sizeof name) != nullptr);
      names.emplace_back(name);
      CHECK(loaded.kernel(name) != nullptr);
    }
    CHECK(std::find(names.begin(), names.end(), "vector_add") != names.end());
  });
}

TEST_CASE("module: cuts a kernel's name to the room there is [negative]") {
  if (skip_without_kernels()) return;
  if (skip_without_entry(table().module_kernel_name, "module_kernel_name")) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "nothing");
    char whole[256] = {};
    std::uint32_t count = 0;
    const answer given = call(table().module_kernel_name, loaded, 0u, whole, sizeof whole, &count);
    if (given.status == HAL_STATUS_UNSUPPORTED) return;
    require_ok(given);
    char cut[8];
    std::memset(cut, poison, sizeof cut);
    expect_ok(call(table().module_kernel_name, loaded, 0u, cut, 4u, &count));
    CHECK(std::string(cut, strnlen(cut, 4)) == std::string(whole).substr(0, 3));
    CHECK(static_cast<unsigned char>(cut[4]) == poison);
    expect_status(call(table().module_kernel_name, loaded, count, whole, sizeof whole, &count),
                  HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().module_kernel_name, loaded, 0u, whole, sizeof whole, nullptr),
                  HAL_STATUS_INVALID_ARGUMENT);
  });
}

TEST_CASE("module: the build log is written on success and on failure") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    const auto from = kernel_source(format, "nothing");
    for (const bool sound : {true, false}) {
      if (!sound && std::string(format.name) == "native") continue;
      char log[16];
      std::memset(log, poison, sizeof log);
      hal_module_source source = module_source(format.name, from.bytes, sound ? from.size : 5);
      source.log = log;
      source.log_size = 8;
      source.log_length = UINT64_MAX;
      hal_module *made = nullptr;
      const answer given = call(table().module_load, device, &source, &made);
      CHECK((given.status == HAL_STATUS_OK) == sound);
      CHECK(source.log_length < UINT64_MAX);
      CHECK(std::memchr(log, '\0', 8) != nullptr);
      CHECK(static_cast<unsigned char>(log[8]) == poison);
      if (made != nullptr) expect_ok(call(table().module_unload, device, made));
    }
  });
}

TEST_CASE("module: a source record that ends before options and log") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    const auto from = kernel_source(format, "nothing");
    hal_module_source source;
    std::memset(&source, 0xff, sizeof source);
    source.struct_size = offsetof(hal_module_source, options);
    source.format = format.name;
    source.bytes = from.bytes;
    source.size = from.size;
    hal_module *made = nullptr;
    require_ok(call(table().module_load, device, &source, &made));
    CHECK(source.log_length == UINT64_MAX);
    expect_ok(call(table().module_unload, device, made));
  });
}

TEST_CASE("module: the bytes are free again after loading") {
  if (skip_without_format("elf")) return;
  opened_device device;
  stream on(device);
  buffer counter(device, 4);
  fill(on, counter, 0);
  auto bytes = elf_bytes();
  hal_module_source source = module_source("elf", bytes.data(), bytes.size());
  hal_module *made = nullptr;
  require_ok(call(table().module_load, device, &source, &made));
  std::fill(bytes.begin(), bytes.end(), '\0');
  hal_kernel *kernel = nullptr;
  require_ok(call(table().module_kernel, made, "count", &kernel));
  work items({2, 1, 1}, {8, 1, 1});
  items.memory(counter);
  expect_ok(launch(on, kernel, items));
  expect_equal(download<std::uint32_t>(on, counter, 1), {16});
  expect_ok(call(table().module_unload, device, made));
}

TEST_CASE("module: a format that the device does not take [negative]") {
  if (skip_without(HAL_FEATURE_KERNELS)) return;
  opened_device device;
  for (const char *format : {"no-such-format", "", "elf\n"}) {
    CAPTURE(std::string(format));
    expect_one_of(load(device, format, "bytes", 5), {HAL_STATUS_UNSUPPORTED, HAL_STATUS_INVALID_ARGUMENT});
  }
  expect_status(load(device, "no-such-format", "bytes", 5), HAL_STATUS_UNSUPPORTED);
}

TEST_CASE("module: no format, no bytes, no record, no place for the result [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  const auto format = kernel_formats().front();
  const auto from = kernel_source(format, "nothing");
  expect_status(load(device, nullptr, from.bytes, from.size), HAL_STATUS_INVALID_ARGUMENT);
  expect_one_of(load(device, format.name, nullptr, from.size),
                {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_INVALID_MODULE});
  hal_module *made = nullptr;
  expect_status(call(table().module_load, device, nullptr, &made), HAL_STATUS_INVALID_ARGUMENT);
  hal_module_source source = module_source(format.name, from.bytes, from.size);
  expect_status(call(table().module_load, device, &source, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().module_load, nullptr, &source, &made), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("module: no byte [negative]") {
  if (skip_without(HAL_FEATURE_KERNELS)) return;
  opened_device device;
  for (const auto &format : byte_formats()) {
    CAPTURE(format);
    expect_one_of(load(device, format.c_str(), "", 0),
                  {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_INVALID_MODULE, HAL_STATUS_COMPILATION_FAILED});
  }
}

TEST_CASE("module: random bytes [negative]") {
  if (skip_without(HAL_FEATURE_KERNELS)) return;
  opened_device device;
  for (const auto &format : byte_formats()) {
    for (const std::size_t size : {1u, 4u, 64u, 4096u, 100000u}) {
      CAPTURE(format);
      CAPTURE(size);
      const auto bytes = pattern(size);
      expect_one_of(load(device, format.c_str(), bytes.data(), size), unreadable);
    }
  }
}

TEST_CASE("module: bytes of another format [negative]") {
  if (skip_without(HAL_FEATURE_KERNELS)) return;
  opened_device device;
  const std::string spirv("\x03\x02\x23\x07\x00\x06\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00",
                          20);
  const std::string text = "#!/bin/sh\necho this is a script\n";
  for (const auto &format : byte_formats()) {
    CAPTURE(format);
    if (format != "spirv")
      expect_one_of(load(device, format.c_str(), spirv.data(), spirv.size()), unreadable);
    expect_one_of(load(device, format.c_str(), text.data(), text.size()), unreadable);
  }
}

namespace {

bool is_text(const kernel_format &format) {
  const std::string name = format.name;
  return name == "ptx" || name == "hip" || name == "opencl-c";
}

}  // namespace

TEST_CASE("module: cut short [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    if (std::string(format.name) == "native") return;
    const auto from = kernel_source(format, "nothing");
    const auto *bytes = static_cast<const char *>(from.bytes);
    const std::uint64_t needed =
        std::string(format.name) == "elf" ? loaded_part(bytes, from.size) : from.size;
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{4}, std::uint64_t{63},
                                     std::uint64_t{100}, needed / 4, needed / 2, needed - 1}) {
      CAPTURE(size);
      // A copy of its own, so that reading beyond the end is seen by a sanitizer.
      std::vector<char> cut(bytes, bytes + size);
      // Source that ends between two kernels is whole.
      const auto open = std::find(cut.rbegin(), cut.rend(), '{');
      if (is_text(format) && open != cut.rend()) cut.erase(open.base(), cut.end());
      expect_one_of(load(device, format.name, cut.data(), cut.size()), unreadable);
    }
  });
}

TEST_CASE("module: an object for another machine [negative]") {
  if (skip_without_format("elf")) return;
  opened_device device;
  auto bytes = elf_bytes();
  REQUIRE(bytes.size() > sizeof(Elf64_Ehdr));
  const Elf64_Half machine = EM_S390;
  std::memcpy(bytes.data() + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
  expect_status(load(device, "elf", bytes.data(), bytes.size()), HAL_STATUS_INCOMPATIBLE_TARGET);
}

TEST_CASE("module: an object with a damaged header [negative]") {
  if (skip_without_format("elf")) return;
  opened_device device;
  for (const std::size_t offset : {offsetof(Elf64_Ehdr, e_phoff), offsetof(Elf64_Ehdr, e_type),
                                   offsetof(Elf64_Ehdr, e_phnum), std::size_t{EI_CLASS}}) {
    CAPTURE(offset);
    auto bytes = elf_bytes();
    bytes[offset] = static_cast<char>(0xff);
    bytes[offset + 1] = static_cast<char>(0xff);
    expect_one_of(load(device, "elf", bytes.data(), bytes.size()),
                  {HAL_STATUS_INVALID_MODULE, HAL_STATUS_INCOMPATIBLE_TARGET});
  }
}

TEST_CASE("module: a native module whose records are wrong [negative]") {
  if (skip_without_format("native")) return;
  opened_device device;
  const hal_native_kernel sound = {sizeof sound, 0, "sound", do_nothing, nullptr, nullptr, 0, {0, 0, 0}, 0};
  const auto load_one = [&](const hal_native_kernel &kernel) {
    const hal_native_kernel *const list[] = {&kernel};
    const hal_native_module module_record = {sizeof module_record, 1, list};
    return load(device, "native", &module_record, module_record.struct_size);
  };
  expect_ok(load_one(sound));
  const auto refused = [&](hal_native_kernel wrong) {
    expect_one_of(load_one(wrong), {HAL_STATUS_INVALID_MODULE, HAL_STATUS_INVALID_ARGUMENT});
  };
  hal_native_kernel wrong = sound;
  wrong.run_block = nullptr;
  refused(wrong);
  wrong = sound;
  wrong.run_item = do_nothing_item;
  refused(wrong);
  wrong = sound;
  wrong.name = nullptr;
  refused(wrong);
  const hal_native_parameter crooked = {HAL_ARGUMENT_VALUE, 4, 3, 0, "crooked"};
  wrong = sound;
  wrong.parameters = &crooked;
  wrong.parameter_count = 1;
  refused(wrong);
  wrong = sound;
  wrong.parameter_count = 1;
  refused(wrong);
}

TEST_CASE("module: a kernel that it does not hold [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "vector_add");
    hal_kernel *kernel = nullptr;
    for (const char *name : {"vector_ad", "vector_add2", "VECTOR_ADD", ""}) {
      CAPTURE(std::string(name));
      expect_status(call(table().module_kernel, loaded, name, &kernel), HAL_STATUS_NOT_FOUND);
    }
  });
}

TEST_CASE("module: no name, no module, no place for the kernel [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  const auto format = kernel_formats().front();
  loaded_module loaded(device, format, "nothing");
  hal_kernel *kernel = nullptr;
  expect_status(call(table().module_kernel, loaded, nullptr, &kernel), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().module_kernel, nullptr, "nothing", &kernel), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().module_kernel, loaded, "nothing", nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("module: unloaded twice, by another opening, or none at all [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  opened_device other;
  loaded_module loaded(device, kernel_formats().front(), "nothing");
  expect_status(call(table().module_unload, device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().module_unload, other, loaded), HAL_STATUS_INVALID_HANDLE);
  hal_module *gone = loaded.release();
  expect_ok(call(table().module_unload, device, gone));
  expect_status(call(table().module_unload, device, gone), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("close: while a module lives [negative]") {
  if (skip_without_kernels()) return;
  opened_device device;
  loaded_module loaded(device, kernel_formats().front(), "nothing");
  expect_status(call(table().device_close, device), HAL_STATUS_BUSY);
  CHECK(loaded.kernel("nothing") != nullptr);
}
