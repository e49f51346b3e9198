#include "runtime/probing/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string>

#include "hal/error.hpp"
#include "runtime/environment.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::hours{1};

milliseconds parse_deadline(const std::string &text) {
  double seconds = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  const double time = seconds * 1000;
  if (code != std::errc{} || stop != end || !(time >= 1) || time > static_cast<double>(longest.count())) {
    throw error(status::invalid_argument,
                fmt::format("HAL_PROBE_DEADLINE is '{}'; it must be a number of seconds, more than 0 and at "
                            "most {}.",
                            text, std::chrono::duration_cast<std::chrono::seconds>(longest).count()));
  }
  return milliseconds{std::lround(time)};
}

}  // namespace

probe_limits probe_limits_of(const runtime_options &options) {
  probe_limits limits;
  if (options.probe_deadline) {
    if (*options.probe_deadline <= milliseconds{0} || *options.probe_deadline > longest) {
      throw error(status::invalid_argument,
                  fmt::format("The deadline of a probe is {} ms; it must be more than 0 and at most {} ms.",
                              options.probe_deadline->count(), longest.count()));
    }
    limits.deadline = *options.probe_deadline;
  } else if (const auto variable = environment("HAL_PROBE_DEADLINE")) {
    limits.deadline = parse_deadline(*variable);
  }
  return limits;
}

fs::path cache_folder(const runtime_options &options) {
  if (options.cache && !*options.cache) return {};
  const auto variable = environment("HAL_CACHE");
  const std::string given = variable.value_or("");
  if (given.starts_with('/')) return given;
  if (given == "off" && !options.cache) return {};
  const auto under = [](const std::optional<std::string> &root, const char *rest) {
    return root && root->starts_with('/') ? fs::path(*root) / rest : fs::path();
  };
  const fs::path standard = under(environment("XDG_CACHE_HOME"), "hal");
  return standard.empty() ? under(environment("HOME"), ".cache/hal") : standard;
}

}  // namespace hal::rt
