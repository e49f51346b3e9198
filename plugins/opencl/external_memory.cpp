#include "plugins/opencl/external_memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/external_memory.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

using handing = driver::result (*)(driver::queue, driver::unsigned_int, const driver::buffer *,
                                   driver::unsigned_int, const driver::event *, driver::event *);

// Takes the buffer over from its exporter or gives it back, and waits for that.
driver::result hand(const hal_device &device, driver::buffer what, handing way) noexcept {
  driver::event done = nullptr;
  driver::result result = way(device.service, 1, &what, 0, nullptr, &done);
  if (result != driver::CL_SUCCESS) return result;
  result = device.api.wait_for_events(1, &done);
  device.api.release_event(done);
  return result;
}

std::unique_ptr<memory> import_descriptor(hal_device &device, const hal_external_handle &given) {
  // The driver owns a descriptor that it has taken; the caller's stays the caller's.
  const int own = dup(given.fd);
  if (own < 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The external handle's descriptor {} cannot be used: {}.", given.fd,
                              std::strerror(errno)));
  }
  const driver::property kind =
      given.kind == HAL_EXTERNAL_FD ? driver::external_opaque_fd : driver::external_dma_buf;
  const driver::property wanted[] = {kind,
                                     static_cast<driver::property>(own),
                                     driver::mem_device_list,
                                     reinterpret_cast<driver::property>(device.found.device),
                                     0,
                                     0};
  auto made = std::make_unique<memory>(device, origin::external);
  driver::result result = driver::CL_SUCCESS;
  made->native = device.api.create_buffer_with_properties(device.context, wanted, driver::mem_read_write,
                                                          given.offset + given.size, nullptr, &result);
  if (result != driver::CL_SUCCESS) {
    close(own);
    device.fail(result, fmt::format("clCreateBufferWithProperties of {} bytes of descriptor {}",
                                    given.offset + given.size, given.fd));
  }
  device.check(hand(device, made->native, device.api.enqueue_acquire_external),
               "clEnqueueAcquireExternalMemObjectsKHR");
  made->acquired = true;
  return made;
}

}  // namespace

void release_external(memory &made, ending &told) noexcept {
  if (!made.acquired || made.device.stuck) return;
  made.device.finish_queues(told);
  told(hand(made.device, made.native, made.device.api.enqueue_release_external),
       "clEnqueueReleaseExternalMemObjectsKHR");
}

void external_memory_entries::memory_import(hal_device *device, const hal_external_handle *handle,
                                            hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_external_handle> given(handle, "The external handle");
  const plugin::external_kind &way = plugin::checked_kind(given->kind);
  plugin::check_external_handle(*given);
  check_feature(open, way.imported, "Import of memory in this way");
  std::unique_ptr<memory> imported = import_descriptor(open, *given);
  imported->offset = given->offset;
  imported->size = given->size;
  imported->kind = HAL_MEMORY_DEVICE;
  made = open.memory.insert(std::move(imported));
}

}  // namespace hal::plugins::opencl
