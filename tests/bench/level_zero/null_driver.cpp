// The entries of the null driver that answer something. HAL_NULL_IN_ORDER=1 makes it one of 1.9, whose lists
// are in order.
#include <cstdlib>
#include <cstring>

#include "plugins/level_zero/driver.hpp"

using namespace hal::plugins::level_zero::driver;

#define NULL_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

int objects[16];
alignas(64) char memory[65536];

template <typename Handle>
Handle handle(int which) {
  return reinterpret_cast<Handle>(&objects[which]);
}

}  // namespace

NULL_EXPORT result zeDriverGet(std::uint32_t *count, driver_handle *out) {
  *count = 1;
  if (out != nullptr) *out = handle<driver_handle>(0);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDriverGetApiVersion(driver_handle, std::uint32_t *out) {
  const char *in_order = std::getenv("HAL_NULL_IN_ORDER");
  *out = in_order != nullptr && *in_order == '1' ? version(1, 9) : version(1, 4);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDriverGetExtensionProperties(driver_handle, std::uint32_t *count, extension *) {
  *count = 0;
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGet(driver_handle, std::uint32_t *count, device *out) {
  *count = 1;
  if (out != nullptr) *out = handle<device>(1);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGetSubDevices(device, std::uint32_t *count, device *) {
  *count = 0;
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGetProperties(device, device_properties *out) {
  out->kind = gpu;
  out->max_allocation = 1ull << 40;
  out->timer_resolution = 1'000'000'000;
  std::strcpy(out->name, "nothing");
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGetComputeProperties(device, compute_properties *out) {
  out->max_group_items = 1024;
  for (int axis = 0; axis < 3; ++axis) out->max_group_size[axis] = out->max_group_count[axis] = 1024;
  out->max_shared_memory = 65536;
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGetModuleProperties(device, module_properties *out) {
  out->spirv_version = version(1, 4);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeDeviceGetCommandQueueGroupProperties(device, std::uint32_t *count,
                                                          queue_group_properties *out) {
  *count = 1;
  if (out != nullptr) {
    out->flags = group_computes | group_copies;
    out->queue_count = 1;
  }
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeContextCreate(driver_handle, const context_description *, context *out) {
  *out = handle<context>(2);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeCommandListCreateImmediate(context, device, const queue_description *,
                                                command_list *out) {
  *out = handle<command_list>(3);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeCommandListCreate(context, device, const list_description *, command_list *out) {
  *out = handle<command_list>(8);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeCommandQueueCreate(context, device, const queue_description *, command_queue *out) {
  *out = handle<command_queue>(9);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeFenceCreate(command_queue, const fence_description *, fence *out) {
  *out = handle<fence>(10);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeEventPoolCreate(context, const event_pool_description *, std::uint32_t, device *,
                                     event_pool *out) {
  *out = handle<event_pool>(4);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeEventCreate(event_pool, const event_description *, event *out) {
  *out = handle<event>(5);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeMemAllocDevice(context, const device_allocation *, std::size_t, std::size_t, device,
                                    void **out) {
  *out = memory;
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeMemAllocHost(context, const host_allocation *, std::size_t, std::size_t, void **out) {
  *out = memory;
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeModuleCreate(context, device, const module_description *, module *out, build_log *) {
  *out = handle<module>(6);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeModuleGetKernelNames(module, std::uint32_t *count, const char **out) {
  *count = 1;
  if (out != nullptr) *out = "saxpy";
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeKernelCreate(module, const kernel_description *, kernel *out) {
  *out = handle<kernel>(7);
  return ZE_RESULT_SUCCESS;
}
NULL_EXPORT result zeKernelGetProperties(kernel, kernel_properties *out) {
  out->argument_count = 4;
  return ZE_RESULT_SUCCESS;
}
