// Our declarations of the vendor's entries, each listed once, required or optional. They are found by name
// when the first probe needs them, so that this plugin loads on machines without the vendor's software and
// can say what is missing.
#pragma once

#include <string>

#include "hal/plugin/failure.hpp"
#include "plugins/template/vendor/vendor.h"

namespace template_plugin {

// The vendor's library. Yours opens it with dlopen("libvendor.so.1", RTLD_NOW | RTLD_LOCAL), throws
// HAL_STATUS_UNAVAILABLE with dlerror's text and advice when that fails, and never closes it: vendors'
// threads and exit handlers outlive dlclose. The simulated one is linked in.
class library {
 public:
  // NULL when the library has no such entry.
  void *symbol(const char *name) const noexcept;
};

template <typename Function>
class required {
 public:
  // Throws HAL_STATUS_INCOMPATIBLE_VERSION when the library lacks it.
  required(const library &from, const char *name)
      : function_(reinterpret_cast<Function *>(from.symbol(name))) {
    if (function_ == nullptr) {
      throw hal::plugin::failure(HAL_STATUS_INCOMPATIBLE_VERSION,
                                 std::string("The vendor's library has no ") + name +
                                     "; this plugin needs version 1.0 of it or a later one.");
    }
  }

  template <typename... Arguments>
  vendor_result operator()(Arguments... arguments) const {
    return function_(arguments...);
  }

 private:
  Function *function_;
};

template <typename Function>
class optional {
 public:
  optional(const library &from, const char *name)
      : function_(reinterpret_cast<Function *>(from.symbol(name))) {}

  explicit operator bool() const noexcept { return function_ != nullptr; }
  template <typename... Arguments>
  vendor_result operator()(Arguments... arguments) const {
    return function_(arguments...);
  }

 private:
  Function *function_;
};

struct api {
  library from;

  required<decltype(vendor_version)> version{from, "vendor_version"};
  required<decltype(vendor_device_count)> device_count{from, "vendor_device_count"};
  required<decltype(vendor_device_describe)> device_describe{from, "vendor_device_describe"};
  required<decltype(vendor_device_memory)> device_memory{from, "vendor_device_memory"};
  optional<decltype(vendor_device_power)> device_power{from, "vendor_device_power"};

  required<decltype(vendor_context_create)> context_create{from, "vendor_context_create"};
  required<decltype(vendor_context_destroy)> context_destroy{from, "vendor_context_destroy"};
  required<decltype(vendor_context_wait)> context_wait{from, "vendor_context_wait"};
  required<decltype(vendor_context_fault)> context_fault{from, "vendor_context_fault"};

  required<decltype(vendor_memory_allocate)> memory_allocate{from, "vendor_memory_allocate"};
  required<decltype(vendor_memory_free)> memory_free{from, "vendor_memory_free"};
  required<decltype(vendor_host_allocate)> host_allocate{from, "vendor_host_allocate"};
  required<decltype(vendor_host_free)> host_free{from, "vendor_host_free"};

  required<decltype(vendor_queue_create)> queue_create{from, "vendor_queue_create"};
  required<decltype(vendor_queue_destroy)> queue_destroy{from, "vendor_queue_destroy"};
  required<decltype(vendor_queue_wait)> queue_wait{from, "vendor_queue_wait"};
  required<decltype(vendor_queue_poll)> queue_poll{from, "vendor_queue_poll"};
  required<decltype(vendor_queue_copy)> queue_copy{from, "vendor_queue_copy"};
  required<decltype(vendor_queue_fill)> queue_fill{from, "vendor_queue_fill"};
  required<decltype(vendor_queue_await)> queue_await{from, "vendor_queue_await"};
  required<decltype(vendor_queue_run)> queue_run{from, "vendor_queue_run"};
  required<decltype(vendor_queue_replay)> queue_replay{from, "vendor_queue_replay"};

  required<decltype(vendor_fence_create)> fence_create{from, "vendor_fence_create"};
  required<decltype(vendor_fence_destroy)> fence_destroy{from, "vendor_fence_destroy"};
  required<decltype(vendor_fence_signal)> fence_signal{from, "vendor_fence_signal"};
  required<decltype(vendor_fence_wait)> fence_wait{from, "vendor_fence_wait"};
  required<decltype(vendor_fence_poll)> fence_poll{from, "vendor_fence_poll"};
  required<decltype(vendor_fence_time)> fence_time{from, "vendor_fence_time"};

  required<decltype(vendor_code_load)> code_load{from, "vendor_code_load"};
  required<decltype(vendor_code_unload)> code_unload{from, "vendor_code_unload"};
  required<decltype(vendor_code_entry_count)> code_entry_count{from, "vendor_code_entry_count"};
  required<decltype(vendor_code_entry)> code_entry{from, "vendor_code_entry"};
  required<decltype(vendor_entry_describe)> entry_describe{from, "vendor_entry_describe"};
  required<decltype(vendor_entry_parameter)> entry_parameter{from, "vendor_entry_parameter"};

  required<decltype(vendor_record_begin)> record_begin{from, "vendor_record_begin"};
  required<decltype(vendor_record_end)> record_end{from, "vendor_record_end"};
  required<decltype(vendor_recording_copy)> recording_copy{from, "vendor_recording_copy"};
  required<decltype(vendor_recording_destroy)> recording_destroy{from, "vendor_recording_destroy"};
};

// The loaded entries. The first call loads them; when it throws, the next one tries again.
const api &vendor();

}  // namespace template_plugin
