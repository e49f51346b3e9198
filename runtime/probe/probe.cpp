// hal-probe: loads one plugin, asks it for its devices and writes the answer to descriptor 3
// (runtime/probing/report.hpp). The library starts it, one for each plugin; it is no program for people.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <mutex>
#include <string_view>

#include "devices/describe.hpp"
#include "hal/error.hpp"
#include "runtime/plugin_module.hpp"
#include "runtime/probe/sanitizers.hpp"
#include "runtime/probing/report.hpp"

namespace hal::rt {
namespace {

constexpr int answer_descriptor = 3;

// Frames whole and one after the other, whichever thread of the plugin's talks.
class answer {
 public:
  void put(std::string_view frame) {
    const std::lock_guard lock(mutex_);
    while (!frame.empty()) {
      const ssize_t written = ::write(answer_descriptor, frame.data(), frame.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) ::_exit(1);  // nobody reads
      frame.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void log(log_level level, std::string_view text) {
    if (lines_.fetch_add(1) < most_log_lines) put(log_frame(level, text));
  }
  // Not by exit(): what the vendor's library left to do at the end is not wanted, and may hang.
  [[noreturn]] void end(std::string_view frame) {
    put(frame);
    ::_exit(0);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::size_t> lines_ = 0;
};

answer &to_parent() {
  static auto *const only = new answer;  // a thread of the plugin's may log until the end
  return *only;
}

// False when the parent has gone already.
bool stay_child_of(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == parent;
}

void prepare() {
  ::fcntl(answer_descriptor, F_SETFD, FD_CLOEXEC);
  // 1 and not 0: that also keeps the kernel from handing the dump to a program (core(5), "|").
  const rlimit no_dump{1, 1};
  ::setrlimit(RLIMIT_CORE, &no_dump);
  // When memory runs out, this process goes and not the one that asked.
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t ignored = ::write(file, "1000", 4);
    ::close(file);
  }
}

void describe_all(const plugin_module &module, const std::string &name, std::uint32_t count) {
  std::uint32_t described = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    try {
      to_parent().put(device_frame(devices::describe(module.table(), index)));
      ++described;
    } catch (const error &wrong) {
      // A device that cannot be described does not hide the plugin's others.
      if (index + 1 == count && described == 0) throw;
      to_parent().put(
          warning_frame(fmt::format("The device {}:{} is left out, because the plugin cannot describe it: {}",
                                    name, index, wrong.what())));
    }
  }
}

[[noreturn]] void fail(probe_verdict verdict, const error &why) {
  to_parent().end(refusal_frame(verdict, why.status(), why.native_code(), why.what()));
}

[[noreturn]] void probe(const char *library, const char *name) {
  discovery::manifest manifest;
  manifest.name = name;
  std::shared_ptr<const plugin_module> module;
  try {
    to_parent().put(phase_frame(probe_phase::loading));
    module = plugin_module::load(
        manifest, library, [](log_level level, std::string_view text) { to_parent().log(level, text); },
        [] { to_parent().put(phase_frame(probe_phase::asking)); });
  } catch (const error &wrong) {
    fail(probe_verdict::refused, wrong);
  }
  try {
    to_parent().put(phase_frame(probe_phase::probing));
    const std::uint32_t count = module->probe();
    if (count > most_devices) {
      throw error(status::internal,
                  fmt::format("The plugin '{}' tells of {} devices; the most that is believed is {}.", name,
                              count, most_devices));
    }
    to_parent().put(phase_frame(probe_phase::describing));
    describe_all(*module, manifest.name, count);
  } catch (const error &wrong) {
    fail(probe_verdict::probe_failed, wrong);
  }
  to_parent().end(answer_frame(module->version()));
}

}  // namespace
}  // namespace hal::rt

int main(int count, char **words) {
  using namespace hal::rt;
  pid_t parent = 0;
  if (count != 4 || std::from_chars(words[1], words[1] + std::strlen(words[1]), parent).ec != std::errc{}) {
    constexpr std::string_view text = "hal-probe is started by the HAL's library; see docs/probing.md.\n";
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
    return 2;
  }
  if (!stay_child_of(parent)) return 1;
  prepare();
  probe(words[2], words[3]);
}
