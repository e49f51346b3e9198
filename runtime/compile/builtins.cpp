#include "runtime/compile/builtins.hpp"

#include <fmt/format.h>

#include <initializer_list>

#include "hal/error.hpp"
#include "runtime/compile/ir_edit.hpp"

namespace hal::rt {
namespace {

constexpr own_source sources[] = {
#include "own_sources.inc"
};

const own_source &source_of(std::string_view path) {
  for (const own_source &known : sources) {
    if (known.path == path) return known;
  }
  throw error(status::internal, fmt::format("'{}' is no part of this library.", path));
}

// Whether the text declares a function whose mangled name holds one of the words.
bool declares(std::string_view text, std::initializer_list<std::string_view> words) {
  constexpr std::string_view mark = "\ndeclare ";
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    const std::string_view line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    const std::size_t symbol = line.find("@_Z");
    if (symbol == std::string_view::npos) continue;
    const std::string_view name = symbol_at(line, symbol);
    for (const std::string_view word : words) {
      if (name.find(word) != std::string_view::npos) return true;
    }
  }
  return false;
}

// builtins.cl takes longer to compile than most kernels. PTX always needs it, for libclc's get_global_id.
bool needs_builtins(const compile_target &target, std::string_view text) {
  return target.kind == target_kind::ptx ||
         declares(text, {"atom", "fence", "barrier", "linear_id", "enqueued", "work_dim", "global_offset",
                         "async_", "prefetch", "_Z3any", "_Z3all"});
}

std::string compiled(const toolchain &tools, const compile_target &target, const std::string &name,
                     front_options options, const work_folder &folder) {
  const own_source &from = source_of("runtime/compile/" + name + ".cl");
  folder.write(name + ".cl", from.content);
  const std::string text = front_end_text(tools, target, folder.path() / (name + ".cl"), options);
  folder.write(name + ".ll", edited_for(target, text, {}, true));
  std::vector<std::string> words = {tools.clang(), "-x", "ir", "-O1"};
  for (std::string &option : target.options()) words.push_back(std::move(option));
  words.insert(words.end(), {"-Xclang", "-disable-llvm-passes", "-Wno-override-module", "-emit-llvm", "-c",
                             name + ".ll", "-o", name + ".bc"});
  run_compiler(words, folder.path());
  return name + ".bc";
}

}  // namespace

std::span<const own_source> own_sources() {
  return sources;
}

std::vector<std::string> builtins_for(const toolchain &tools, const kernel_source &source,
                                      const compile_target &target, std::string_view text,
                                      const work_folder &folder) {
  front_options options;
  options.level = source.options().level;
  for (const std::string_view lack : target.lacks()) options.defines.push_back(fmt::format("LACKS_{}", lack));
  std::vector<std::string> files;
  const bool has_half = target.kind == target_kind::hsaco || target.kind == target_kind::spirv;
  if (!has_half && declares(text, {"Dh"}))
    files.push_back(compiled(tools, target, "builtins_half", options, folder));
  if (declares(text, {"hal_safe_"}))
    files.push_back(compiled(tools, target, "builtins_math", options, folder));
  if (!target.libclc().empty() && declares(text, {"tgamma", "_rtn", "_rtp"}))
    files.push_back(compiled(tools, target, "builtins_mended", options, folder));
  const bool more = needs_builtins(target, text);
  if (more) files.push_back(compiled(tools, target, "builtins", options, folder));
  for (const std::string_view file : target.libclc()) files.push_back(tools.libclc(file).string());
  // Only what is called so far is taken from each file: once more for what libclc calls.
  if (more) files.emplace_back("builtins.bc");
  std::vector<std::string> words = {"-Wno-linker-warnings", "-Wno-override-module"};
  for (std::string &file : files)
    words.insert(words.end(), {"-Xclang", "-mlink-builtin-bitcode", "-Xclang", std::move(file)});
  return words;
}

}  // namespace hal::rt
