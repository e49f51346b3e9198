// Links between devices: who lets whom use its memory.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace hal::plugin::native {

// A link is the contexts' or the devices', so that openings which share one share it: the last one to leave
// takes it down, unless the program had made it. The vendor adds peer, what the API's links are between:
// native_context or native_device; peer_of(const device &); the codes peer_already_enabled and
// peer_not_enabled. The entries are enable_peer_access(peer, 0) and disable_peer_access(peer), for the
// current device.
template <typename Vendor>
class links {
 public:
  using peer = typename Vendor::peer;
  using names = typename Vendor::names;

  // Asks the API each time: it may have forgotten, after a failure or when a context ended.
  static void join(typename Vendor::device &device, const typename Vendor::device &other) {
    links &all = of_process();
    const std::lock_guard lock(all.mutex_);
    const auto enabled = device.api.enable_peer_access(Vendor::peer_of(other), 0);
    if (enabled == Vendor::peer_already_enabled) {
      Vendor::forget(device.api);
    } else if (enabled != Vendor::success) {
      device.fail(enabled, std::string(names::enable_peer_access) + " to " + other.name);
    }
    link &joined = all.links_[{Vendor::peer_of(device), Vendor::peer_of(other)}];
    if (enabled == Vendor::success) joined.ours = true;
    ++joined.users;
  }

  template <typename Ending>
  static void leave(Ending &told, peer other) noexcept {
    const typename Vendor::device &device = told.device();
    links &all = of_process();
    const std::lock_guard lock(all.mutex_);
    const auto found = all.links_.find({Vendor::peer_of(device), other});
    if (found == all.links_.end() || --found->second.users > 0) return;
    const bool ours = found->second.ours;
    all.links_.erase(found);
    if (!ours) return;
    const auto left = device.api.disable_peer_access(other);
    if (left == Vendor::peer_not_enabled) {
      Vendor::forget(device.api);
    } else {
      told(left, names::disable_peer_access);
    }
  }

 private:
  struct link {
    int users = 0;
    bool ours = false;
  };

  static links &of_process() {
    // Never destroyed: a program may still close devices while the process ends.
    static auto &all = *new links;
    return all;
  }

  std::mutex mutex_;
  std::map<std::pair<peer, peer>, link> links_;
};

}  // namespace hal::plugin::native
