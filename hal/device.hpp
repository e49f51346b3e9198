// An opened device: where streams, memory, events and modules come from.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "hal/device_info.hpp"
#include "hal/event.hpp"
#include "hal/memory.hpp"
#include "hal/module.hpp"
#include "hal/stream.hpp"

namespace hal {

class bundle;
class program;

struct memory_usage {
  std::uint64_t free = 0;
  std::uint64_t total = 0;
};

// A handle to an opened device. Copies refer to the same opening, and everything made from it keeps it open:
// the device is closed when the last of them is gone. Safe from any thread.
class device {
 public:
  device() = default;
  explicit device(std::shared_ptr<const detail::device_state> state) noexcept : state_(std::move(state)) {}

  explicit operator bool() const noexcept { return state_ != nullptr; }

  const device_info &info() const;
  std::vector<device_property> properties() const;
  // Live figures. Throws unsupported when the plugin reads none.
  device_metrics metrics() const;
  // Free and total bytes of device memory, for all processes together.
  memory_usage memory() const;

  buffer allocate(std::uint64_t size, const memory_options &options = {}) const;
  // Memory that someone exported. The handle stays the caller's.
  buffer import_buffer(const external_handle &handle) const;
  // Memory that someone else allocated with the vendor's API; its owner frees it, after the buffer is gone.
  buffer adopt(memory_kind kind, std::uint64_t address, std::uint64_t size) const;
  // What an address belongs to.
  hal_pointer_info pointer_info(std::uint64_t address) const;

  stream create_stream(const stream_options &options = {}) const;
  // A queue of the vendor's API that stays its owner's.
  stream adopt_stream(void *native) const;
  event create_event(const event_options &options = {}) const;

  // Makes code ready to run. Throws invalid_module, incompatible_target, compilation_failed.
  module load(const module_source &source) const;
  // A bundle's kernels, each in the variant that suits this device (hal/program.hpp). Loads nothing yet.
  program load(const bundle &code) const;

  // Whether kernels of this device may be given the other's memory.
  bool can_access(const device &peer) const;
  void enable_peer(const device &peer) const;

  // Waits for every stream.
  void synchronize() const;

  // The vendor's own handle, for libraries that want it (CUdevice, cl_context ...). Stays ours.
  void *native(hal_object_kind kind, const void *object) const;
  void *native() const;

  const std::shared_ptr<const detail::device_state> &state() const noexcept { return state_; }

  // The same opening, not merely the same hardware.
  friend bool operator==(const device &, const device &) = default;

 private:
  std::shared_ptr<const detail::device_state> state_;
};

}  // namespace hal
