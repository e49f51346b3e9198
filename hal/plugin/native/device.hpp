// An opened device: what was made from it, and what its codes mean.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/native/links.hpp"
#include "hal/plugin/native/pool.hpp"
#include "hal/plugin/native_handle.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/sticky.hpp"
#include "hal/plugin/wait.hpp"

namespace hal::plugin::native {

// The vendor adds native_device and native_context.
template <typename Vendor>
struct device {
  using result = typename Vendor::result;
  using ending = plugin::ending<typename Vendor::device, result>;

  device(const typename Vendor::api &entries, std::uint32_t which) : api(entries), index(which) {}
  device(const device &) = delete;
  device &operator=(const device &) = delete;

  // Throws unless the result is success; `call` says what was tried. A code that ends the device becomes its
  // sticky failure, which then is what is thrown.
  void check(result given, std::string_view call) {
    if (given != Vendor::success) [[unlikely]]
      fail(given, call);
  }
  [[noreturn, gnu::cold]] void fail(result given, std::string_view call) {
    failure what = Vendor::failed(api, given, std::string(call) + " on " + name);
    if (Vendor::ends_device(given)) {
      failed.set(what.status(), what.what(), what.native_code());
      failed.check();
    }
    throw what;
  }
  // Keeps a code that ends the device as the sticky failure; true when it is one.
  bool note(result given, std::string_view call) noexcept {
    if (!Vendor::ends_device(given)) {
      Vendor::forget(api);
      return false;
    }
    try {
      fail(given, call);
    } catch (const failure &) {
      return true;
    } catch (...) {
      // No room for the sentence: the next call that asks the API meets the failure again.
      return true;
    }
  }
  // The answer of a query: OK or NOT_READY. Throws otherwise.
  hal_status answer(result given, std::string_view call) {
    if (given == Vendor::not_ready) {
      Vendor::forget(api);
      return HAL_STATUS_NOT_READY;
    }
    check(given, call);
    return HAL_STATUS_OK;
  }
  bool has(std::uint64_t feature) const noexcept { return (facts.features & feature) != 0; }
  // Waits until the streams of this device that are not being captured are idle; ends at a failure.
  void finish_streams(ending &told) noexcept {
    wait_until(HAL_NO_TIMEOUT, [&] {
      bool idle = true;
      streams.for_each([&](const auto &stream) {
        if (!idle || stream.capturing) return;
        const result found = api.stream_query(stream.native);
        idle = found != Vendor::not_ready;
        if (idle) told(found, Vendor::names::stream_query);
      });
      if (!idle) Vendor::forget(api);
      return idle;
    });
  }
  // Gives back what an opening holds of the API, but for its context; nothing made from it lives.
  void release(ending &told) noexcept {
    deferred.finish(told);
    const typename Vendor::current_or_none current(told);
    if (!current) return;
    for (const auto &peer : peers) links<Vendor>::leave(told, peer);
    pool.close(told);
  }

  const typename Vendor::api &api;
  const std::uint32_t index;
  hal_device_description facts{};
  typename Vendor::native_device native{};
  typename Vendor::native_context context = nullptr;  // NULL where the API has none
  std::string name;                                   // for messages: product and PCI address

  sticky_failure failed;
  stream_pool<Vendor> pool;

  handle_set<typename Vendor::memory, hal_memory> memory{"memory"};
  handle_set<typename Vendor::stream> streams{"stream"};
  handle_set<typename Vendor::event> events{"event"};
  handle_set<typename Vendor::module> modules{"module"};
  handle_set<typename Vendor::graph> graphs{"graph"};
  handle_set<typename Vendor::executable> executables{"graph executable"};
  deferred_frees<Vendor> deferred;

  std::mutex peers_mutex;
  std::set<typename Vendor::peer> peers;  // whose memory this opening was let use
};

template <typename Vendor>
struct natives {
  static void *of(const typename Vendor::device &open) {
    return as_handle(static_cast<std::uint64_t>(open.native));
  }
  static void *context(const typename Vendor::device &open) {
    if (open.context == nullptr) check_feature(open, HAL_FEATURE_ADOPT_CONTEXT, "A context");
    return open.context;
  }
  static void *of(const typename Vendor::memory &memory) { return as_handle(memory.address); }
  template <typename Object>
  static void *of(const Object &object) {
    return object.native;
  }
};

template <typename Vendor>
struct device_entries {
  static void device_close(hal_device *device) { close(device); }

  static void device_synchronize(hal_device *device, std::uint64_t timeout) {
    typename Vendor::device &open = open_for_work(device);
    open.streams.for_each([](const auto &stream) { check_not_capturing(stream, "device_synchronize"); });
    const typename Vendor::current current(open);
    // Stream by stream: the API's wait for the device has no time limit, and waits for what others do on it.
    const bool idle = wait_until(timeout, [&] {
      bool all = true;
      open.streams.for_each([&](const auto &stream) {
        if (all && !stream.capturing)
          all =
              open.answer(open.api.stream_query(stream.native), Vendor::names::stream_query) == HAL_STATUS_OK;
      });
      return all;
    });
    open.failed.check();
    if (!idle) throw timed_out("The device's streams", timeout);
  }

  static void native_handle(hal_device *device, hal_object_kind kind, const void *object, void **out_native) {
    tell_native<natives<Vendor>>(device, kind, object, out_native);
  }
};

}  // namespace hal::plugin::native
