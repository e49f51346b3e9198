#include "runtime/compile/target.hpp"

#include <fmt/format.h>

#include <fmt/ranges.h>
#include <algorithm>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

struct ptx_version {
  std::string_view architecture;
  std::string_view feature;
};

// The oldest PTX version that knows the architecture ("PTX ISA", release notes: "Target ISA Notes" of
// .target): the older the version, the more drivers take it.
constexpr ptx_version ptx_versions[] = {
    {"sm_50", "ptx42"},   {"sm_52", "ptx42"},   {"sm_53", "ptx42"},   {"sm_60", "ptx50"},
    {"sm_61", "ptx50"},   {"sm_62", "ptx50"},   {"sm_70", "ptx60"},   {"sm_72", "ptx61"},
    {"sm_75", "ptx63"},   {"sm_80", "ptx70"},   {"sm_86", "ptx71"},   {"sm_87", "ptx74"},
    {"sm_89", "ptx78"},   {"sm_90", "ptx78"},   {"sm_90a", "ptx80"},  {"sm_100", "ptx86"},
    {"sm_100a", "ptx86"}, {"sm_100f", "ptx88"}, {"sm_103", "ptx88"},  {"sm_103a", "ptx88"},
    {"sm_103f", "ptx88"}, {"sm_120", "ptx87"},  {"sm_120a", "ptx87"}, {"sm_120f", "ptx88"},
    {"sm_121", "ptx88"},  {"sm_121a", "ptx88"}, {"sm_121f", "ptx88"},
};

constexpr std::string_view host_names[] = {"x86-64",    "x86-64-v2", "x86-64-v3",
                                           "x86-64-v4", "aarch64",   "riscv64"};
constexpr std::string_view spirv_versions[] = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"};

// Intel's and the portable drivers have taken it since OpenCL 2.2 and Level Zero 1.0.
constexpr std::string_view usual_spirv = "1.2";

template <typename List>
bool holds(const List &list, std::string_view wanted) {
  return std::find(std::begin(list), std::end(list), wanted) != std::end(list);
}

const ptx_version *version_for(std::string_view architecture) {
  const auto at = std::find_if(std::begin(ptx_versions), std::end(ptx_versions),
                               [&](const ptx_version &known) { return known.architecture == architecture; });
  return at == std::end(ptx_versions) ? nullptr : at;
}

bool is_processor(std::string_view text) {
  if (!text.starts_with("gfx")) return false;
  const auto digits = text.substr(3, text.find(':') - 3);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

}  // namespace

std::string_view compile_target::format() const noexcept {
  constexpr std::string_view formats[] = {"ptx", "hsaco", "spirv", "elf", "opencl-c"};
  return formats[static_cast<std::size_t>(kind)];
}

std::string_view compile_target::architecture() const noexcept {
  switch (kind) {
    case target_kind::ptx:
      return "nvptx64";
    case target_kind::hsaco:
      return "amdgcn";
    case target_kind::host:
      if (name.starts_with("x86-64")) return "x86_64";
      return name;
    default:
      return "spirv64";
  }
}

// The one for nvptx64 without a vendor holds nothing of NVIDIA's: plain 64-bit code, private memory in
// address space 0, which is what a CPU has. That of NVIDIA comes second: its mathematics needs a library of
// the vendor.
std::vector<std::string_view> compile_target::libclc() const {
  switch (kind) {
    case target_kind::ptx:
      return {"nvptx64--.bc", "nvptx64--nvidiacl.bc"};
    case target_kind::hsaco:
      return {"amdgcn-amd-amdhsa.bc"};
    case target_kind::host:
      return {"nvptx64--.bc"};
    default:
      return {};
  }
}

std::vector<std::string_view> compile_target::lacks() const {
  switch (kind) {
    case target_kind::ptx:
      return {"LINEAR_IDS", "WORK_DIMENSIONS", "ATOMICS"};
    case target_kind::hsaco:
      return {"LINEAR_IDS"};
    case target_kind::spirv:
      return {"FENCES", "OLD_ATOMICS"};
    case target_kind::host:
      return {"ATOMICS", "COPIES", "SPACES"};
    default:
      return {};
  }
}

std::vector<std::string> compile_target::options() const {
  switch (kind) {
    case target_kind::ptx:
      return {"--target=nvptx64-unknown-nvidiacl", "-march=" + name,
              fmt::format("--cuda-feature=+{}", version_for(name)->feature), "-nogpulib"};
    case target_kind::hsaco:
      // Version 6, the default, is refused by older runtimes.
      return {"--target=amdgcn-amd-amdhsa", "-mcpu=" + name, "-mcode-object-version=5", "-nogpulib"};
    case target_kind::spirv:
      return {fmt::format("--target=spirv64v{}-unknown-unknown", std::string_view(name).substr(5))};
    case target_kind::opencl_c:
      return {"--target=spirv64-unknown-unknown"};
    case target_kind::host:
      break;
  }
  std::vector<std::string> all = {fmt::format("--target={}-unknown-linux-gnu", architecture()), "-fPIC"};
  if (name.starts_with("x86-64")) all.push_back("-march=" + name);
  if (name == "riscv64") all.emplace_back("-march=rv64gc");
  return all;
}

std::vector<std::string> compile_target::front_end_options() const {
  if (kind != target_kind::host) return options();
  const std::string_view macro = architecture() == "x86_64"    ? "__x86_64__"
                                 : architecture() == "aarch64" ? "__aarch64__"
                                                               : "__riscv";
  return {"--target=wasm64-unknown-unknown", "-U__wasm", "-U__wasm__", "-U__wasm64__",
          fmt::format("-D{}=1", macro)};
}

compile_target parse_compile_target(std::string_view text) {
  if (text == "opencl-c") return {"", target_kind::opencl_c};
  if (holds(host_names, text)) return {std::string(text), target_kind::host};
  if (version_for(text) != nullptr) return {std::string(text), target_kind::ptx};
  if (is_processor(text)) return {std::string(text), target_kind::hsaco};
  if (text == "spirv") return {fmt::format("spirv{}", usual_spirv), target_kind::spirv};
  if (text.starts_with("spirv") && holds(spirv_versions, text.substr(5)))
    return {std::string(text), target_kind::spirv};
  throw error(status::invalid_argument,
              fmt::format("'{}' is no target to compile for; there are sm_50 to sm_121f, gfx*, spirv1.0 to "
                          "spirv1.6, {} and opencl-c.",
                          text, fmt::join(host_names, ", ")));
}

std::vector<compile_target> parse_compile_targets(std::string_view text) {
  std::vector<compile_target> all;
  while (true) {
    const std::size_t end = std::min(text.find(','), text.size());
    compile_target next = parse_compile_target(text.substr(0, end));
    if (std::find(all.begin(), all.end(), next) == all.end()) all.push_back(std::move(next));
    if (end == text.size()) return all;
    text.remove_prefix(end + 1);
  }
}

}  // namespace hal::rt
