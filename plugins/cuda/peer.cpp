#include "plugins/cuda/peer.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

hal_device &checked_peer(hal_device *peer) {
  return plugin::check_handle(peer, "peer device");
}

bool is_accessible(hal_device &device, const hal_device &peer) {
  if (device.native == peer.native) return false;
  int accessible = 0;
  device.check(device.api.device_can_access_peer(&accessible, device.native, peer.native),
               "cuDeviceCanAccessPeer");
  return accessible != 0;
}

// A link is the contexts', so that openings which share a context share it: the last one to leave takes it
// down, unless the program had made it.
struct link {
  int users = 0;
  bool ours = false;
};
struct link_table {
  std::mutex mutex;
  std::map<std::pair<driver::context, driver::context>, link> links;
};

link_table &all_links() {
  // Never destroyed: a program may still close devices while the process ends.
  static auto &all = *new link_table;
  return all;
}

// Asks the driver each time: what a closed peer had is gone.
void join_link(hal_device &device, const hal_device &peer) {
  link_table &all = all_links();
  const std::lock_guard lock(all.mutex);
  const driver::result enabled = device.api.ctx_enable_peer_access(peer.context, 0);
  if (enabled != driver::CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED)
    device.check(enabled, fmt::format("cuCtxEnablePeerAccess to {}", peer.name));
  link &joined = all.links[{device.context, peer.context}];
  if (enabled == driver::CUDA_SUCCESS) joined.ours = true;
  ++joined.users;
}

// Stream-ordered memory has an access list of its own.
void share_pool(hal_device &device, hal_device &peer) {
  if (peer.pool.native() == nullptr) return;
  const driver::access_description access{location_of(device), driver::access_read_write};
  const current_context current(peer);
  device.check(peer.api.mem_pool_set_access(peer.pool.native(), &access, 1),
               "cuMemPoolSetAccess of the peer's pool");
}

}  // namespace

void leave_link(ending &told, driver::context peer) noexcept {
  const hal_device &device = told.device();
  link_table &all = all_links();
  const std::lock_guard lock(all.mutex);
  const auto found = all.links.find({device.context, peer});
  if (found == all.links.end() || --found->second.users > 0) return;
  const bool ours = found->second.ours;
  all.links.erase(found);
  if (!ours) return;
  const driver::result left = device.api.ctx_disable_peer_access(peer);
  // Not enabled: the peer's context ended before.
  if (left != driver::CUDA_ERROR_PEER_ACCESS_NOT_ENABLED) told(left, "cuCtxDisablePeerAccess");
}

void peer_entries::peer_info(hal_device *device, hal_device *peer, hal_peer_info *out) {
  hal_device &open = checked(device);
  hal_device &other = checked_peer(peer);
  hal_peer_info told{};
  told.accessible = is_accessible(open, other) ? 1 : 0;
  if (told.accessible != 0) {
    int atomics = 0;
    open.check(
        open.api.device_get_p2p_attribute(&atomics, driver::p2p_native_atomics, open.native, other.native),
        "cuDeviceGetP2PAttribute");
    told.native_atomics = atomics != 0 ? 1 : 0;
  }
  plugin::write_record(out, told, "The peer's record");
}

void peer_entries::peer_enable(hal_device *device, hal_device *peer) {
  hal_device &open = open_for_work(device);
  hal_device &other = checked_peer(peer);
  if (!is_accessible(open, other)) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("{} cannot use the memory of {} in its kernels: {}.", open.name, other.name,
                              open.native == other.native ? "they are one device, whose memory it has anyway"
                                                          : "there is no link between them"));
  }
  const std::lock_guard lock(open.peers_mutex);
  if (open.peers.count(other.context) != 0) return;
  const current_context current(open);
  join_link(open, other);
  open.peers.insert(other.context);
  share_pool(open, other);
}

void peer_entries::peer_disable(hal_device *device, hal_device *peer) {
  hal_device &open = checked(device);
  hal_device &other = checked_peer(peer);
  const std::lock_guard lock(open.peers_mutex);
  if (open.peers.erase(other.context) == 0) {
    throw failure(HAL_STATUS_INVALID_STATE,
                  fmt::format("Access from {} to the memory of {} was not enabled.", open.name, other.name));
  }
  const current_context current(open);
  ending told(open);
  leave_link(told, other.context);
  told.check();
}

}  // namespace hal::plugins::cuda
