#include "runtime/hotplug/hotplug.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <system_error>
#include <utility>

#include "hal/error.hpp"

namespace hal {
namespace {

using clock = std::chrono::steady_clock;

class owned_descriptor {
 public:
  owned_descriptor(int value, const char *what) : value_(value) {
    if (value_ >= 0) return;
    const int code = errno;
    throw error(
        status::unavailable,
        fmt::format("Devices cannot be watched: {} failed: {}.", what, std::generic_category().message(code)),
        {}, code);
  }
  owned_descriptor(const owned_descriptor &) = delete;
  owned_descriptor &operator=(const owned_descriptor &) = delete;
  ~owned_descriptor() { ::close(value_); }
  int get() const noexcept { return value_; }

 private:
  int value_;
};

void set_timer(int descriptor, std::chrono::nanoseconds until) {
  // 0 would switch it off.
  until = std::max(until, std::chrono::nanoseconds(1));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(until);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (until - seconds).count();
  ::timerfd_settime(descriptor, 0, &when, nullptr);
}

void read_counter(int descriptor) {
  std::uint64_t ignored = 0;
  while (::read(descriptor, &ignored, sizeof ignored) < 0 && errno == EINTR) {
  }
}

}  // namespace

class device_monitor::implementation {
 public:
  implementation(std::unique_ptr<rt::uevent_source> source, rt::look_function look,
                 const monitor_options &options)
      : source_(std::move(source)),
        look_(std::move(look)),
        options_(options),
        all_(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"),
        timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create"),
        waiting_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd") {
    for (const int one : {source_->descriptor(), timer_.get(), waiting_.get()}) {
      epoll_event wanted{};
      wanted.events = EPOLLIN;
      if (::epoll_ctl(all_.get(), EPOLL_CTL_ADD, one, &wanted) != 0) {
        throw error(status::unavailable,
                    fmt::format("Devices cannot be watched: epoll_ctl failed: {}.",
                                std::generic_category().message(errno)),
                    {}, errno);
      }
    }
    seen_ = look_();
  }

  int descriptor() const noexcept { return all_.get(); }

  std::optional<device_event> next() {
    drain();
    if (!burst_.empty() && clock::now() >= due_) look_anew();
    if (events_.empty()) return std::nullopt;
    device_event first = std::move(events_.front());
    events_.pop_front();
    if (events_.empty()) read_counter(waiting_.get());
    return first;
  }

  std::vector<watched_device> known() const {
    std::vector<watched_device> all;
    for (const auto &[address, device] : seen_) all.push_back(device.device);
    return all;
  }

 private:
  // A stream of events that never ends does not keep the caller here for ever.
  static constexpr int most_at_once = 4096;

  void drain() {
    rt::uevent event;
    for (int count = 0; count < most_at_once; ++count) {
      const auto what = source_->read(event);
      if (what == rt::uevent_source::outcome::nothing) return;
      const bool first = burst_.empty();
      what == rt::uevent_source::outcome::overflow ? burst_.add_overflow() : burst_.add(event);
      if (burst_.empty()) continue;
      const auto now = clock::now();
      if (first) latest_ = now + options_.longest_wait;
      due_ = std::min(now + options_.quiet, latest_);
      set_timer(timer_.get(), due_ - now);
    }
  }

  void look_anew() {
    read_counter(timer_.get());
    rt::seen_devices now = look_();
    const bool was_empty = events_.empty();
    for (device_event &event : rt::changes(seen_, now, burst_, std::chrono::system_clock::now()))
      events_.push_back(std::move(event));
    seen_ = std::move(now);
    burst_.clear();
    const std::uint64_t one = 1;
    if (was_empty && !events_.empty()) {
      while (::write(waiting_.get(), &one, sizeof one) < 0 && errno == EINTR) {
      }
    }
  }

  std::unique_ptr<rt::uevent_source> source_;
  rt::look_function look_;
  monitor_options options_;
  owned_descriptor all_;
  owned_descriptor timer_;    // when the burst is to be looked at
  owned_descriptor waiting_;  // readable while events_ has something
  rt::seen_devices seen_;
  rt::burst burst_;
  clock::time_point due_;
  clock::time_point latest_;
  std::deque<device_event> events_;
};

device_monitor::device_monitor(std::unique_ptr<implementation> self) noexcept : self_(std::move(self)) {}
device_monitor::device_monitor(device_monitor &&) noexcept = default;
device_monitor &device_monitor::operator=(device_monitor &&) noexcept = default;
device_monitor::~device_monitor() = default;

int device_monitor::descriptor() const noexcept {
  return self_ == nullptr ? -1 : self_->descriptor();
}

std::optional<device_event> device_monitor::next_event() {
  if (self_ == nullptr) throw error(status::invalid_handle, "The monitor is empty: it was moved from.");
  return self_->next();
}

std::optional<device_event> device_monitor::wait_for(std::chrono::milliseconds longest) {
  const auto end = clock::now() + longest;
  for (;;) {
    if (auto event = next_event()) return event;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd one{descriptor(), POLLIN, 0};
    ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
  }
}

std::vector<watched_device> device_monitor::known() const {
  return self_ == nullptr ? std::vector<watched_device>() : self_->known();
}

namespace rt {

device_monitor make_monitor(std::unique_ptr<uevent_source> source, look_function look,
                            const monitor_options &options) {
  return device_monitor(
      std::make_unique<device_monitor::implementation>(std::move(source), std::move(look), options));
}

}  // namespace rt
}  // namespace hal
