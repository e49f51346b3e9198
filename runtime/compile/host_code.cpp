#include "runtime/compile/host_code.hpp"

#include <filesystem>
#include <string>

#include "hal/error.hpp"
#include "runtime/compile/builtins.hpp"
#include "runtime/compile/ir_edit.hpp"
#include "runtime/compile/work_folder.hpp"

namespace hal::rt {
namespace {

// What compilers call behind the language's back. Every process on Linux has them; the module names the
// library, so that it is there for programs that are not linked with it.
constexpr std::string_view system_functions =
    "#define F(name) void name(void) {}\n"
    "F(fma) F(fmaf) F(floor) F(floorf) F(ceil) F(ceilf) F(trunc) F(truncf) F(rint) F(rintf) F(nearbyint)\n"
    "F(nearbyintf) F(round) F(roundf) F(roundeven) F(roundevenf) F(fmod) F(fmodf) F(sqrt) F(sqrtf) F(ldexp)\n"
    "F(ldexpf) F(fmin) F(fminf) F(fmax) F(fmaxf)\n";
constexpr std::string_view memory_functions =
    "#define F(name) void name(void) {}\n"
    "F(memcpy) F(memmove) F(memset) F(memcmp) F(__tls_get_addr)\n";

std::vector<std::string> compiler(const toolchain &tools, const compile_target &target) {
  std::vector<std::string> words = {tools.clang()};
  for (std::string &option : target.options()) words.push_back(std::move(option));
  return words;
}

// A library of that name to link with where the target's own is not installed.
void make_stub(const toolchain &tools, const compile_target &target, const work_folder &folder,
               const std::string &file, const std::string &name, std::string_view functions) {
  folder.write(file + ".c", functions);
  std::vector<std::string> words = compiler(tools, target);
  words.insert(words.end(), {"-x", "c", "-w", "-fno-builtin", "-shared", "-nostdlib", "-fuse-ld=lld",
                             "-Wl,-soname," + name, file + ".c", "-o", file});
  run_compiler(words, folder.path());
}

// With the plugin, or without where the path is empty.
void build(const toolchain &tools, const kernel_source &source, const compile_target &target,
           const work_folder &folder, const std::vector<std::string> &builtins,
           const std::filesystem::path &plugin) {
  const bool with_plugin = !plugin.empty();
  folder.write("module.c", host_module(source.kernels(), with_plugin));
  const std::string &level = source.options().level;
  std::vector<std::string> words = compiler(tools, target);
  words.insert(words.end(),
               {"-x", "c", "-std=c17", "-O" + (with_plugin && level == "0" ? "1" : level), "-I.",
                "-ffreestanding", "-fno-math-errno", "-fvisibility=hidden", "-ffunction-sections",
                "-fno-ident", "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-Xclang",
                "-mlink-builtin-bitcode", "-Xclang", "kernels.bc"});
  words.insert(words.end(), builtins.begin(), builtins.end());
  if (with_plugin) words.insert(words.end(), {"-DHAL_REGIONS", "-fpass-plugin=" + plugin.string()});
  words.insert(words.end(),
               {"module.c", "-o", "code", "-shared", "-nostdlib", "-fuse-ld=lld", "-Wl,-z,defs", "-Wl,-s",
                "-Wl,--build-id=none", "-Wl,--gc-sections", "-Wl,--as-needed", "-L.", "-lm", "-lc"});
  run_compiler(words, folder.path());
}

}  // namespace

std::vector<std::byte> host_code(const toolchain &tools, const kernel_source &source,
                                 const compile_target &target) {
  const work_folder folder;
  const std::string text = source.intermediate(tools, target);
  const std::string edited = with_safe_functions(edited_for(target, text, source.locals()));
  // The entries come of the text before the change: kernels are told by their calling convention.
  folder.write("kernels.ll", edited + host_entries(ir_text(text)));
  for (const own_source &file : own_sources()) folder.write(file.path, file.content);
  std::vector<std::string> assemble = compiler(tools, target);
  assemble.insert(assemble.end(),
                  {"-x", "ir", "-O1", "-Xclang", "-disable-llvm-passes", "-Wno-override-module", "-emit-llvm",
                   "-c", "kernels.ll", "-o", "kernels.bc"});
  run_compiler(assemble, folder.path());
  make_stub(tools, target, folder, "libm.so", "libm.so.6", system_functions);
  make_stub(tools, target, folder, "libc.so", "libc.so.6", memory_functions);

  const std::vector<std::string> builtins = builtins_for(tools, source, target, edited, folder);
  const std::filesystem::path plugin = source.options().fibers ? std::filesystem::path() : tools.plugin();
  if (!plugin.empty()) {
    try {
      build(tools, source, target, folder, builtins, plugin);
      return folder.read("code");
    } catch (const error &) {
      // Fibers can do what loops cannot, such as a barrier in a function that calls itself. What neither can
      // is said below.
    }
  }
  build(tools, source, target, folder, builtins, {});
  return folder.read("code");
}

}  // namespace hal::rt
