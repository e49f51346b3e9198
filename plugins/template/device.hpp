// An opened device: its context and everything that was made from it.
#pragma once

#include <cstdint>
#include <string_view>

#include "hal/abi/plugin.h"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/memory.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/sticky.hpp"
#include "plugins/template/api.hpp"
#include "plugins/template/event.hpp"
#include "plugins/template/graph.hpp"
#include "plugins/template/memory.hpp"
#include "plugins/template/module.hpp"
#include "plugins/template/stream.hpp"

struct hal_device {
  explicit hal_device(std::uint32_t which);
  ~hal_device();

  // Throws unless the result is VENDOR_OK; `call` says what was tried. A fault becomes the sticky failure of
  // this device, which then is what is thrown.
  void check(vendor_result result, std::string_view call) {
    if (result != VENDOR_OK) [[unlikely]]
      fail(result, call);
  }
  [[noreturn]] void fail(vendor_result result, std::string_view call);
  // The answer of a query: OK or NOT_READY. Throws otherwise.
  hal_status answer(vendor_result result, std::string_view call);

  const template_plugin::api &api;
  const std::uint32_t index;
  hal_device_description facts{};
  vendor_context context = nullptr;

  hal::plugin::sticky_failure failed;

  hal::plugin::handle_set<template_plugin::memory, hal_memory> memory{"memory"};
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};
};

namespace template_plugin {

using hal::plugin::check_not_capturing;
using hal::plugin::checked;
using hal::plugin::checked_memory;
using hal::plugin::open_for_work;
using hal::plugin::open_outside_capture;

hal_device *open_device(std::uint32_t index);

// Table entries; the contract is hal/abi/device.h.
struct device_entries {
  static void device_close(hal_device *device);
  static void device_synchronize(hal_device *device, std::uint64_t timeout);
  static void native_handle(hal_device *device, hal_object_kind kind, const void *object, void **out_native);
};

}  // namespace template_plugin
