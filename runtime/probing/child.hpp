// One child process that runs hal-probe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace hal::rt {

struct probe_request {
  std::string name;               // the plugin's
  std::filesystem::path library;  // absolute
};

// How a child ended, as far as the system tells.
struct child_end {
  bool known = false;  // false: somebody else collected it, or the program ignores SIGCHLD
  bool by_signal = false;
  int number = 0;  // of the signal, or the exit status
};

// It has a session of its own, so that what it starts goes with it; no descriptor but the pipe; standard
// streams that lead nowhere; every signal as at the start of a program. Only its own process id is ever
// waited for, so that the caller's other children and its handling of SIGCHLD are left alone.
class probe_child {
 public:
  using clock = std::chrono::steady_clock;

  // Throws hal::error, unavailable, when it cannot be started.
  probe_child(const std::filesystem::path &helper, const probe_request &request, std::size_t index);
  probe_child(const probe_child &) = delete;
  probe_child &operator=(const probe_child &) = delete;
  // Closes what is open. Whoever starts it ends it and collects it.
  ~probe_child();

  std::size_t index() const noexcept { return index_; }
  clock::time_point started() const noexcept { return started_; }
  int pipe() const noexcept { return pipe_; }   // -1 once nothing more can come
  int exit() const noexcept { return pidfd_; }  // readable when it has ended; -1 where the kernel has none
  const std::string &bytes() const noexcept { return bytes_; }
  bool flooded() const noexcept;

  // Takes what has come, without waiting.
  void read();
  // Whether it has ended; it stays to be collected.
  std::optional<child_end> ended() const;

  // Sends the signal to it and to all that it started. Only before it is collected: afterwards its number may
  // be another process's.
  void signal(int number) const noexcept;
  // Lets the system forget it, when it has ended. False: it has not.
  bool collect() noexcept;

 private:
  std::size_t index_;
  clock::time_point started_ = clock::now();
  pid_t pid_ = -1;
  int pipe_ = -1;
  int pidfd_ = -1;
  bool collected_ = false;
  std::string bytes_;
};

}  // namespace hal::rt
