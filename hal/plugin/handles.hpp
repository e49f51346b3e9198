// The objects that a device has handed out, so that a stranger's or a dead handle is recognised without
// touching it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

// Owns every live object of one kind. Safe from any thread. `Object` may derive from `Handle`, the type on
// the boundary.
template <typename Object, typename Handle = Object>
class handle_set {
 public:
  // `kind` names the objects in messages: "stream".
  explicit handle_set(const char *kind) : kind_(kind) {}

  Object *insert(std::unique_ptr<Object> object) {
    Object *raw = object.get();
    const std::lock_guard lock(mutex_);
    objects_.emplace(static_cast<const Handle *>(raw), std::move(object));
    return raw;
  }

  // Gives up ownership. Throws HAL_STATUS_INVALID_HANDLE for anything that is not in the set.
  std::unique_ptr<Object> take(const Handle *handle) {
    return take(handle, [](Object &) {});
  }

  // The same, unless check(Object &) throws: then the object stays. It is called under the lock, so that of
  // two threads that take one handle the second sees an unknown handle, and does not call back into the set.
  template <typename Check>
  std::unique_ptr<Object> take(const Handle *handle, Check &&check) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) throw_unknown(handle);
    check(*found->second);
    auto object = std::move(found->second);
    objects_.erase(found);
    return object;
  }

  // The object behind a handle that may be anything. Throws like take.
  Object *find(const Handle *handle) const {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) throw_unknown(handle);
    return found->second.get();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return objects_.size();
  }

  // Calls function(Object &) for each, under the lock: function does not call back into the set.
  template <typename Function>
  void for_each(Function &&function) const {
    const std::lock_guard lock(mutex_);
    for (const auto &[handle, object] : objects_) function(*object);
  }

 private:
  [[noreturn]] void throw_unknown(const Handle *handle) const {
    throw failure(HAL_STATUS_INVALID_HANDLE,
                  handle == nullptr ? std::string("The ") + kind_ + " handle is NULL."
                                    : std::string("The ") + kind_ +
                                          " handle is not one of this device's: it was destroyed " +
                                          "before, or another device made it.");
  }

  const char *kind_;
  mutable std::mutex mutex_;
  std::unordered_map<const Handle *, std::unique_ptr<Object>> objects_;
};

}  // namespace hal::plugin
