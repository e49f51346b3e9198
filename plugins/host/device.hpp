// An opened host device: what was made from it, and what holds for all of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/sticky.hpp"
#include "plugins/host/event.hpp"
#include "plugins/host/files.hpp"
#include "plugins/host/graph.hpp"
#include "plugins/host/limits.hpp"
#include "plugins/host/memory.hpp"
#include "plugins/host/module.hpp"
#include "plugins/host/stream.hpp"

namespace hal::plugins::host {

using plugin::failure;
using plugin::handle_set;
using plugin::sticky_failure;

}  // namespace hal::plugins::host

struct hal_device {
  hal_device();
  ~hal_device();

  // How long a thread may look for work before it sleeps, in nanoseconds.
  std::uint32_t spin_limit() const noexcept { return compute_units > 1 ? 50'000 : 0; }

  // The first asynchronous failure: everything after it answers with it, and every wait ends.
  void fail(hal_status status, const char *message, std::int64_t native_code = 0) noexcept;

  // Work that may still run, streams that are being destroyed included.
  std::vector<std::shared_ptr<hal::plugins::host::queue>> queues() const;

  // Whether kernels of this device may use memory of `other`.
  bool reaches(const hal_device &other) const;
  void add_peer(hal_device &peer);
  bool forget_peer(hal_device &peer) noexcept;
  // Whether a value can be an address of memory that kernels of this device use. Cheap, and true too often.
  bool may_reach(std::uint64_t value) const noexcept;

  const hal::plugins::host::file_tree files;
  const unsigned compute_units;  // threads that work at once

  hal::plugin::sticky_failure failed;

  hal::plugins::host::memory_pool memory;
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};

  hal_device *next_open = nullptr;  // of the list in process.hpp

 private:
  friend struct hal_stream;

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<hal::plugins::host::queue>> queues_;
  std::vector<hal_device *> peers_;
  std::atomic<bool> has_peers_ = false;
};

namespace hal::plugins::host {

// Table entries; the contract is hal/abi/device.h.
struct device_entries {
  static void device_close(hal_device *device);
  static void device_synchronize(hal_device *device, std::uint64_t timeout);
  static void native_handle(hal_device *device, hal_object_kind kind, const void *object, void **out_native);
  static void peer_info(hal_device *device, hal_device *peer, hal_peer_info *out);
  static void peer_enable(hal_device *device, hal_device *peer);
  static void peer_disable(hal_device *device, hal_device *peer);
};

// The device behind a handle that must not be NULL.
hal_device &checked(hal_device *device);

}  // namespace hal::plugins::host
