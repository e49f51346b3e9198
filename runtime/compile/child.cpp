#include "runtime/compile/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

[[noreturn]] void cannot_start(const std::string &program, int code) {
  throw error(status::unavailable,
              fmt::format("{} cannot be run: {}.", program, std::generic_category().message(code)));
}

class channel {
 public:
  explicit channel(const std::string &program) {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) cannot_start(program, errno);
  }
  channel(const channel &) = delete;
  channel &operator=(const channel &) = delete;
  ~channel() {
    close_end(0);
    close_end(1);
  }

  int reading() const noexcept { return ends_[0]; }
  int writing() const noexcept { return ends_[1]; }
  void close_end(std::size_t which) noexcept {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }

  // Takes what is there; closes the end when nothing more comes.
  void read_into(std::string &text) {
    std::array<char, 65536>
        room;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    const ssize_t came = ::read(ends_[0], room.data(), room.size());
    if (came > 0)
      text.append(room.data(), static_cast<std::size_t>(came));
    else if (came == 0 || errno != EINTR)
      close_end(0);
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class spawn_plan {
 public:
  spawn_plan(int output, int errors, const std::filesystem::path &folder) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    if (!folder.empty()) ::posix_spawn_file_actions_addchdir_np(&files_, folder.c_str());
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  spawn_plan(const spawn_plan &) = delete;
  spawn_plan &operator=(const spawn_plan &) = delete;
  ~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }

  int start(pid_t &pid, char *const *words) const {
    return ::posix_spawnp(&pid, words[0], &files_, &attributes_, words, environ);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

int wait_for(pid_t pid) {
  int code = 0;
  while (::waitpid(pid, &code, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
}

}  // namespace

child_result run_child(const std::vector<std::string> &words, const std::filesystem::path &folder) {
  std::vector<char *> raw;
  for (const std::string &word : words) raw.push_back(const_cast<char *>(word.c_str()));
  raw.push_back(nullptr);

  channel output(words[0]);
  channel errors(words[0]);
  pid_t pid = 0;
  const int failed = spawn_plan(output.writing(), errors.writing(), folder).start(pid, raw.data());
  if (failed != 0) cannot_start(words[0], failed);
  output.close_end(1);
  errors.close_end(1);

  child_result result;
  while (output.reading() >= 0 || errors.reading() >= 0) {
    std::array<pollfd, 2> waiting = {{{output.reading(), POLLIN, 0}, {errors.reading(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (waiting[0].revents != 0) output.read_into(result.output);
    if (waiting[1].revents != 0) errors.read_into(result.errors);
  }
  result.status = wait_for(pid);
  return result;
}

}  // namespace hal::rt
