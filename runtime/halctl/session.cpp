#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <string_view>

#include "hal/error.hpp"
#include "runtime/halctl/machine_archive.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/hardware.hpp"
#include "runtime/machine_layout.hpp"

namespace hal::ctl {
namespace {

std::chrono::milliseconds parse_deadline(const std::string &text) {
  double seconds = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (code != std::errc{} || stop != end || !(seconds >= 0.001 && seconds <= 3600)) {
    throw error(status::invalid_argument,
                fmt::format("'{}' is no deadline: a number of seconds, more than 0 and at most 3600.", text));
  }
  return std::chrono::milliseconds{std::lround(seconds * 1000)};
}

}  // namespace

session::session() = default;
session::~session() = default;

std::filesystem::path session::root_of(const std::string &given) const {
  const rt::machine_kind kind = rt::kind_of_machine(given);
  if (kind == rt::machine_kind::absent) {
    std::error_code code;
    const bool unknown = !std::filesystem::exists(given, code) && code;
    throw error(status::invalid_argument,
                fmt::format("The recorded machine '{}' {}.", given,
                            unknown ? "cannot be read: " + code.message() : "is not there"));
  }
  if (kind != rt::machine_kind::unknown) return given;
  std::unique_ptr<unpacked_machine> &unpacked = unpacked_[given];
  if (!unpacked) unpacked = std::make_unique<unpacked_machine>(given);
  const rt::machine_layout parts = rt::layout_of(unpacked->folder());
  return parts.root.empty() ? unpacked->folder() : parts.root;
}

runtime_options session::options() const {
  runtime_options options;
  for (std::string_view rest = plugin_path; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path folder(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!folder.is_absolute()) {
      throw error(status::invalid_argument,
                  fmt::format("'{}' in --plugin-path is no absolute path.", folder.string()));
    }
    options.plugin_path.push_back(folder);
  }
  options.only_plugin_path = !plugin_path.empty();
  options.machine = root_of(machine);
  if (!deadline.empty()) options.probe_deadline = parse_deadline(deadline);
  if (no_cache) options.cache = false;
  options.log = [](log_level level, std::string_view text) {
    if (level == log_level::error || level == log_level::warning) warn(text);
  };
  return options;
}

}  // namespace hal::ctl
