// The simulated driver: one device whose memory is the host's.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugins/template/vendor/simulation.hpp"

namespace {

constexpr std::uint64_t memory_total = 256u << 20;
constexpr std::uint64_t memory_alignment = 256;
constexpr std::uint64_t largest_alignment = 1u << 21;

// The device's memory, for all contexts of the process together.
struct device_memory {
  std::mutex mutex;
  std::unordered_map<std::uint64_t, std::uint64_t> sizes;  // by address
  std::uint64_t used = 0;
};

device_memory &memory() {
  static device_memory only;
  return only;
}

void *allocate_bytes(std::uint64_t size, std::uint64_t alignment) {
  const std::uint64_t least = std::max(alignment, memory_alignment);
  if (least > largest_alignment || size > memory_total) return nullptr;
  return std::aligned_alloc(least, (size + least - 1) / least * least);
}

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

std::uint64_t now() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

template <typename Record, typename... Arguments>
vendor_result make(Record **out, Arguments &&...arguments) {
  return simulation::guarded([&] {
    *out = new Record{std::forward<Arguments>(arguments)...};
    return VENDOR_OK;
  });
}

}  // namespace

vendor_result vendor_queue_record::submit(vendor_work work) {
  if (const vendor_result state = context.state(); state != VENDOR_OK) return state;
  if (recording != nullptr) {
    recording->work.push_back(std::move(work));
  } else if (const std::string failure = work(); !failure.empty()) {
    context.set_fault(failure);
  }
  return VENDOR_OK;
}

extern "C" {

vendor_result vendor_version(std::uint32_t *out_major, std::uint32_t *out_minor) {
  *out_major = 1;
  *out_minor = 2;
  return VENDOR_OK;
}

vendor_result vendor_device_count(std::uint32_t *out_count) {
  *out_count = 1;
  return VENDOR_OK;
}

vendor_result vendor_device_describe(std::uint32_t index, vendor_device_facts *out) {
  if (index != 0) return VENDOR_NO_DEVICE;
  *out = {};
  std::strcpy(out->name, "Simulated accelerator");
  std::strcpy(out->firmware, "2.4");
  out->memory_total = memory_total;
  out->memory_alignment = memory_alignment;
  out->compute_units = 1;
  out->max_block_items = simulation::max_block_items;
  out->max_grid = 1u << 20;
  out->shared_memory_per_block = 64u << 10;
  out->clock_rate = 1'000'000'000;
  return VENDOR_OK;
}

vendor_result vendor_device_memory(std::uint32_t index, std::uint64_t *out_free, std::uint64_t *out_total) {
  if (index != 0) return VENDOR_NO_DEVICE;
  const std::lock_guard lock(memory().mutex);
  *out_free = memory_total - memory().used;
  *out_total = memory_total;
  return VENDOR_OK;
}

vendor_result vendor_device_power(std::uint32_t index, double *out_watts) {
  if (index != 0) return VENDOR_NO_DEVICE;
  *out_watts = 12.5;
  return VENDOR_OK;
}

vendor_result vendor_context_create(std::uint32_t index, vendor_context *out) {
  return index == 0 ? make(out) : VENDOR_NO_DEVICE;
}

vendor_result vendor_context_destroy(vendor_context context) {
  delete context;
  return VENDOR_OK;
}

vendor_result vendor_context_wait(vendor_context context, std::uint64_t) {
  return context->state();
}

vendor_result vendor_context_fault(vendor_context context, char *text, std::size_t room) {
  const std::lock_guard lock(context->mutex);
  text[context->fault.copy(text, room - 1)] = '\0';
  return VENDOR_OK;
}

vendor_result vendor_memory_allocate(vendor_context context, std::uint64_t size, std::uint64_t alignment,
                                     std::uint64_t *out_address) {
  if (size == 0) return VENDOR_BAD_VALUE;
  if (const vendor_result state = context->state(); state != VENDOR_OK) return state;
  return simulation::guarded([&] {
    device_memory &all = memory();
    const std::lock_guard lock(all.mutex);
    if (size > memory_total - all.used) return VENDOR_OUT_OF_MEMORY;
    void *bytes = allocate_bytes(size, alignment);
    if (bytes == nullptr) return VENDOR_OUT_OF_MEMORY;
    *out_address = reinterpret_cast<std::uintptr_t>(bytes);
    try {
      all.sizes.emplace(*out_address, size);
    } catch (...) {
      std::free(bytes);
      throw;
    }
    all.used += size;
    return VENDOR_OK;
  });
}

vendor_result vendor_memory_free(vendor_context, std::uint64_t address) {
  device_memory &all = memory();
  const std::lock_guard lock(all.mutex);
  const auto found = all.sizes.find(address);
  if (found == all.sizes.end()) return VENDOR_BAD_VALUE;
  all.used -= found->second;
  all.sizes.erase(found);
  std::free(pointer(address));
  return VENDOR_OK;
}

vendor_result vendor_host_allocate(vendor_context context, std::uint64_t size, std::uint64_t alignment,
                                   void **out) {
  if (size == 0) return VENDOR_BAD_VALUE;
  if (const vendor_result state = context->state(); state != VENDOR_OK) return state;
  *out = allocate_bytes(size, alignment);
  return *out == nullptr ? VENDOR_OUT_OF_MEMORY : VENDOR_OK;
}

vendor_result vendor_host_free(vendor_context, void *bytes) {
  std::free(bytes);
  return VENDOR_OK;
}

vendor_result vendor_queue_create(vendor_context context, vendor_queue *out) {
  const vendor_result state = context->state();
  return state == VENDOR_OK ? make(out, *context, nullptr) : state;
}

vendor_result vendor_queue_destroy(vendor_queue queue) {
  delete queue;
  return VENDOR_OK;
}

vendor_result vendor_queue_wait(vendor_queue queue, std::uint64_t) {
  return queue->context.state();
}

vendor_result vendor_queue_poll(vendor_queue queue) {
  return queue->context.state();
}

vendor_result vendor_queue_copy(vendor_queue queue, std::uint64_t to, std::uint64_t from,
                                std::uint64_t size) {
  return simulation::guarded([&] {
    return queue->submit([=] {
      std::memmove(pointer(to), pointer(from), size);
      return std::string();
    });
  });
}

vendor_result vendor_queue_fill(vendor_queue queue, std::uint64_t at, std::uint64_t size, std::uint32_t value,
                                std::uint32_t width) {
  return simulation::guarded([&] {
    return queue->submit([=] {
      auto *bytes = static_cast<std::byte *>(pointer(at));
      for (std::uint64_t i = 0; i < size; i += width) std::memcpy(bytes + i, &value, width);
      return std::string();
    });
  });
}

vendor_result vendor_queue_await(vendor_queue queue, vendor_fence) {
  return queue->context.state();
}

vendor_result vendor_fence_create(vendor_context context, vendor_fence *out) {
  return make(out, *context);
}

vendor_result vendor_fence_destroy(vendor_fence fence) {
  delete fence;
  return VENDOR_OK;
}

vendor_result vendor_fence_signal(vendor_fence fence, vendor_queue queue) {
  fence->time = now();
  return queue->context.state();
}

vendor_result vendor_fence_wait(vendor_fence fence, std::uint64_t) {
  return fence->context.state();
}

vendor_result vendor_fence_poll(vendor_fence fence) {
  return fence->context.state();
}

vendor_result vendor_fence_time(vendor_fence fence, std::uint64_t *out_time) {
  *out_time = fence->time;
  return fence->context.state();
}

vendor_result vendor_record_begin(vendor_queue queue) {
  return simulation::guarded([&] {
    queue->recording = std::make_unique<vendor_recording_record>();
    return VENDOR_OK;
  });
}

vendor_result vendor_record_end(vendor_queue queue, vendor_recording *out) {
  *out = queue->recording.release();
  return *out == nullptr ? VENDOR_BAD_VALUE : VENDOR_OK;
}

vendor_result vendor_recording_copy(vendor_recording recording, vendor_recording *out) {
  return make(out, *recording);
}

vendor_result vendor_recording_destroy(vendor_recording recording) {
  delete recording;
  return VENDOR_OK;
}

vendor_result vendor_queue_replay(vendor_queue queue, vendor_recording recording) {
  return simulation::guarded([&]() -> vendor_result {
    for (const vendor_work &work : recording->work) {
      const vendor_result result = queue->submit(work);
      if (result != VENDOR_OK) return result;
    }
    return VENDOR_OK;
  });
}

}  // extern "C"

void *vendor_symbol(const char *name) {
#define ENTRY(function) \
  { #function, reinterpret_cast < void *>(&function) }
  static const std::pair<std::string_view, void *> entries[] = {
      ENTRY(vendor_version),          ENTRY(vendor_device_count),      ENTRY(vendor_device_describe),
      ENTRY(vendor_device_memory),    ENTRY(vendor_device_power),      ENTRY(vendor_context_create),
      ENTRY(vendor_context_destroy),  ENTRY(vendor_context_wait),      ENTRY(vendor_context_fault),
      ENTRY(vendor_memory_allocate),  ENTRY(vendor_memory_free),       ENTRY(vendor_host_allocate),
      ENTRY(vendor_host_free),        ENTRY(vendor_queue_create),      ENTRY(vendor_queue_destroy),
      ENTRY(vendor_queue_wait),       ENTRY(vendor_queue_poll),        ENTRY(vendor_queue_copy),
      ENTRY(vendor_queue_fill),       ENTRY(vendor_queue_await),       ENTRY(vendor_queue_run),
      ENTRY(vendor_queue_replay),     ENTRY(vendor_fence_create),      ENTRY(vendor_fence_destroy),
      ENTRY(vendor_fence_signal),     ENTRY(vendor_fence_wait),        ENTRY(vendor_fence_poll),
      ENTRY(vendor_fence_time),       ENTRY(vendor_code_load),         ENTRY(vendor_code_unload),
      ENTRY(vendor_code_entry_count), ENTRY(vendor_code_entry),        ENTRY(vendor_entry_describe),
      ENTRY(vendor_entry_parameter),  ENTRY(vendor_record_begin),      ENTRY(vendor_record_end),
      ENTRY(vendor_recording_copy),   ENTRY(vendor_recording_destroy),
  };
#undef ENTRY
  for (const auto &[known, function] : entries) {
    if (known == name) return function;
  }
  return nullptr;
}
