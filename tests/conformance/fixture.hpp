// Owners for the objects of the boundary, so that a case says only what it tests. Constructors end the case
// when they fail; destructors give back what is still owned and report when that fails.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/expect.hpp"
#include "tests/conformance/subject.hpp"

namespace conformance {

// How long a wait for work that must end may take, in nanoseconds: only so long that a hang is a failure.
std::uint64_t patience();
void set_patience(unsigned seconds);

// An opening of the device under test. Closing it reports what a case left behind.
class opened_device {
 public:
  explicit opened_device(std::uint32_t index = the_subject().index());
  ~opened_device();
  opened_device(const opened_device &) = delete;
  opened_device &operator=(const opened_device &) = delete;

  operator hal_device *() const { return handle_; }
  hal_device *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *handle_ = nullptr;
};

class stream {
 public:
  explicit stream(hal_device *device, std::int32_t priority = 0);
  ~stream();
  stream(const stream &) = delete;
  stream &operator=(const stream &) = delete;

  operator hal_stream *() const { return handle_; }
  hal_device *device() const { return device_; }
  hal_stream *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_stream *handle_ = nullptr;
};

class event {
 public:
  explicit event(hal_device *device, std::uint32_t flags = 0);
  ~event();
  event(const event &) = delete;
  event &operator=(const event &) = delete;

  operator hal_event *() const { return handle_; }
  hal_event *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_event *handle_ = nullptr;
};

hal_memory_options memory_options(std::uint64_t size, hal_memory_kind kind = HAL_MEMORY_DEVICE);

class buffer {
 public:
  buffer(hal_device *device, std::uint64_t size, hal_memory_kind kind = HAL_MEMORY_DEVICE,
         std::uint32_t flags = 0);
  // Takes over what the case itself made.
  buffer(hal_device *device, hal_memory *owned) : device_(device), handle_(owned) {}
  ~buffer();
  buffer(const buffer &) = delete;
  buffer &operator=(const buffer &) = delete;

  operator hal_memory *() const { return handle_; }
  hal_memory *operator->() const { return handle_; }
  hal_memory *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_memory *handle_ = nullptr;
};

// Waits for the stream with patience.
void finish(hal_stream *on, const char *file = __builtin_FILE(), int line = __builtin_LINE());

// Copies to the device and waits.
template <typename Value>
void upload(hal_stream *on, hal_memory *memory, const std::vector<Value> &values, std::uint64_t offset = 0,
            const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  require_ok(call(table().copy_to_device, on, memory, offset, values.data(), values.size() * sizeof(Value)),
             file, line);
  finish(on, file, line);
}

// Waits for what the stream holds and copies from the device.
template <typename Value = std::uint8_t>
std::vector<Value> download(hal_stream *on, hal_memory *memory, std::size_t count, std::uint64_t offset = 0,
                            const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  std::vector<Value> values(count);
  require_ok(call(table().copy_to_host, on, values.data(), memory, offset, count * sizeof(Value)), file,
             line);
  finish(on, file, line);
  return values;
}

void fill(hal_stream *on, hal_memory *memory, std::uint8_t value, const char *file = __builtin_FILE(),
          int line = __builtin_LINE());

// Bytes that differ from their neighbours and from one seed to the next.
std::vector<std::uint8_t> pattern(std::size_t size, unsigned seed = 1);

// A host function that holds a stream until the case opens it: makes "still running" certain without a clock.
// While it is closed, a case submits nothing that may block in a driver: no pageable copies to that stream,
// no first launch of a kernel, no host function elsewhere. Needs HAL_FEATURE_HOST_FUNCTIONS.
class gate {
 public:
  explicit gate(hal_stream *on);
  ~gate() { open(); }
  gate(const gate &) = delete;
  gate &operator=(const gate &) = delete;

  void open();
  // Returns when the stream has come to the gate; false when it does not.
  bool wait_until_reached();

 private:
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool reached = false;
  };
  static void hold(void *user);
  std::shared_ptr<state> state_;
};

}  // namespace conformance
