#include "plugins/template/memory.hpp"

#include <memory>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/device.hpp"

namespace template_plugin {

using hal::plugin::failure;

memory::memory(hal_device &owner, const hal_memory_options &options) : hal_memory{}, device(owner) {
  size = options.size;
  kind = options.kind;
  if (kind == HAL_MEMORY_HOST) {
    owner.check(owner.api.host_allocate(owner.context, size, options.alignment, &host),
                "vendor_host_allocate of " + std::to_string(size) + " bytes");
    address = reinterpret_cast<std::uintptr_t>(host);
  } else {
    owner.check(owner.api.memory_allocate(owner.context, size, options.alignment, &address),
                "vendor_memory_allocate of " + std::to_string(size) + " bytes");
  }
}

memory::memory(memory &whole, std::uint64_t offset, std::uint64_t part_size)
    : hal_memory(whole), device(whole.device), parent(&whole) {
  hal::plugin::cut(*this, whole, offset, part_size);
}

memory::~memory() {
  if (parent != nullptr) {
    --parent->slices;
  } else if (kind == HAL_MEMORY_HOST) {
    device.api.host_free(device.context, host);
  } else {
    device.api.memory_free(device.context, address);
  }
}

void memory_entries::memory_allocate(hal_device *device, const hal_memory_options *options,
                                     hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = hal::plugin::output(out_memory, "out_memory");
  const hal::plugin::input_record<hal_memory_options> given(options, "The memory options");
  hal::plugin::check_memory_options(*given, open.facts.max_allocation);
  if (given->kind == HAL_MEMORY_SHARED)
    throw failure(HAL_STATUS_UNSUPPORTED, "The device has no memory with one address for both sides.");
  if ((given->flags & HAL_MEMORY_EXPORTABLE) != 0)
    throw failure(HAL_STATUS_UNSUPPORTED, "The device's memory cannot be exported.");
  made = open.memory.insert(std::make_unique<memory>(open, *given));
}

void memory_entries::memory_free(hal_device *device, hal_memory *handle) {
  checked(device).memory.take(handle, hal::plugin::check_unsliced<memory>);
}

void memory_entries::memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total) {
  hal_device &open = checked(device);
  std::uint64_t &free = hal::plugin::output(out_free, "out_free");
  std::uint64_t &total = hal::plugin::output(out_total, "out_total");
  open.check(open.api.device_memory(open.index, &free, &total), "vendor_device_memory");
}

}  // namespace template_plugin
