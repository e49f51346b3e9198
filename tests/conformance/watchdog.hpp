// Ends a run in which a case hangs, so that a plugin whose waits never end is a failure and no frozen
// terminal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace conformance {

class watchdog {
 public:
  // `expired` is called with the case's name on the watchdog's thread; it ends the process.
  watchdog(unsigned seconds, std::function<void(const std::string &)> expired)
      : limit_(seconds), expired_(std::move(expired)), thread_([this] { watch(); }) {}

  ~watchdog() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void begin(const std::string &name) {
    const std::lock_guard lock(mutex_);
    name_ = name;
    running_ = true;
    ++turn_;
    changed_.notify_all();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    running_ = false;
    changed_.notify_all();
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      changed_.wait(lock, [&] { return over_ || running_; });
      const auto turn = turn_;
      const auto left = [&] { return over_ || !running_ || turn_ != turn; };
      if (!over_ && !changed_.wait_for(lock, limit_, left)) expired_(name_);
    }
  }

  std::chrono::seconds limit_;
  std::function<void(const std::string &)> expired_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string name_;
  unsigned long turn_ = 0;
  bool running_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace conformance
