// The simulated driver's own records. Work runs on the thread that submits it: what was accepted has
// finished.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "plugins/template/vendor/vendor.h"

struct vendor_context_record {
  // Keeps the first fault; from then on nothing runs.
  void set_fault(const std::string &text) {
    const std::lock_guard lock(mutex);
    if (fault.empty()) fault = text.empty() ? "unknown fault" : text;
  }
  vendor_result state() const {
    const std::lock_guard lock(mutex);
    return fault.empty() ? VENDOR_OK : VENDOR_FAULT;
  }

  mutable std::mutex mutex;
  std::string fault;
};

// A piece of work; an empty text or what went wrong.
using vendor_work = std::function<std::string()>;

struct vendor_recording_record {
  std::vector<vendor_work> work;
};

struct vendor_queue_record {
  vendor_context_record &context;
  std::unique_ptr<vendor_recording_record> recording;

  // Runs the work now, or keeps it.
  vendor_result submit(vendor_work work);
};

struct vendor_fence_record {
  vendor_context_record &context;
  std::atomic<std::uint64_t> time = 0;
};

struct vendor_entry_record {
  vendor_context_record &context;
  const hal_native_kernel &code;
};

struct vendor_code_record {
  std::vector<std::unique_ptr<const vendor_entry_record>> entries;
};

namespace simulation {

inline constexpr std::uint32_t max_block_items = 64;

// What vendor_queue_run submits: a copy of the launch and of its arguments.
vendor_work make_launch(const hal_native_kernel &code, const vendor_launch &launch);

// Calls function() and answers its result, VENDOR_OUT_OF_MEMORY when memory runs out.
template <typename Function>
vendor_result guarded(Function &&function) noexcept {
  try {
    return function();
  } catch (...) {
    return VENDOR_OUT_OF_MEMORY;
  }
}

}  // namespace simulation
