#include "plugins/host/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/cpu_info.hpp"
#include "plugins/host/process.hpp"

hal_device::hal_device() : compute_units(hal::plugins::host::usable_processors(files)), memory(files) {
  hal::plugins::host::add_device(*this);
}

hal_device::~hal_device() {
  hal::plugins::host::remove_device(*this);
}

void hal_device::fail(hal_status status, const char *message, std::int64_t native_code) noexcept {
  try {
    failed.set(status, message, native_code);
  } catch (...) {
    failed.set(status, std::string(), native_code);
  }
  const std::lock_guard lock(mutex_);
  for (const auto &queue : queues_) queue->interrupt();
}

std::vector<std::shared_ptr<hal::plugins::host::queue>> hal_device::queues() const {
  const std::lock_guard lock(mutex_);
  return queues_;
}

bool hal_device::reaches(const hal_device &other) const {
  const std::lock_guard lock(mutex_);
  return std::find(peers_.begin(), peers_.end(), &other) != peers_.end();
}

void hal_device::add_peer(hal_device &peer) {
  const std::lock_guard lock(mutex_);
  if (std::find(peers_.begin(), peers_.end(), &peer) == peers_.end()) peers_.push_back(&peer);
  has_peers_.store(true, std::memory_order_relaxed);
}

bool hal_device::may_reach(std::uint64_t value) const noexcept {
  if (memory.may_hold(value)) return true;
  if (!has_peers_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  return std::any_of(peers_.begin(), peers_.end(),
                     [value](const hal_device *peer) { return peer->memory.may_hold(value); });
}

bool hal_device::forget_peer(hal_device &peer) noexcept {
  const std::lock_guard lock(mutex_);
  return std::erase(peers_, &peer) != 0;
}

namespace hal::plugins::host {
namespace {

hal_device &checked_peer(const hal_device &device, hal_device *peer) {
  if (!is_open(peer)) {
    throw failure(HAL_STATUS_INVALID_HANDLE,
                  peer == nullptr ? "The peer's device handle is NULL."
                                  : "The peer's device handle is not an open device of this plugin.");
  }
  if (peer == &device) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The peer is the device itself; a peer is another device.");
  }
  return *peer;
}

std::string count_of(std::size_t count, const char *one, const char *many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace

hal_device &checked(hal_device *device) {
  return plugin::check_handle(device, "device");
}

void device_entries::device_close(hal_device *device) {
  if (!is_open(device)) {
    throw failure(HAL_STATUS_INVALID_HANDLE, device == nullptr
                                                 ? "The device handle is NULL."
                                                 : "The device handle is not an open device of this plugin.");
  }
  struct {
    std::size_t count;
    const char *one, *many;
  } const live[] = {
      {device->streams.size(), "stream", "streams"},
      {device->events.size(), "event", "events"},
      {device->memory.size(), "memory", "memories"},
      {device->modules.size(), "module", "modules"},
      {device->graphs.size(), "graph", "graphs"},
      {device->executables.size(), "graph executable", "graph executables"},
  };
  std::string text;
  for (const auto &[count, one, many] : live) {
    if (count != 0) text += (text.empty() ? "" : ", ") + count_of(count, one, many);
  }
  if (!text.empty()) {
    throw failure(HAL_STATUS_BUSY, "The device stays open because objects made from it live: " + text + ".");
  }
  delete device;
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &on = checked(device);
  on.streams.for_each([](hal_stream &stream) {
    if (stream.capturing.load(std::memory_order_acquire)) {
      throw failure(HAL_STATUS_INVALID_STATE,
                    "The device cannot be waited for while one of its streams is being captured.");
    }
  });
  const deadline end(timeout);
  bool done = true;
  for (const auto &queue : on.queues()) done = queue->wait(queue->submitted(), end) && done;
  on.failed.check();
  if (!done) {
    throw failure(HAL_STATUS_TIMED_OUT,
                  fmt::format("The device's work had not finished after {} ns.", timeout));
  }
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  hal_device &on = checked(device);
  void *&native = plugin::output(out_native, "out_native");
  switch (kind) {
    case HAL_OBJECT_MEMORY:
      native = on.memory.find(static_cast<const hal_memory *>(object))->at(0);
      return;
    case HAL_OBJECT_STREAM: {
      const auto thread = on.streams.find(static_cast<const hal_stream *>(object))->queue->thread();
      native = reinterpret_cast<void *>(thread);
      return;
    }
    case HAL_OBJECT_MODULE:
      native =
          const_cast<hal_native_module *>(on.modules.find(static_cast<const hal_module *>(object))->table);
      return;
    case HAL_OBJECT_KERNEL: {
      const hal_native_kernel *found = nullptr;
      on.modules.for_each([&](hal_module &module) {
        for (const auto &kernel : module.kernels) {
          if (kernel.get() == object) found = &kernel->code;
        }
      });
      if (found == nullptr)
        throw failure(HAL_STATUS_INVALID_HANDLE, "The kernel handle is not one of this device's.");
      native = const_cast<hal_native_kernel *>(found);
      return;
    }
    case HAL_OBJECT_DEVICE:
    case HAL_OBJECT_CONTEXT:
      if (object != device)
        throw failure(HAL_STATUS_INVALID_HANDLE, "The object is not the device that was named.");
      break;
    case HAL_OBJECT_EVENT:
      on.events.find(static_cast<const hal_event *>(object));
      break;
    case HAL_OBJECT_GRAPH_EXECUTABLE:
      on.executables.find(static_cast<const hal_graph_executable *>(object));
      break;
    default:
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    fmt::format("The object kind is {}; kinds go from 1 to 8.", kind));
  }
  throw failure(HAL_STATUS_UNSUPPORTED,
                fmt::format("The host device has nothing below an object of kind {}.", kind));
}

void device_entries::peer_info(hal_device *device, hal_device *peer, hal_peer_info *out) {
  checked_peer(checked(device), peer);
  hal_peer_info info{};
  info.struct_size = sizeof info;
  info.accessible = 1;
  info.native_atomics = 1;
  plugin::write_record(out, info, "The peer information");
}

void device_entries::peer_enable(hal_device *device, hal_device *peer) {
  hal_device &on = checked(device);
  on.add_peer(checked_peer(on, peer));
}

void device_entries::peer_disable(hal_device *device, hal_device *peer) {
  hal_device &on = checked(device);
  if (!on.forget_peer(checked_peer(on, peer)))
    throw failure(HAL_STATUS_INVALID_STATE, "Access to the peer's memory was not enabled.");
}

}  // namespace hal::plugins::host
