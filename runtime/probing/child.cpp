#include "runtime/probing/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/probing/report.hpp"

namespace hal::rt {
namespace {

constexpr int answer_descriptor = 3;

[[noreturn]] void cannot_start(const std::filesystem::path &helper, int code) {
  throw error(status::unavailable, fmt::format("{} cannot be started to ask the plugin for its devices: {}.",
                                               helper.string(), std::generic_category().message(code)));
}

// What the child begins with.
class spawn_plan {
 public:
  explicit spawn_plan(int answer) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    // The answer first: its descriptor may be one of 0 to 2 where the caller has closed those.
    ::posix_spawn_file_actions_adddup2(&files_, answer, answer_descriptor);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, answer_descriptor + 1);
    sigset_t signals;
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  }
  spawn_plan(const spawn_plan &) = delete;
  spawn_plan &operator=(const spawn_plan &) = delete;
  ~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }

  int start(pid_t &pid, const char *program, char *const *words) const {
    return ::posix_spawn(&pid, program, &files_, &attributes_, words, environ);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

probe_child::probe_child(const std::filesystem::path &helper, const probe_request &request, std::size_t index)
    : index_(index) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) cannot_start(helper, errno);
  const std::string parent = std::to_string(::getpid());
  const std::string library = request.library.string();
  const std::array<const char *, 5> words = {"hal-probe", parent.c_str(), library.c_str(),
                                             request.name.c_str(), nullptr};
  const int failed = spawn_plan(ends[1]).start(pid_, helper.c_str(), const_cast<char *const *>(words.data()));
  ::close(ends[1]);
  if (failed != 0) {
    ::close(ends[0]);
    cannot_start(helper, failed);
  }
  pipe_ = ends[0];
  ::fcntl(pipe_, F_SETFL, O_NONBLOCK);
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

probe_child::~probe_child() {
  if (pipe_ >= 0) ::close(pipe_);
  if (pidfd_ >= 0) ::close(pidfd_);
}

bool probe_child::flooded() const noexcept {
  return bytes_.size() > most_report_bytes;
}

void probe_child::read() {
  std::array<char, 65536> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  while (pipe_ >= 0 && !flooded()) {
    const ssize_t came = ::read(pipe_, room.data(), room.size());
    if (came > 0) {
      bytes_.append(room.data(), static_cast<std::size_t>(came));
    } else if (came == 0 || (errno != EAGAIN && errno != EINTR)) {
      ::close(pipe_);
      pipe_ = -1;
    } else if (errno == EAGAIN) {
      break;
    }
  }
}

std::optional<child_end> probe_child::ended() const {
  siginfo_t facts{};
  int code = 0;
  do {
    code = ::waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT);
  } while (code != 0 && errno == EINTR);
  if (code != 0) return child_end{};
  if (facts.si_pid == 0) return std::nullopt;
  return child_end{true, facts.si_code != CLD_EXITED, facts.si_status};
}

void probe_child::signal(int number) const noexcept {
  if (collected_) return;
  siginfo_t facts{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT) != 0) return;
  ::kill(-pid_, number);
}

bool probe_child::collect() noexcept {
  if (collected_) return true;
  pid_t answered = 0;
  do {
    answered = ::waitpid(pid_, nullptr, WNOHANG);
  } while (answered < 0 && errno == EINTR);
  collected_ = answered != 0;
  return collected_;
}

}  // namespace hal::rt
