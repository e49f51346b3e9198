#include "runtime/compile/toolchain.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include "hal/error.hpp"
#include "runtime/compile/child.hpp"
#include "runtime/environment.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

// Debian counts one up each half year or so.
constexpr int newest_looked_for = 40;

[[noreturn]] void missing(const std::string &sentence) {
  throw error(status::not_found, sentence);
}

std::string in_path(const std::string &program) {
  std::istringstream folders(environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (folder.empty() || folder.front() != '/') continue;
    const fs::path file = fs::path(folder) / program;
    if (::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

// "Debian clang version 22.1.8 (...)": 22; nothing for another program.
std::optional<int> version_of(const std::string &clang) {
  const child_result said = run_child({clang, "--version"});
  constexpr std::string_view before = "clang version ";
  const std::size_t at = said.output.find(before);
  if (!said.ok() || at == std::string::npos) return std::nullopt;
  int major = 0;
  const char *from = said.output.data() + at + before.size();
  const auto [end, code] = std::from_chars(from, said.output.data() + said.output.size(), major);
  return code == std::errc{} && end != from ? std::optional(major) : std::nullopt;
}

std::string found_clang(int &major) {
  if (const auto named = environment("HAL_CLANG"); named && !named->empty()) {
    const auto version = version_of(*named);
    if (!version) missing(fmt::format("HAL_CLANG names '{}', which is no clang.", *named));
    if (*version < least_clang) {
      missing(
          fmt::format("HAL_CLANG names clang {}; kernels need clang {} or newer (Debian package clang-{}).",
                      *version, least_clang, least_clang));
    }
    major = *version;
    return *named;
  }
  std::vector<std::string> names;
  for (int number = least_clang; number <= newest_looked_for; ++number)
    names.push_back(fmt::format("clang-{}", number));
  names.emplace_back("clang");
  for (const std::string &name : names) {
    const std::string file = in_path(name);
    if (file.empty()) continue;
    const auto version = version_of(file);
    if (!version || *version < least_clang) continue;
    major = *version;
    return file;
  }
  missing(
      fmt::format("There is no clang {0} or newer to compile kernels with (Debian package clang-{0}); "
                  "HAL_CLANG names one that is not in PATH.",
                  least_clang));
}

}  // namespace

toolchain toolchain::find() {
  toolchain found;
  found.clang_ = found_clang(found.major_);
  const child_result said = run_child({found.clang_, "--print-targets"});
  std::istringstream lines(said.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    if (words >> first) found.architectures_.push_back(first);
  }
  return found;
}

bool toolchain::knows(std::string_view architecture) const {
  const std::string_view name = architecture == "x86_64" ? "x86-64" : architecture;
  return std::find(architectures_.begin(), architectures_.end(), name) != architectures_.end();
}

void toolchain::need(const compile_target &target) const {
  const std::string_view architecture = target.architecture();
  if (!architecture.empty() && !knows(architecture)) {
    missing(fmt::format("{} was built without the target {}, which {} needs (Debian's clang-{} has it).",
                        clang_, architecture, target.name, major_));
  }
  if (target.kind == target_kind::spirv) static_cast<void>(spirv_validator());
  for (const std::string_view file : target.libclc()) static_cast<void>(libclc(file));
  if (target.kind != target_kind::hsaco && target.kind != target_kind::host) return;
  const child_result said = run_child({clang_, "-print-prog-name=ld.lld"});
  const std::string linker = said.output.substr(0, said.output.find('\n'));
  if (linker.find('/') == std::string::npos && in_path(linker).empty())
    missing(fmt::format("There is no ld.lld to link {} with (Debian package lld-{}).", target.name, major_));
}

fs::path toolchain::libclc(std::string_view file) const {
  const child_result said = run_child({clang_, "-print-resource-dir"});
  const fs::path resources = said.output.substr(0, said.output.find('\n'));
  const fs::path own = resources.parent_path().parent_path().parent_path();
  for (const fs::path &folder : {resources / "lib" / "libclc", own / "lib" / "clc", own / "share" / "clc",
                                 fs::path("/usr/lib/clc"), fs::path("/usr/share/clc")}) {
    std::error_code ignored;
    if (fs::exists(folder / file, ignored)) return folder / file;
  }
  missing(
      fmt::format("libclc's {} with the built-in functions of OpenCL C is not installed (Debian packages "
                  "libclc-{} and libclc-{}-dev).",
                  file, major_, major_));
}

std::string toolchain::spirv_validator() const {
  const std::string file = in_path("spirv-val");
  if (file.empty()) missing("There is no spirv-val to check SPIR-V with (Debian package spirv-tools).");
  return file;
}

}  // namespace hal::rt
