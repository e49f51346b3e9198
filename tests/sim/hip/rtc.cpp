// The stand-in for libhiprtc.so: judges the source as far as it goes and answers a code object that was made
// before.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "plugins/hip/rtc.hpp"
#include "tests/sim/hip/config.hpp"

#define RTC_EXPORT extern "C" __attribute__((visibility("default")))

namespace rtc = hal::plugins::hip::rtc;

namespace hal::plugins::hip::rtc {

struct program_record {
  std::string source, log, code;
};

}  // namespace hal::plugins::hip::rtc

namespace {

rtc::result planned(const char *entry) {
  return static_cast<rtc::result>(sim::enter(sim::configuration().faults, entry));
}

// What a compiler would say; empty when it takes the source.
std::string judge(std::string_view source) {
  const std::size_t error = source.find("#error");
  if (error != std::string_view::npos) {
    const std::string_view line = source.substr(error, source.find('\n', error) - error);
    const auto number =
        std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(error), '\n') + 1;
    return "module.hip:" + std::to_string(number) + ": error: " + std::string(line.substr(7)) +
           "\n1 error generated.\n";
  }
  int depth = 0;
  for (const char c : source) {
    depth += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
    if (depth < 0 || c == '\0') break;
  }
  const std::size_t last = source.find_last_not_of(" \t\n");
  if (depth != 0 || last == std::string_view::npos || source[last] != '}' ||
      source.find("__global__") == std::string_view::npos)
    return "module.hip: error: expected a declaration\n1 error generated.\n";
  return {};
}

}  // namespace

RTC_EXPORT const char *hiprtcGetErrorString(rtc::result) {
  return planned("hiprtcGetErrorString") == rtc::success ? "told by the stand-in" : nullptr;
}

RTC_EXPORT rtc::result hiprtcCreateProgram(rtc::program *out, const char *source, const char *, int,
                                           const char *const *, const char *const *) {
  if (const auto code = planned("hiprtcCreateProgram"); code != rtc::success) return code;
  if (out == nullptr || source == nullptr) return rtc::invalid_input;
  *out = new rtc::program_record{source, {}, {}};
  return rtc::success;
}

RTC_EXPORT rtc::result hiprtcCompileProgram(rtc::program given, int count, const char *const *options) {
  if (const auto code = planned("hiprtcCompileProgram"); code != rtc::success) return code;
  bool has_target = false;
  for (int i = 0; i < count; ++i) {
    if (options[i][0] != '-') return rtc::invalid_option;
    has_target |= std::strncmp(options[i], "--offload-arch=gfx", 18) == 0;
  }
  given->log = has_target ? judge(given->source) : "error: no target was named\n";
  if (!given->log.empty()) return rtc::compilation;
  std::ifstream in(sim::configuration().rtc_code, std::ios::binary);
  given->code.assign(std::istreambuf_iterator<char>(in), {});
  given->log = "compiled by the stand-in\n";
  return rtc::success;
}

RTC_EXPORT rtc::result hiprtcDestroyProgram(rtc::program *given) {
  delete *given;
  *given = nullptr;
  return planned("hiprtcDestroyProgram");
}

RTC_EXPORT rtc::result hiprtcGetProgramLogSize(rtc::program given, std::size_t *out) {
  if (const auto code = planned("hiprtcGetProgramLogSize"); code != rtc::success) return code;
  *out = given->log.size() + 1;
  return rtc::success;
}

RTC_EXPORT rtc::result hiprtcGetProgramLog(rtc::program given, char *out) {
  if (const auto code = planned("hiprtcGetProgramLog"); code != rtc::success) return code;
  std::memcpy(out, given->log.c_str(), given->log.size() + 1);
  return rtc::success;
}

RTC_EXPORT rtc::result hiprtcGetCodeSize(rtc::program given, std::size_t *out) {
  if (const auto code = planned("hiprtcGetCodeSize"); code != rtc::success) return code;
  *out = given->code.size();
  return rtc::success;
}

RTC_EXPORT rtc::result hiprtcGetCode(rtc::program given, char *out) {
  if (const auto code = planned("hiprtcGetCode"); code != rtc::success) return code;
  if (!given->code.empty()) std::memcpy(out, given->code.data(), given->code.size());
  return rtc::success;
}
