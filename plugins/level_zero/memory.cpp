#include "plugins/level_zero/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/external_memory.hpp"
#include "plugins/level_zero/sysman.hpp"
#include "plugins/level_zero/wait.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

// Drivers align to a page at least; more than this is padded for.
constexpr std::uint64_t natural_alignment = 256;
constexpr std::uint64_t largest_native_alignment = 65536;
// Host memory is not limited by the device's.
constexpr std::uint64_t no_limit = 1ull << 62;

// What this process has of each device's own memory, for where the driver does not tell what is free.
struct usage {
  std::mutex mutex;
  std::map<driver::device, std::uint64_t> bytes;
};

usage &all_usage() {
  static auto &all = *new usage;
  return all;
}

void count_usage(const memory &of, bool more) {
  if (of.kind != HAL_MEMORY_DEVICE || of.from != origin::allocated) return;
  const driver::device card = of.device.found.whole != nullptr ? of.device.found.whole : of.device.native;
  const std::lock_guard lock(all_usage().mutex);
  std::uint64_t &bytes = all_usage().bytes[card];
  bytes = more ? bytes + of.size : bytes - of.size;
}

void tell_free(const hal_device &device, std::uint64_t &free, std::uint64_t &total) {
  total = device.facts.memory_total;
  if (sysman::memory_state(device.api, device.found, free, total)) return;
  const driver::device card = device.found.whole != nullptr ? device.found.whole : device.native;
  const std::lock_guard lock(all_usage().mutex);
  const std::uint64_t used = all_usage().bytes[card];
  free = total - std::min(used, total);
}

[[noreturn]] void fail_allocation(hal_device &device, driver::result result, const char *call,
                                  const hal_memory_options &options) {
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  tell_free(device, free, total);
  const std::string what =
      fmt::format("{} of {} bytes ({} of {} bytes of device memory free)", call, options.size, free, total);
  // A size that no allocation can have is the lack of so much memory.
  if (result == driver::ZE_RESULT_ERROR_UNSUPPORTED_SIZE) {
    const failure refused = vendor_failure(result, what + " on " + device.name);
    throw failure(
        options.kind == HAL_MEMORY_HOST ? HAL_STATUS_OUT_OF_HOST_MEMORY : HAL_STATUS_OUT_OF_DEVICE_MEMORY,
        refused.what(), refused.native_code());
  }
  device.fail(result, what);
}

struct request {
  std::size_t size = 0;
  std::size_t alignment = 0;
};

request request_of(const hal_memory_options &options) {
  request wanted{options.size, natural_alignment};
  if (options.alignment <= largest_native_alignment) {
    wanted.alignment = std::max(options.alignment, natural_alignment);
    return wanted;
  }
  if (__builtin_add_overflow(options.size, options.alignment, &wanted.size)) {
    throw failure(HAL_STATUS_OUT_OF_DEVICE_MEMORY,
                  fmt::format("{} bytes aligned to {} are more than an address can reach.", options.size,
                              options.alignment));
  }
  return wanted;
}

driver::result allocate_natively(hal_device &device, const hal_memory_options &options, const request &wanted,
                                 const void *chain, void **out) {
  const driver::context context = device.context->native;
  const driver::device_allocation on_device{driver::device_allocation_type, chain, 0, 0};
  const driver::host_allocation on_host{driver::host_allocation_type, nullptr, 0};
  switch (options.kind) {
    case HAL_MEMORY_HOST:
      return device.api.mem_alloc_host(context, &on_host, wanted.size, wanted.alignment, out);
    case HAL_MEMORY_SHARED:
      return device.api.mem_alloc_shared(context, &on_device, &on_host, wanted.size, wanted.alignment,
                                         device.native, out);
    default:
      return device.api.mem_alloc_device(context, &on_device, wanted.size, wanted.alignment, device.native,
                                         out);
  }
}

const char *call_for(hal_memory_kind kind) {
  return kind == HAL_MEMORY_HOST     ? "zeMemAllocHost"
         : kind == HAL_MEMORY_SHARED ? "zeMemAllocShared"
                                     : "zeMemAllocDevice";
}

void check_kind(const hal_device &device, hal_memory_kind kind) {
  if (kind == HAL_MEMORY_HOST) check_feature(device, HAL_FEATURE_HOST_MEMORY, "Host memory for the device");
  if (kind == HAL_MEMORY_SHARED)
    check_feature(device, HAL_FEATURE_SHARED_MEMORY, "Memory with one address for both sides");
}

}  // namespace

std::unique_ptr<memory> allocate(hal_device &device, const hal_memory_options &options,
                                 std::uint32_t export_as) {
  auto made = std::make_unique<memory>(device, origin::allocated);
  const request wanted = request_of(options);
  const driver::relaxed_allocation relaxed{driver::relaxed_allocation_type, nullptr,
                                           driver::relaxed_max_size};
  const bool is_large = options.kind != HAL_MEMORY_HOST && wanted.size > device.native_max_allocation;
  const void *chain = is_large ? &relaxed : nullptr;
  const driver::export_description exported{driver::export_description_type, chain, export_as};
  const auto try_it = [&] {
    return allocate_natively(device, options, wanted, export_as != 0 ? &exported : chain, &made->base);
  };
  driver::result result = try_it();
  // What was freed in stream order may not have been given back yet.
  if (result == driver::ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY && device.release_freed()) result = try_it();
  if (result != driver::ZE_RESULT_SUCCESS) fail_allocation(device, result, call_for(options.kind), options);
  const auto first = reinterpret_cast<std::uintptr_t>(made->base);
  const std::uint64_t alignment = std::max(options.alignment, natural_alignment);
  made->address = (first + alignment - 1) & ~(alignment - 1);
  made->size = options.size;
  made->kind = options.kind;
  made->flags = options.flags;
  if (options.kind != HAL_MEMORY_DEVICE) made->host = made->bytes(0);
  count_usage(*made, true);
  return made;
}

memory::memory(memory &whole, std::uint64_t offset, std::uint64_t part_size)
    : hal_memory(whole), device(whole.device), from(origin::slice), parent(&whole) {
  plugin::cut(*this, whole, offset, part_size);
}

memory::~memory() {
  ending ignored(device);
  end(ignored);
}

void memory::end(ending &told) noexcept {
  if (std::exchange(ended, true)) return;
  if (from == origin::slice) {
    --parent->slices;
    return;
  }
  if (base == nullptr || from == origin::borrowed) return;
  // The driver frees at once, whatever still runs.
  if (!finished) {
    device.finish_streams(told);
    if (is_shared_with_peers()) {
      for (const mark_ref &last : ends_of_all_streams(*device.context)) finish(*last, told);
    }
  }
  const driver::context context = device.context->native;
  switch (from) {
    case origin::allocated:
    case origin::imported:
      told(device.api.mem_free(context, base), "zeMemFree");
      count_usage(*this, false);
      break;
    case origin::ipc:
      told(device.api.mem_close_ipc_handle(context, base), "zeMemCloseIpcHandle");
      break;
    case origin::registered:
      told(device.host_import.release(device.found.owner, base), "zexDriverReleaseImportedPointer");
      break;
    default:
      break;
  }
}

bool memory::is_shared_with_peers() const noexcept {
  return used_by_peers || device.guests != 0;
}

void memory_entries::memory_allocate(hal_device *device, const hal_memory_options *options,
                                     hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  plugin::check_memory_options(*given, given->kind == HAL_MEMORY_HOST ? no_limit : open.facts.max_allocation);
  check_kind(open, given->kind);
  const bool exportable = (given->flags & HAL_MEMORY_EXPORTABLE) != 0;
  made = open.memory.insert(exportable ? allocate_exportable(open, *given) : allocate(open, *given, 0));
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
  tell_free(open, free, total);
}

void memory_entries::memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                           hal_memory **out_memory) {
  hal_stream &on = open_outside_capture(stream, "memory_allocate_async");
  hal_device &open = on.device;
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  if (given->kind == HAL_MEMORY_HOST || given->kind == HAL_MEMORY_SHARED)
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory is allocated in stream order.");
  plugin::check_memory_options(*given, open.facts.max_allocation);
  // Memory that is there at once is there in stream order as well.
  made = open.memory.insert(allocate(open, *given, 0));
}

void memory_entries::memory_free_async(hal_stream *stream, hal_memory *handle) {
  hal_stream &on = open_outside_capture(stream, "memory_free_async");
  hal_device &open = on.device;
  // By this mark a device that is full knows that the memory is free.
  if (!on.is_known_idle()) on.mark_end(false);
  std::shared_ptr<memory> taken = open.memory.take(handle, plugin::check_unsliced<memory>);
  if (taken->from == origin::slice || taken->from == origin::borrowed) return;
  // The stream gets here after whoever else may use the memory.
  if (taken->is_shared_with_peers()) {
    for (const mark_ref &end : ends_of_all_streams(*open.context)) on.wait_for(end);
  }
  taken->finished = true;
  if (!on.keep(taken)) plugin::end(open, *taken);
}

}  // namespace hal::plugins::level_zero
