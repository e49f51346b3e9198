#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "hal/error.hpp"
#include "hal/hotplug.hpp"

namespace hal {

class device_watch::implementation {
 public:
  implementation(device_monitor monitor, std::function<void(const device_event &)> on_event)
      : monitor_(std::move(monitor)), on_event_(std::move(on_event)), end_(::eventfd(0, EFD_CLOEXEC)) {
    if (end_ < 0) {
      throw error(status::unavailable,
                  fmt::format("Devices cannot be watched: eventfd failed: {}.",
                              std::generic_category().message(errno)),
                  {}, errno);
    }
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error &failed) {
      ::close(end_);
      throw error(status::unavailable, fmt::format("No thread could be started: {}.", failed.what()));
    }
  }

  implementation(const implementation &) = delete;
  implementation &operator=(const implementation &) = delete;

  ~implementation() {
    ask_to_end();
    if (thread_.joinable()) thread_.join();
    ::close(end_);
  }

  void stop() {
    ask_to_end();
    if (std::this_thread::get_id() == thread_.get_id()) return;
    if (thread_.joinable()) thread_.join();
    if (auto failed = std::exchange(failed_, nullptr)) std::rethrow_exception(failed);
  }

 private:
  void ask_to_end() {
    ending_ = true;
    const std::uint64_t one = 1;
    while (::write(end_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void run() {
    try {
      while (!ending_) {
        if (const auto event = monitor_.next_event()) {
          on_event_(*event);
          continue;
        }
        pollfd both[] = {{monitor_.descriptor(), POLLIN, 0}, {end_, POLLIN, 0}};
        ::poll(both, 2, -1);
      }
    } catch (...) {
      failed_ = std::current_exception();
    }
  }

  device_monitor monitor_;
  std::function<void(const device_event &)> on_event_;
  int end_;
  std::atomic<bool> ending_ = false;
  std::exception_ptr failed_;  // read once the thread has ended
  std::thread thread_;
};

device_watch::device_watch(device_monitor monitor, std::function<void(const device_event &)> on_event)
    : self_(std::make_unique<implementation>(std::move(monitor), std::move(on_event))) {}
device_watch::device_watch(device_watch &&) noexcept = default;
device_watch::~device_watch() = default;

void device_watch::stop() {
  if (self_ != nullptr) self_->stop();
}

}  // namespace hal
