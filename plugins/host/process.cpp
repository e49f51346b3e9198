#include "plugins/host/process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

#include "plugins/host/device.hpp"
#include "plugins/host/files.hpp"

namespace hal::plugins::host {
namespace {

constinit std::atomic<bool> probed = false;

constinit std::mutex device_mutex;
constinit hal_device *first_device = nullptr;

constinit std::mutex pin_mutex;
constinit pinned_range *first_pinned = nullptr;

constinit std::mutex counter_mutex;
constinit machine_counters last_counters;

// System calls, because sanitizers replace the functions by ones that do nothing.
bool lock_pages(void *address, std::size_t size) noexcept {
  return syscall(SYS_mlock, address, size) == 0;
}
void unlock_pages(std::uintptr_t begin, std::uintptr_t end) noexcept {
  syscall(SYS_munlock, begin, end - begin);
}

[[noreturn]] void throw_pin_failure(std::size_t size, int error) {
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  const auto status = file_tree().text("/proc/self/status");
  const auto locked = status ? value_of(*status, "VmLck") : std::nullopt;
  if (limit.rlim_cur == RLIM_INFINITY) {
    throw plugin::failure(HAL_STATUS_RESOURCE_EXHAUSTED,
                          fmt::format("Pinning {} bytes failed (errno {}) although locked memory is not "
                                      "limited (RLIMIT_MEMLOCK); the system has no more pages to lock.",
                                      size, error),
                          error);
  }
  throw plugin::failure(
      HAL_STATUS_RESOURCE_EXHAUSTED,
      fmt::format("Pinning {} bytes failed (errno {}): the limit on locked memory (RLIMIT_MEMLOCK) is {} "
                  "bytes, of which {} are in use. Raise it with 'ulimit -l', memlock in "
                  "/etc/security/limits.conf or LimitMEMLOCK= of the systemd unit.",
                  size, error, limit.rlim_cur, locked ? std::string(*locked) : "an unknown part"),
      error);
}

}  // namespace

void note_probe() noexcept {
  probed.store(true, std::memory_order_release);
}
bool was_probed() noexcept {
  return probed.load(std::memory_order_acquire);
}

void add_device(hal_device &device) noexcept {
  const std::lock_guard lock(device_mutex);
  device.next_open = std::exchange(first_device, &device);
}

bool is_open(const hal_device *device) noexcept {
  const std::lock_guard lock(device_mutex);
  for (const hal_device *open = first_device; open != nullptr; open = open->next_open) {
    if (open == device) return true;
  }
  return false;
}

void remove_device(hal_device &device) noexcept {
  const std::lock_guard lock(device_mutex);
  for (hal_device **link = &first_device; *link != nullptr; link = &(*link)->next_open) {
    if (*link != &device) continue;
    *link = device.next_open;
    break;
  }
  for (hal_device *open = first_device; open != nullptr; open = open->next_open) open->forget_peer(device);
}

std::vector<std::shared_ptr<queue>> queues_reaching(const hal_device &device) {
  std::vector<std::shared_ptr<queue>> found = device.queues();
  const std::lock_guard lock(device_mutex);
  for (const hal_device *open = first_device; open != nullptr; open = open->next_open) {
    if (!open->reaches(device)) continue;
    for (auto &other : open->queues()) found.push_back(std::move(other));
  }
  return found;
}

void pinned_range::pin(void *address, std::size_t size) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(address);
  const std::lock_guard lock(pin_mutex);
  if (!lock_pages(address, size)) {
    const int error = errno;
    begin_ = start & ~(page - 1);
    end_ = (start + size + page - 1) & ~(page - 1);
    unlock_alone();
    begin_ = end_ = 0;
    throw_pin_failure(size, error);
  }
  begin_ = start & ~(page - 1);
  end_ = (start + size + page - 1) & ~(page - 1);
  next_ = std::exchange(first_pinned, this);
}

void pinned_range::release() noexcept {
  if (begin_ == end_) return;
  const std::lock_guard lock(pin_mutex);
  for (pinned_range **link = &first_pinned; *link != nullptr; link = &(*link)->next_) {
    if (*link != this) continue;
    *link = next_;
    break;
  }
  unlock_alone();
  begin_ = end_ = 0;
}

void pinned_range::unlock_alone() const noexcept {
  for (std::uintptr_t at = begin_; at < end_;) {
    std::uintptr_t next = end_;
    std::uintptr_t covered = at;
    for (const pinned_range *other = first_pinned; other != nullptr; other = other->next_) {
      if (other->begin_ <= at && at < other->end_) covered = std::max(covered, other->end_);
      if (other->begin_ > at) next = std::min(next, other->begin_);
    }
    if (covered > at) {
      at = covered;
      continue;
    }
    unlock_pages(at, next);
    at = next;
  }
}

machine_counters exchange_counters(const machine_counters &reading) noexcept {
  const std::lock_guard lock(counter_mutex);
  return std::exchange(last_counters, reading);
}

}  // namespace hal::plugins::host
