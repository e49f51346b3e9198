// What a probe in a child process tells, and how it crosses the pipe.
//
// The answer is a row of frames: a header (magic number, version, kind, size) and that many bytes, in the
// byte order of this machine, because it never leaves it. Frames come in the order of the work, so that a
// child that dies has said how far it got. The last one is the verdict; nothing follows it. The reader trusts
// nothing: what is not exactly as written here is damage, with a sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/device_info.hpp"
#include "hal/runtime.hpp"
#include "hal/status.hpp"

namespace hal::rt {

// A plugin that claims more devices than this is not believed.
inline constexpr std::uint32_t most_devices = 65536;
// A child that writes more than this is stopped.
inline constexpr std::size_t most_report_bytes = std::size_t{16} << 20;
// Of what a plugin says to the log while it is probed, this much is kept.
inline constexpr std::size_t most_log_lines = 256;
inline constexpr std::size_t most_text_bytes = 4096;

enum class probe_phase : std::uint8_t {
  starting,    // the child has not said anything
  loading,     // the dynamic linker and static constructors
  asking,      // hal_plugin_query
  probing,     // hal_plugin.probe
  describing,  // hal_plugin.describe
};

// As the end of a sentence: "while its library was loaded".
std::string_view to_string(probe_phase phase) noexcept;

enum class probe_verdict {
  none,         // the child did not get so far
  answered,     // with devices, or with none
  refused,      // not loaded, or not accepted
  probe_failed  // accepted, and its probe or all of its descriptions failed
};

struct probe_report {
  probe_phase phase = probe_phase::starting;  // the last one that began
  probe_verdict verdict = probe_verdict::none;
  status code = status::ok;      // when refused or failed
  std::int64_t native_code = 0;  // likewise
  std::string text;              // likewise: why
  std::string version;           // of the plugin, when it answered
  std::vector<device_info> devices;
  std::vector<std::string> warnings;  // devices that it has and cannot describe
  std::vector<std::pair<log_level, std::string>> log;
};

// Frames, for the child.
std::string phase_frame(probe_phase phase);
std::string log_frame(log_level level, std::string_view text);
std::string device_frame(const device_info &info);
std::string warning_frame(std::string_view text);
std::string answer_frame(std::string_view version);
std::string refusal_frame(probe_verdict verdict, status code, std::int64_t native_code,
                          std::string_view text);

struct read_report {
  probe_report report;
  std::string damage;  // what is wrong with the bytes, as the end of a sentence; empty: nothing
};

// Reads what came, for the parent. Bytes that end before the verdict are no damage: the verdict is `none`.
// Texts are printable afterwards, and the devices are `plugin`'s. Throws only std::bad_alloc.
read_report read_frames(std::string_view bytes, std::string_view plugin);

}  // namespace hal::rt
