#include "plugins/level_zero/peer.hpp"

#include <fmt/format.h>

#include <mutex>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

hal_device &checked_peer(hal_device *peer) {
  return plugin::check_handle(peer, "peer device");
}

std::uint32_t link_flags(hal_device &device, const hal_device &peer) {
  driver::p2p_properties link{driver::p2p_properties_type, nullptr, 0};
  device.check(device.api.device_get_p2p_properties(device.native, peer.native, &link),
               "zeDeviceGetP2PProperties");
  return link.flags;
}

bool is_peer(hal_device &device, const hal_device &peer) {
  if (device.native == peer.native || device.context != peer.context) return false;
  if ((link_flags(device, peer) & driver::p2p_access) == 0) return false;
  driver::boolean accessible = 0;
  device.check(device.api.device_can_access_peer(device.native, peer.native, &accessible),
               "zeDeviceCanAccessPeer");
  return accessible != 0;
}

}  // namespace

bool is_reachable(hal_device &device, const hal_device &other) {
  return device.native == other.native || is_peer(device, other);
}

void peer_entries::peer_info(hal_device *device, hal_device *peer, hal_peer_info *out) {
  hal_device &open = checked(device);
  hal_device &other = checked_peer(peer);
  hal_peer_info told{};
  told.accessible = is_peer(open, other) ? 1 : 0;
  if (told.accessible != 0)
    told.native_atomics = (link_flags(open, other) & driver::p2p_atomics) != 0 ? 1 : 0;
  plugin::write_record(out, told, "The peer's record");
}

void peer_entries::peer_enable(hal_device *device, hal_device *peer) {
  hal_device &open = open_for_work(device);
  hal_device &other = checked_peer(peer);
  if (!is_peer(open, other)) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("{} cannot use the memory of {} in its kernels: {}.", open.name, other.name,
                              open.native == other.native ? "they are one device, whose memory it has anyway"
                              : open.context != other.context ? "they were opened in two contexts"
                                                              : "there is no link between them"));
  }
  const std::lock_guard lock(open.peers_mutex);
  if (open.peers.insert(&other).second) ++other.guests;
}

void peer_entries::peer_disable(hal_device *device, hal_device *peer) {
  hal_device &open = checked(device);
  hal_device &other = checked_peer(peer);
  const std::lock_guard lock(open.peers_mutex);
  if (open.peers.erase(&other) == 0) {
    throw failure(HAL_STATUS_INVALID_STATE,
                  fmt::format("Access from {} to the memory of {} was not enabled.", open.name, other.name));
  }
  // What was submitted meanwhile may still use it.
}

}  // namespace hal::plugins::level_zero
