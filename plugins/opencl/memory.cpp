#include "plugins/opencl/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/external_memory.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  return alignment == 0 ? value : (value + alignment - 1) & ~(alignment - 1);
}

// Room for a size and an alignment beyond the driver's own.
std::uint64_t padded_size(const hal_device &device, const hal_memory_options &options) {
  const std::uint64_t natural = std::max(device.facts.allocation_alignment, 1u);
  const std::uint64_t padding = options.alignment > natural ? options.alignment : 0;
  if (options.size <= device.facts.max_allocation && padding <= device.facts.max_allocation - options.size)
    return options.size + padding;
  throw failure(
      options.kind == HAL_MEMORY_HOST ? HAL_STATUS_OUT_OF_HOST_MEMORY : HAL_STATUS_OUT_OF_DEVICE_MEMORY,
      fmt::format("{} bytes aligned to {} are more than the largest allocation of {}, which is {} bytes.",
                  options.size, options.alignment, device.name, device.facts.max_allocation));
}

[[noreturn]] void fail_allocation(hal_device &device, driver::result result, const char *call,
                                  const hal_memory_options &options) {
  if (result == driver::CL_OUT_OF_RESOURCES) result = driver::CL_MEM_OBJECT_ALLOCATION_FAILURE;
  device.fail(result, fmt::format("{} of {} bytes", call, options.size));
}

std::unique_ptr<memory> allocate_plain(hal_device &device, const hal_memory_options &options) {
  if (options.alignment > std::max(device.facts.allocation_alignment, 1u)) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("Memory without an address is aligned to {} bytes on {}; {} were asked for.",
                              device.facts.allocation_alignment, device.name, options.alignment));
  }
  auto made = std::make_unique<memory>(device, origin::plain);
  driver::result result = driver::CL_SUCCESS;
  made->native = device.api.create_buffer(device.context, driver::mem_read_write,
                                          padded_size(device, options), nullptr, &result);
  if (result != driver::CL_SUCCESS) fail_allocation(device, result, "clCreateBuffer", options);
  return made;
}

std::unique_ptr<memory> allocate_svm(hal_device &device, const hal_memory_options &options) {
  auto made = std::make_unique<memory>(device, origin::shared);
  const driver::bits fine = options.kind == HAL_MEMORY_DEVICE ? 0 : driver::mem_svm_fine_grain_buffer;
  const std::uint64_t size = padded_size(device, options);
  made->base = device.api.svm_alloc(device.context, driver::mem_read_write | fine, size, 0);
  // Says no more than that it failed.
  if (made->base == nullptr)
    fail_allocation(device, driver::CL_MEM_OBJECT_ALLOCATION_FAILURE, "clSVMAlloc", options);
  driver::result result = driver::CL_SUCCESS;
  made->native = device.api.create_buffer(device.context, driver::mem_read_write | driver::mem_use_host_ptr,
                                          size, made->base, &result);
  if (result != driver::CL_SUCCESS)
    fail_allocation(device, result, "clCreateBuffer over clSVMAlloc", options);
  return made;
}

std::unique_ptr<memory> allocate_usm(hal_device &device, const hal_memory_options &options) {
  auto made = std::make_unique<memory>(device, origin::usm);
  const driver::entries &api = device.api;
  const std::uint64_t size = padded_size(device, options);
  driver::result result = driver::CL_SUCCESS;
  const char *call = "clDeviceMemAllocINTEL";
  if (options.kind == HAL_MEMORY_HOST) {
    call = "clHostMemAllocINTEL";
    made->base = api.host_mem_alloc(device.context, nullptr, size, 0, &result);
  } else if (options.kind == HAL_MEMORY_SHARED) {
    call = "clSharedMemAllocINTEL";
    made->base = api.shared_mem_alloc(device.context, device.found.device, nullptr, size, 0, &result);
  } else {
    made->base = api.device_mem_alloc(device.context, device.found.device, nullptr, size, 0, &result);
  }
  if (result != driver::CL_SUCCESS || made->base == nullptr) {
    made->base = nullptr;
    if (result == driver::CL_SUCCESS) result = driver::CL_MEM_OBJECT_ALLOCATION_FAILURE;
    fail_allocation(device, result, call, options);
  }
  return made;
}

// Of the whole machine, in bytes; 0 when it cannot be read.
std::uint64_t available_host_memory() {
  std::ifstream in("/proc/meminfo");
  std::string word;
  std::uint64_t kibibytes = 0;
  while (in >> word) {
    if (word == "MemAvailable:" && in >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

std::unique_ptr<memory> allocate(hal_device &device, const hal_memory_options &options) {
  if (options.flags != 0)
    throw failure(HAL_STATUS_UNSUPPORTED, "OpenCL exports no memory; it was asked to be exportable.");
  if (options.kind == HAL_MEMORY_HOST) check_feature(device, HAL_FEATURE_HOST_MEMORY, "Host memory");
  if (options.kind == HAL_MEMORY_SHARED)
    check_feature(device, HAL_FEATURE_SHARED_MEMORY, "Memory with one address for both sides");
  std::unique_ptr<memory> made = device.able.has_usm   ? allocate_usm(device, options)
                                 : device.able.has_svm ? allocate_svm(device, options)
                                                       : allocate_plain(device, options);
  made->size = options.size;
  made->kind = options.kind;
  made->flags = options.flags;
  const auto begin = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(made->base));
  made->address = align_up(begin, options.alignment);
  made->offset = made->address - begin;
  if (options.kind != HAL_MEMORY_DEVICE) made->host = made->pointer();
  return made;
}

memory::memory(memory &whole, std::uint64_t part_offset, std::uint64_t part_size)
    : hal_memory(whole),
      device(whole.device),
      from(origin::slice),
      offset(whole.offset + part_offset),
      parent(&whole) {
  if (address != 0) address += part_offset;
  size = part_size;
  if (host != nullptr) host = static_cast<std::byte *>(host) + part_offset;
  ++whole.slices;
}

memory::~memory() {
  ending ignored(device);
  end(ignored);
}

void memory::end(ending &told) noexcept {
  if (std::exchange(ended, true)) return;
  const driver::entries &api = device.api;
  if (part != nullptr) told(api.release_buffer(part), "clReleaseMemObject of a part");
  if (from == origin::slice) {
    --parent->slices;
    return;
  }
  // A buffer stays with the driver for as long as work uses it. What has an address does not.
  if (from != origin::plain && base != nullptr && !finished) device.finish_queues(told);
  if (from == origin::external) release_external(*this, told);
  if (native != nullptr) told(api.release_buffer(native), "clReleaseMemObject");
  if (base == nullptr || (device.stuck && !finished)) return;
  if (from == origin::shared)
    api.svm_free(device.context, base);
  else
    told(api.mem_free(device.context, base), "clMemFreeINTEL");
}

driver::buffer memory::argument() {
  if (from != origin::slice && offset == 0) return native;
  const std::lock_guard lock(mutex);
  if (part != nullptr) return part;
  const driver::buffer_region region{offset, size};
  driver::result result = driver::CL_SUCCESS;
  part = device.api.create_sub_buffer(buffer(), 0, driver::buffer_create_region, &region, &result);
  if (result == driver::CL_MISALIGNED_SUB_BUFFER_OFFSET) {
    part = nullptr;
    throw failure(
        HAL_STATUS_UNSUPPORTED,
        fmt::format("A slice at offset {} cannot be a kernel's argument on {}: its memory has no addresses, "
                    "and parts of it begin at multiples of {} bytes.",
                    offset, device.name, device.facts.allocation_alignment),
        result);
  }
  device.check(result, fmt::format("clCreateSubBuffer of {} bytes at {}", size, offset));
  return part;
}

void *native_of(memory &given) {
  const std::lock_guard lock(given.mutex);
  if (given.part != nullptr) return given.part;
  return given.native != nullptr ? static_cast<void *>(given.native) : given.pointer();
}

void memory_entries::memory_allocate(hal_device *device, const hal_memory_options *options,
                                     hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  plugin::check_memory_options(*given,
                               given->kind == HAL_MEMORY_DEVICE ? open.facts.max_allocation : UINT64_MAX);
  open.deferred.reap();
  made = open.memory.insert(allocate(open, *given));
}

void memory_entries::memory_free(hal_device *device, hal_memory *handle) {
  hal_device &open = checked(device);
  const std::unique_ptr<memory> taken = open.memory.take(handle, plugin::check_unsliced<memory>);
  plugin::end(open, *taken);
}

void memory_entries::memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total) {
  hal_device &open = checked(device);
  std::uint64_t &free = plugin::output(out_free, "out_free");
  std::uint64_t &total = plugin::output(out_total, "out_total");
  total = open.facts.memory_total;
  // Free memory is not a question of OpenCL. One vendor tells; the host's own memory is known.
  std::uint64_t amd[2] = {};
  if (has_word(open.able.extensions, "cl_amd_device_attribute_query") &&
      device_bytes(open.found.device, driver::device_global_free_memory_amd, amd, sizeof amd) >=
          sizeof amd[0]) {
    free = std::min(amd[0] * 1024, total);
    return;
  }
  std::uint64_t own = 0;
  open.memory.for_each([&](const memory &one) {
    if (one.from != origin::slice && one.kind == HAL_MEMORY_DEVICE) own += one.size;
  });
  free = total - std::min(own, total);
  if (!open.has(HAL_FEATURE_UNIFIED_MEMORY)) return;
  if (const std::uint64_t available = available_host_memory()) free = std::min(free, available);
}

void memory_entries::memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                           hal_memory **out_memory) {
  hal_stream &on = open_outside_capture(stream, "memory_allocate_async");
  hal_device &open = on.device;
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  plugin::check_memory_options(*given,
                               given->kind == HAL_MEMORY_DEVICE ? open.facts.max_allocation : UINT64_MAX);
  if (given->kind != HAL_MEMORY_DEVICE || given->flags != 0) {
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory without flags is allocated in stream order.");
  }
  open.deferred.reap();
  // Memory that is there sooner than it may be used is in order as well.
  made = open.memory.insert(allocate(open, *given));
}

void memory_entries::memory_free_async(hal_stream *stream, hal_memory *handle) {
  hal_stream &on = open_outside_capture(stream, "memory_free_async");
  hal_device &open = on.device;
  std::unique_ptr<memory> taken = open.memory.take(handle, plugin::check_unsliced<memory>);
  if (taken->from == origin::slice) return;  // the driver keeps a part as long as work uses it
  happening behind = on.everything();        // or it is freed here, after waiting
  open.deferred.add(std::move(taken), std::move(behind));
}

void memory_entries::pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
  hal_device &open = checked(device);
  plugin::check_pointer(out, "The pointer's record");
  check_feature(open, HAL_FEATURE_POINTER_QUERY, "A question about an address");
  hal_pointer_info told{};
  open.memory.for_each([&](memory &one) {
    if (one.parent != nullptr || !one.holds(address)) return;
    told.kind = one.kind;
    told.base = one.address;
    told.size = one.size;
    told.memory = &one;
  });
  plugin::write_record(out, told, "The pointer's record");
}

void deferred_frees::add(std::unique_ptr<memory> taken, happening behind) {
  reap();
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(taken), std::move(behind)});
}

void deferred_frees::reap() noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [](waiting &one) {
    int status = driver::complete;
    if (one.behind.ask(status) == driver::CL_SUCCESS && status > driver::complete) return false;
    one.taken->finished = true;
    return true;
  });
}

void deferred_frees::finish(hal_device &device) noexcept {
  const std::lock_guard lock(mutex_);
  for (waiting &one : waiting_) {
    if (one.behind && !device.stuck) device.api.wait_for_events(1, &one.behind.native());
    one.taken->finished = !device.stuck;
  }
  waiting_.clear();
}

}  // namespace hal::plugins::opencl
