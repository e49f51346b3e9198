#include "plugins/host/queue.hpp"

#include <pthread.h>

#include <csignal>
#include <exception>
#include <string>
#include <system_error>

#include "plugins/host/device.hpp"

namespace hal::plugins::host {

struct alignas(queue::alignment) queue::chunk {
  static constexpr std::size_t room = std::size_t{64} << 10;

  std::atomic<std::size_t> end = SIZE_MAX;  // where the commands of a full chunk end
  chunk *next = nullptr;
  alignas(queue::alignment) std::byte bytes[room];
};

queue::queue(hal_device &device)
    : device_(device),
      worker_spin_(device.spin_limit()),
      caller_spin_(device.spin_limit()),
      last_(new chunk),
      first_(last_) {
  // The program's signals are for the program's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error &error) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    delete first_;
    throw failure(HAL_STATUS_RESOURCE_EXHAUSTED,
                  std::string("The thread of a stream could not be started: ") + error.what() +
                      "; the limits are RLIMIT_NPROC (ulimit -u) and pids.max of the control group.",
                  error.code().value());
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), "hal-host-stream");
}

queue::~queue() {
  close();
  while (first_ != nullptr) delete std::exchange(first_, first_->next);
  delete spare_.load();
}

void queue::close() {
  if (!thread_.joinable()) return;
  closing_.store(true, std::memory_order_seq_cst);
  wake_worker();
  thread_.join();
}

std::byte *queue::reserve(std::size_t stride) {
  if (stride > chunk::room) {
    throw failure(HAL_STATUS_INTERNAL, "A command of " + std::to_string(stride) + " bytes was submitted; " +
                                           std::to_string(chunk::room) + " fit into a queue's chunk.");
  }
  if (write_offset_ + stride > chunk::room) {
    chunk *next = spare_.exchange(nullptr, std::memory_order_acq_rel);
    if (next == nullptr) next = new chunk;
    next->end.store(SIZE_MAX, std::memory_order_relaxed);
    next->next = nullptr;
    last_->next = next;
    last_->end.store(write_offset_, std::memory_order_relaxed);
    last_ = next;
    write_offset_ = 0;
  }
  return last_->bytes + write_offset_;
}

void queue::publish(std::size_t stride) noexcept {
  write_offset_ += stride;
  submitted_.store(submitted_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  if (sleeping_.load(std::memory_order_seq_cst) != 0) wake_worker();
}

void queue::wake_worker() noexcept {
  work_epoch_.fetch_add(1, std::memory_order_seq_cst);
  futex_wake_all(&work_epoch_);
}

bool queue::wait(std::uint64_t target, const deadline &end) noexcept {
  if (completed_.reached(target)) return true;
  if (end.passed()) return false;
  if (caller_spin_.spin([&] { return completed_.reached(target); })) return true;
  return completed_.wait(target, end, [] { return false; });
}

void queue::work() noexcept {
  executor on(device_);
  for (std::uint64_t done = 0; wait_for_work(done);) {
    for (const std::uint64_t available = submitted(); done < available;) {
      run_next(on);
      completed_.advance(++done);
    }
  }
}

bool queue::wait_for_work(std::uint64_t done) noexcept {
  const auto ready = [&] { return submitted_.load(std::memory_order_seq_cst) != done; };
  if (worker_spin_.spin(ready)) return true;
  for (;;) {
    const std::uint32_t epoch = work_epoch_.load(std::memory_order_seq_cst);
    sleeping_.store(1, std::memory_order_seq_cst);
    if (ready()) {
      sleeping_.store(0, std::memory_order_relaxed);
      return true;
    }
    if (closing_.load(std::memory_order_seq_cst)) return false;
    futex_wait(work_epoch_, epoch, deadline::never());
  }
}

void queue::run_next(executor &on) noexcept {
  if (read_offset_ == first_->end.load(std::memory_order_relaxed)) {
    chunk *used = std::exchange(first_, first_->next);
    read_offset_ = 0;
    delete spare_.exchange(used, std::memory_order_acq_rel);
  }
  command *next = std::launder(reinterpret_cast<command *>(first_->bytes + read_offset_));
  read_offset_ += next->stride_;
  if (!device_.failed.failed()) {
    try {
      next->run(on);
    } catch (const failure &failed) {
      device_.fail(failed.status(), failed.what(), failed.native_code());
    } catch (const std::bad_alloc &) {
      device_.fail(HAL_STATUS_OUT_OF_HOST_MEMORY, "The host ran out of memory while submitted work ran.");
    } catch (const std::exception &unexpected) {
      device_.fail(HAL_STATUS_INTERNAL, unexpected.what());
    } catch (...) {
      device_.fail(HAL_STATUS_INTERNAL,
                   "Submitted work failed with an exception that is not a std::exception.");
    }
  }
  next->~command();
}

void queue::wait_for_other(const std::shared_ptr<queue> &other, std::uint64_t target) {
  if (other->completed_.reached(target)) return;
  {
    const std::lock_guard lock(other_mutex_);
    other_ = other;
  }
  if (!worker_spin_.spin([&] { return other->completed_.reached(target); })) {
    other->completed_.wait(target, deadline::never(), [&] { return device_.failed.failed(); });
  }
  const std::lock_guard lock(other_mutex_);
  other_.reset();
}

void queue::interrupt() noexcept {
  const std::lock_guard lock(other_mutex_);
  if (other_ != nullptr) other_->completed_.wake();
}

}  // namespace hal::plugins::host
