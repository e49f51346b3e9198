#include "plugins/hip/rtc.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <sstream>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::hip::rtc {
namespace {

using plugin::failure;

entries find(const plugin::library &from) {
  const auto get = [&from](auto &entry, const char *name) {
    entry = reinterpret_cast<std::remove_reference_t<decltype(entry)>>(from.symbol(name));
  };
  entries all;
  get(all.get_error_string, "hiprtcGetErrorString");
  get(all.create_program, "hiprtcCreateProgram");
  get(all.compile_program, "hiprtcCompileProgram");
  get(all.destroy_program, "hiprtcDestroyProgram");
  get(all.get_log_size, "hiprtcGetProgramLogSize");
  get(all.get_log, "hiprtcGetProgramLog");
  get(all.get_code_size, "hiprtcGetCodeSize");
  get(all.get_code, "hiprtcGetCode");
  return all;
}

// Where the library is if it is beside the runtime: of the runtime's version, so that the two fit.
std::vector<std::string> places(const api &runtime) {
  const std::string folder = runtime.library.file.substr(0, runtime.library.file.rfind('/') + 1);
  return {fmt::format("{}libhiprtc.so.{}", folder, runtime.version / 1000), folder + "libhiprtc.so"};
}

// The first call that succeeds decides; what is installed later is found by the next one.
const entries &loaded(const api &runtime) {
  static std::mutex mutex;
  static entries all;
  const std::lock_guard lock(mutex);
  if (all.whole()) return all;
  all = find(runtime.library.handle);
  std::string reasons;
  for (const std::string &file : places(runtime)) {
    if (all.whole()) break;
    std::string why;
    all = find(plugin::library::load(file.c_str(), why));
    if (!why.empty()) reasons += " " + why + ".";
  }
  if (!all.whole()) {
    throw failure(HAL_STATUS_UNAVAILABLE,
                  fmt::format("hipRTC, which compiles HIP C++, cannot be loaded from beside {}.{}",
                              runtime.library.file, reasons));
  }
  return all;
}

struct owned_program {
  explicit owned_program(const entries &all) : api(all) {}
  ~owned_program() {
    if (handle != nullptr) api.destroy_program(&handle);
  }
  owned_program(const owned_program &) = delete;
  owned_program &operator=(const owned_program &) = delete;

  void check(result told, const char *call) const {
    if (told == success) return;
    const hal_status status = told == compilation      ? HAL_STATUS_COMPILATION_FAILED
                              : told == out_of_memory  ? HAL_STATUS_OUT_OF_HOST_MEMORY
                              : told == invalid_option ? HAL_STATUS_INVALID_ARGUMENT
                              : told == invalid_input  ? HAL_STATUS_INVALID_MODULE
                                                       : HAL_STATUS_INTERNAL;
    const char *text = api.get_error_string(told);
    throw failure(
        status,
        fmt::format("{} failed: {} ({}).", call, text == nullptr ? "no text" : text, static_cast<int>(told)),
        told);
  }

  const entries &api;
  program handle = nullptr;
};

std::string log_of(const owned_program &of) {
  std::size_t size = 0;
  if (of.api.get_log_size(of.handle, &size) != success || size == 0) return {};
  std::string text(size, '\0');
  if (of.api.get_log(of.handle, text.data()) != success) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

}  // namespace

bool is_there(const api &runtime) noexcept {
  if (runtime.library.handle.symbol("hiprtcCreateProgram") != nullptr) return true;
  try {
    const std::vector<std::string> files = places(runtime);
    return std::any_of(files.begin(), files.end(),
                       [](const std::string &file) { return ::access(file.c_str(), R_OK) == 0; });
  } catch (...) {
    return false;
  }
}

std::vector<std::byte> compile(const api &runtime, const std::string &source, const char *options,
                               const std::string &target, std::string &log) {
  owned_program made(loaded(runtime));
  made.check(made.api.create_program(&made.handle, source.c_str(), "module.hip", 0, nullptr, nullptr),
             "hiprtcCreateProgram");
  std::vector<std::string> words;
  if (options != nullptr) {
    std::istringstream given{std::string(options)};
    for (std::string word; given >> word;) words.push_back(word);
  }
  const bool has_target = std::any_of(words.begin(), words.end(), [](const std::string &word) {
    return word.starts_with("--offload-arch=") || word.starts_with("--gpu-architecture=");
  });
  if (!has_target) words.push_back("--offload-arch=" + target);
  std::vector<const char *> pointers;
  for (const std::string &word : words) pointers.push_back(word.c_str());
  const result compiled =
      made.api.compile_program(made.handle, static_cast<int>(pointers.size()), pointers.data());
  log = log_of(made);
  made.check(compiled, "hiprtcCompileProgram");
  std::size_t size = 0;
  made.check(made.api.get_code_size(made.handle, &size), "hiprtcGetCodeSize");
  std::vector<std::byte> code(size);
  made.check(made.api.get_code(made.handle, reinterpret_cast<char *>(code.data())), "hiprtcGetCode");
  return code;
}

}  // namespace hal::plugins::hip::rtc
