#include "runtime/compile/code.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "hal/error.hpp"
#include "runtime/compile/builtins.hpp"
#include "runtime/compile/host_code.hpp"
#include "runtime/compile/ir_edit.hpp"
#include "runtime/compile/work_folder.hpp"

namespace hal::rt {
namespace {

// Of the SPIR-V specification.
constexpr std::uint16_t op_capability = 17;
constexpr std::uint16_t op_decorate = 71;
constexpr std::uint32_t decoration_linkage = 41;
constexpr std::uint32_t linkage_import = 1;
constexpr std::uint32_t capability_float16 = 9;
constexpr std::uint32_t capability_float64 = 10;

std::string readable(const std::string &mangled) {
  int code = 0;
  const std::unique_ptr<char, void (*)(void *)> text(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &code), &std::free);
  return text == nullptr ? mangled : text.get();
}

void expect_resolved(const std::vector<std::string> &undefined) {
  if (undefined.empty()) return;
  std::vector<std::string> names;
  for (const std::string &name : undefined) names.push_back(readable(name));
  throw error(status::invalid_module,
              fmt::format("nothing defines {} for this target.", fmt::join(names, ", ")));
}

std::vector<std::string> undefined_in_ptx(std::string_view text) {
  constexpr std::string_view mark = ".extern .func ";
  std::vector<std::string> names;
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    std::size_t from = text.find_first_not_of(' ', at + mark.size());
    if (from == std::string_view::npos) break;
    if (text[from] == '(') from = text.find(')', from) + 1;
    from = text.find_first_not_of(" \t\n", from);
    names.emplace_back(text.substr(from, text.find_first_of(" \t\n(;", from) - from));
  }
  return names;
}

struct spirv_facts {
  std::vector<std::string> undefined;
  requirements needs;
};

spirv_facts facts_of_spirv(std::span<const std::byte> code) {
  spirv_facts facts;
  std::vector<std::uint32_t> words(code.size() / sizeof(std::uint32_t));
  std::memcpy(words.data(), code.data(), words.size() * sizeof(std::uint32_t));
  for (std::size_t at = 5; at < words.size();) {
    const std::size_t length = words[at] >> 16;
    const auto operation = static_cast<std::uint16_t>(words[at] & 0xffffu);
    if (length == 0 || length > words.size() - at) break;
    if (operation == op_capability && words[at + 1] == capability_float16)
      facts.needs.push_back(parse_requirements("f16").front());
    if (operation == op_capability && words[at + 1] == capability_float64)
      facts.needs.push_back(parse_requirements("f64").front());
    if (operation == op_decorate && length > 4 && words[at + 2] == decoration_linkage &&
        words[at + length - 1] == linkage_import) {
      const std::string name(reinterpret_cast<const char *>(&words[at + 3]));
      // What a device sets, not a function.
      if (!name.starts_with("__spirv_BuiltIn")) facts.undefined.push_back(name);
    }
    at += length;
  }
  return facts;
}

compiled_code device_code(const toolchain &tools, const kernel_source &source, const compile_target &target) {
  const work_folder folder;
  const std::string text = edited_for(target, source.intermediate(tools, target), source.locals());
  folder.write("kernels.ll", text);
  std::vector<std::string> words = {tools.clang(), "-x", "ir", "-O" + source.options().level};
  for (std::string &option : target.options()) words.push_back(std::move(option));
  for (std::string &option : builtins_for(tools, source, target, text, folder))
    words.push_back(std::move(option));
  if (target.kind == target_kind::hsaco)
    words.insert(words.end(), {"-Wl,--no-undefined", "-Wl,-s", "-Wl,--build-id=none"});
  else
    words.emplace_back(target.kind == target_kind::ptx ? "-S" : "-c");
  words.insert(words.end(), {"kernels.ll", "-o", "code"});
  run_compiler(words, folder.path());
  compiled_code made{folder.read("code"), {}};
  if (target.kind == target_kind::ptx) {
    expect_resolved(undefined_in_ptx({reinterpret_cast<const char *>(made.bytes.data()), made.bytes.size()}));
  }
  if (target.kind == target_kind::spirv) {
    spirv_facts facts = facts_of_spirv(made.bytes);
    expect_resolved(facts.undefined);
    run_compiler({tools.spirv_validator(), "--target-env", "spv" + target.name.substr(5), "code"},
                 folder.path());
    made.needs = std::move(facts.needs);
  }
  return made;
}

compiled_code source_code(const toolchain &tools, const kernel_source &source) {
  if (!source.is_opencl_c())
    throw error(status::invalid_module, "a driver that compiles itself takes OpenCL C, not C++ for OpenCL.");
  const std::string text = source.preprocessed(tools);
  const auto *from = reinterpret_cast<const std::byte *>(text.data());
  return {{from, from + text.size()}, {}};
}

}  // namespace

compiled_code compile_for(const toolchain &tools, const kernel_source &source, const compile_target &target) {
  switch (target.kind) {
    case target_kind::opencl_c:
      return source_code(tools, source);
    case target_kind::host:
      return {host_code(tools, source, target), {}};
    default:
      return device_code(tools, source, target);
  }
}

}  // namespace hal::rt
