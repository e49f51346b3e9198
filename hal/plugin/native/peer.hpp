// Peer access between devices of one vendor.
#pragma once

#include <mutex>
#include <string>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/native/links.hpp"
#include "hal/plugin/native/pool.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// The vendor adds p2p_native_atomics, an attribute of two devices; pool_access, the record of a location and
// an access by which a device is let use a pool; access_read_write.
template <typename Vendor>
struct peer_entries {
  using device_type = typename Vendor::device;
  using names = typename Vendor::names;

  static void peer_info(hal_device *device, hal_device *peer, hal_peer_info *out) {
    device_type &open = checked(device);
    const device_type &other = check_handle(peer, "peer device");
    hal_peer_info told{};
    told.accessible = is_accessible(open, other) ? 1 : 0;
    if (told.accessible != 0) {
      int atomics = 0;
      open.check(
          open.api.device_get_p2p_attribute(&atomics, Vendor::p2p_native_atomics, open.native, other.native),
          names::device_get_p2p_attribute);
      told.native_atomics = atomics != 0 ? 1 : 0;
    }
    write_record(out, told, "The peer's record");
  }

  static void peer_enable(hal_device *device, hal_device *peer) {
    device_type &open = open_for_work(device);
    device_type &other = check_handle(peer, "peer device");
    if (!is_accessible(open, other)) {
      throw failure(HAL_STATUS_UNSUPPORTED,
                    open.name + " cannot use the memory of " + other.name + " in its kernels: " +
                        (open.native == other.native ? "they are one device, whose memory it has anyway."
                                                     : "there is no link between them."));
    }
    const std::lock_guard lock(open.peers_mutex);
    if (open.peers.count(Vendor::peer_of(other)) != 0) return;
    const typename Vendor::current current(open);
    links<Vendor>::join(open, other);
    open.peers.insert(Vendor::peer_of(other));
    share_pool(open, other);
  }

  static void peer_disable(hal_device *device, hal_device *peer) {
    device_type &open = checked(device);
    const device_type &other = check_handle(peer, "peer device");
    const std::lock_guard lock(open.peers_mutex);
    if (open.peers.erase(Vendor::peer_of(other)) == 0) {
      throw failure(HAL_STATUS_INVALID_STATE,
                    "Access from " + open.name + " to the memory of " + other.name + " was not enabled.");
    }
    const typename Vendor::current current(open);
    typename device_type::ending told(open);
    links<Vendor>::leave(told, Vendor::peer_of(other));
    told.check();
  }

 private:
  static bool is_accessible(device_type &device, const device_type &peer) {
    if (device.native == peer.native) return false;
    int accessible = 0;
    device.check(device.api.device_can_access_peer(&accessible, device.native, peer.native),
                 names::device_can_access_peer);
    return accessible != 0;
  }

  // Stream-ordered memory has an access list of its own.
  static void share_pool(device_type &device, device_type &peer) {
    if (peer.pool.native() == nullptr) return;
    const typename Vendor::pool_access access{location_of<Vendor>(device), Vendor::access_read_write};
    const typename Vendor::current current(peer);
    const auto set = peer.api.mem_pool_set_access(peer.pool.native(), &access, 1);
    if (set != Vendor::success)
      device.fail(set, std::string(names::mem_pool_set_access) + " of the peer's pool");
  }
};

}  // namespace hal::plugin::native
