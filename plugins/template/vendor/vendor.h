// The SDK header of an accelerator that does not exist, in the manner of real ones: a C API over opaque
// handles and device addresses. This folder stands in for yours: when api.hpp includes your SDK's header,
// delete it.
//
// Every call answers a vendor_result. Handles of one context are used with that context only. Work of one
// queue runs in order. After VENDOR_FAULT a context runs nothing any more: its calls answer VENDOR_FAULT
// until it is destroyed.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

using vendor_result = int;
enum {
  VENDOR_OK = 0,
  VENDOR_NOT_READY = 1,
  VENDOR_TIMEOUT = 2,
  VENDOR_BAD_VALUE = 10,
  VENDOR_OUT_OF_MEMORY = 11,
  VENDOR_BAD_CODE = 12,
  VENDOR_NO_ENTRY = 13,
  VENDOR_NO_DEVICE = 14,
  VENDOR_FAULT = 20  // a program faulted; vendor_context_fault has its text
};

using vendor_context = struct vendor_context_record *;
using vendor_queue = struct vendor_queue_record *;
using vendor_fence = struct vendor_fence_record *;
using vendor_code = struct vendor_code_record *;
using vendor_entry = const struct vendor_entry_record *;
using vendor_recording = struct vendor_recording_record *;

// ---- Devices: need no context ----

struct vendor_device_facts {
  char name[64];
  char firmware[32];
  std::uint32_t on_pci;  // 1: the four below hold an address
  std::uint32_t pci_domain;
  std::uint8_t pci_bus, pci_device, pci_function, reserved;
  std::uint32_t vendor_id, device_id;
  std::uint64_t memory_total, memory_alignment;
  std::uint32_t compute_units, max_block_items, max_grid;
  std::uint64_t shared_memory_per_block;
  std::uint64_t clock_rate;  // hertz
};

vendor_result vendor_version(std::uint32_t *out_major, std::uint32_t *out_minor);
vendor_result vendor_device_count(std::uint32_t *out_count);
vendor_result vendor_device_describe(std::uint32_t index, vendor_device_facts *out);
vendor_result vendor_device_memory(std::uint32_t index, std::uint64_t *out_free, std::uint64_t *out_total);
// Since version 1.2.
vendor_result vendor_device_power(std::uint32_t index, double *out_watts);

// ---- Contexts ----

vendor_result vendor_context_create(std::uint32_t index, vendor_context *out);
vendor_result vendor_context_destroy(vendor_context context);
// Waits for all queues, for at most that many nanoseconds.
vendor_result vendor_context_wait(vendor_context context, std::uint64_t timeout);
vendor_result vendor_context_fault(vendor_context context, char *text, std::size_t room);

// ---- Memory ----

vendor_result vendor_memory_allocate(vendor_context context, std::uint64_t size, std::uint64_t alignment,
                                     std::uint64_t *out_address);
// Waits for the context's work.
vendor_result vendor_memory_free(vendor_context context, std::uint64_t address);
// Pinned host memory; the device sees it at the same address.
vendor_result vendor_host_allocate(vendor_context context, std::uint64_t size, std::uint64_t alignment,
                                   void **out);
// Waits for the context's work.
vendor_result vendor_host_free(vendor_context context, void *memory);

// ---- Queues ----

vendor_result vendor_queue_create(vendor_context context, vendor_queue *out);
vendor_result vendor_queue_destroy(vendor_queue queue);
vendor_result vendor_queue_wait(vendor_queue queue, std::uint64_t timeout);
vendor_result vendor_queue_poll(vendor_queue queue);
// Between any two of device and host memory.
vendor_result vendor_queue_copy(vendor_queue queue, std::uint64_t to, std::uint64_t from, std::uint64_t size);
// Repeats the low `width` bytes of `value` over `size` bytes.
vendor_result vendor_queue_fill(vendor_queue queue, std::uint64_t at, std::uint64_t size, std::uint32_t value,
                                std::uint32_t width);

// ---- Fences ----

vendor_result vendor_fence_create(vendor_context context, vendor_fence *out);
vendor_result vendor_fence_destroy(vendor_fence fence);
vendor_result vendor_fence_signal(vendor_fence fence, vendor_queue queue);
vendor_result vendor_fence_wait(vendor_fence fence, std::uint64_t timeout);
vendor_result vendor_fence_poll(vendor_fence fence);
// Nanoseconds of the device's clock when the queue got to the fence.
vendor_result vendor_fence_time(vendor_fence fence, std::uint64_t *out_time);
// The queue goes on when the fence, signalled before, is reached.
vendor_result vendor_queue_await(vendor_queue queue, vendor_fence fence);

// ---- Code ----

struct vendor_entry_facts {
  const char *name;
  std::uint32_t parameter_count;
  std::uint32_t required_block[3];  // all 0: any
  std::uint64_t static_shared_memory;
};

enum { VENDOR_PARAMETER_VALUE = 0, VENDOR_PARAMETER_ADDRESS = 1, VENDOR_PARAMETER_SHARED = 2 };

struct vendor_parameter_facts {
  const char *name;  // NULL: not told
  std::uint32_t kind, size, alignment;
};

struct vendor_launch {
  std::uint32_t grid[3], block[3];
  std::uint64_t shared_memory;  // dynamic, for each block
  void *const *arguments;       // a pointer to each value
  const std::uint32_t *sizes;   // in bytes; of shared memory for VENDOR_PARAMETER_SHARED
};

// `log` is terminated and cut to `room`; *out_log_length is the length of all of it.
vendor_result vendor_code_load(vendor_context context, const void *bytes, std::uint64_t size, char *log,
                               std::uint64_t room, std::uint64_t *out_log_length, vendor_code *out);
// Waits for the context's work.
vendor_result vendor_code_unload(vendor_code code);
vendor_result vendor_code_entry_count(vendor_code code, std::uint32_t *out);
vendor_result vendor_code_entry(vendor_code code, std::uint32_t index, vendor_entry *out);
vendor_result vendor_entry_describe(vendor_entry entry, vendor_entry_facts *out);
vendor_result vendor_entry_parameter(vendor_entry entry, std::uint32_t index, vendor_parameter_facts *out);
vendor_result vendor_queue_run(vendor_queue queue, vendor_entry entry, const vendor_launch *launch);

// ---- Recordings: work that is submitted between begin and end is kept instead of run ----

vendor_result vendor_record_begin(vendor_queue queue);
vendor_result vendor_record_end(vendor_queue queue, vendor_recording *out);
vendor_result vendor_recording_copy(vendor_recording recording, vendor_recording *out);
vendor_result vendor_recording_destroy(vendor_recording recording);
vendor_result vendor_queue_replay(vendor_queue queue, vendor_recording recording);

}  // extern "C"

// What dlsym would answer for the vendor's library: an entry by name, or NULL.
void *vendor_symbol(const char *name);
