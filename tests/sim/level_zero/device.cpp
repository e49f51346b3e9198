// The driver and its devices.
#include <algorithm>
#include <chrono>
#include <cstring>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {

world &all() {
  static world &one = *[] {
    auto *made = new world;
    for (const device_config &each : configuration().devices) {
      auto device = std::make_unique<_ze_device_handle_t>();
      device->index = static_cast<std::uint32_t>(made->devices.size());
      device->config = &each;
      for (std::uint32_t tile = 0; tile < each.tiles; ++tile) {
        auto part = std::make_unique<_ze_device_handle_t>();
        part->index = device->index;
        part->config = &each;
        part->whole = device.get();
        part->tile = tile;
        device->tiles.push_back(std::move(part));
      }
      made->devices.push_back(std::move(device));
    }
    return made;
  }();
  return one;
}

ze_result_t enter(const char *entry) {
  const auto planned = static_cast<ze_result_t>(enter(configuration().faults, entry));
  if (planned == ZE_RESULT_ERROR_DEVICE_LOST) {
    const guard lock(all().mutex);
    all().devices.front()->lost = true;
    all().changed.notify_all();
  }
  return planned;
}

std::uint64_t timestamp_of(ze_device_handle_t device) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  static const auto first = now;
  const double seconds = std::chrono::duration<double>(now - first).count();
  const auto ticks = device->config->timestamp_start +
                     static_cast<std::uint64_t>(seconds * static_cast<double>(device->config->timer_hz));
  const std::uint32_t bits = device->config->timestamp_bits;
  return bits == 0 || bits >= 64 ? ticks : ticks & ((1ull << bits) - 1);
}

namespace {

// As every list of the API is asked for: a count, then as many records as there is room for.
template <typename Value, typename Make>
ze_result_t list(std::uint32_t *count, Value *out, std::uint32_t have, Make &&make) {
  if (*count == 0 || out == nullptr) {
    *count = have;
    return ZE_RESULT_SUCCESS;
  }
  *count = std::min(*count, have);
  for (std::uint32_t i = 0; i < *count; ++i) make(i, out[i]);
  return ZE_RESULT_SUCCESS;
}

void import_pointer_is_counted(void *pointer, bool more) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (more) {
    all().imported_host.insert(address);
  } else {
    all().imported_host.erase(address);
  }
}

ze_result_t import_external_pointer(ze_driver_handle_t, void *pointer, std::size_t size) {
  if (pointer == nullptr || size == 0) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const guard lock(all().mutex);
  import_pointer_is_counted(pointer, true);
  return ZE_RESULT_SUCCESS;
}

ze_result_t release_imported_pointer(ze_driver_handle_t, void *pointer) {
  const guard lock(all().mutex);
  import_pointer_is_counted(pointer, false);
  return ZE_RESULT_SUCCESS;
}

std::vector<ze_device_handle_t> listed_devices() {
  std::vector<ze_device_handle_t> devices;
  for (const auto &one : all().devices) {
    if (configuration().flat && !one->tiles.empty()) {
      for (const auto &tile : one->tiles) devices.push_back(tile.get());
    } else {
      devices.push_back(one.get());
    }
  }
  return devices;
}

}  // namespace
}  // namespace sim

using sim::all;
using sim::configuration;
using sim::guard;

namespace sim::entries {

ze_result_t init(ze_init_flags_t) {
  SIM_ENTER(zeInit)
  return ZE_RESULT_SUCCESS;
}

ze_result_t driver_get(uint32_t *count, ze_driver_handle_t *drivers) {
  SIM_ENTER(zeDriverGet)
  return list(count, drivers, 1, [](std::uint32_t, ze_driver_handle_t &out) { out = &all().driver; });
}

ze_result_t driver_get_api_version(ze_driver_handle_t, ze_api_version_t *out) {
  SIM_ENTER(zeDriverGetApiVersion)
  *out = static_cast<ze_api_version_t>(configuration().api);
  return ZE_RESULT_SUCCESS;
}

ze_result_t driver_get_properties(ze_driver_handle_t, ze_driver_properties_t *out) {
  SIM_ENTER(zeDriverGetProperties)
  std::memset(out->uuid.id, 0x42, sizeof out->uuid.id);
  out->driverVersion = 0x1036013;
  return ZE_RESULT_SUCCESS;
}

ze_result_t driver_get_ipc_properties(ze_driver_handle_t, ze_driver_ipc_properties_t *out) {
  SIM_ENTER(zeDriverGetIpcProperties)
  out->flags = configuration().devices.front().external ? ZE_IPC_PROPERTY_FLAG_MEMORY : 0;
  return ZE_RESULT_SUCCESS;
}

ze_result_t driver_get_extension_properties(ze_driver_handle_t, uint32_t *count,
                                            ze_driver_extension_properties_t *out) {
  SIM_ENTER(zeDriverGetExtensionProperties)
  return list(count, out, configuration().relaxed ? 1 : 0,
              [](std::uint32_t, ze_driver_extension_properties_t &each) {
                std::strncpy(each.name, "ZE_experimental_relaxed_allocation_limits", sizeof each.name - 1);
                each.version = 1;
              });
}

ze_result_t driver_get_extension_function_address(ze_driver_handle_t, const char *name, void **out) {
  SIM_ENTER(zeDriverGetExtensionFunctionAddress)
  *out = nullptr;
  if (configuration().import_host && std::strcmp(name, "zexDriverImportExternalPointer") == 0)
    *out = reinterpret_cast<void *>(&import_external_pointer);
  if (configuration().import_host && std::strcmp(name, "zexDriverReleaseImportedPointer") == 0)
    *out = reinterpret_cast<void *>(&release_imported_pointer);
  return *out != nullptr ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_ARGUMENT;
}

ze_result_t device_get(ze_driver_handle_t, uint32_t *count, ze_device_handle_t *out) {
  SIM_ENTER(zeDeviceGet)
  const auto devices = listed_devices();
  return list(count, out, static_cast<std::uint32_t>(devices.size()),
              [&](std::uint32_t i, ze_device_handle_t &each) { each = devices[i]; });
}

ze_result_t device_get_sub_devices(ze_device_handle_t device, uint32_t *count, ze_device_handle_t *out) {
  SIM_ENTER(zeDeviceGetSubDevices)
  return list(count, out, static_cast<std::uint32_t>(device->tiles.size()),
              [&](std::uint32_t i, ze_device_handle_t &each) { each = device->tiles[i].get(); });
}

ze_result_t device_get_properties(ze_device_handle_t device, ze_device_properties_t *out) {
  SIM_ENTER(zeDeviceGetProperties)
  const device_config &config = *device->config;
  const bool is_tile = device->whole != nullptr;
  const bool is_frequency = out->stype == ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES_1_2;
  out->type = static_cast<ze_device_type_t>(config.type);
  out->vendorId = 0x8086;
  out->deviceId = 0x0bd5;
  out->flags = is_tile && !configuration().flat ? ZE_DEVICE_PROPERTY_FLAG_SUBDEVICE : 0;
  out->subdeviceId = device->tile;
  out->coreClockRate = 1600;
  out->maxMemAllocSize = std::min(config.max_allocation, device->limit());
  out->maxHardwareContexts = 1024;
  out->maxCommandQueuePriority = 1;
  out->numThreadsPerEU = 8;
  out->physicalEUSimdWidth = 16;
  out->numEUsPerSubslice = 8;
  out->numSubslicesPerSlice = 16;
  out->numSlices = std::max(config.tiles, 1u);
  if (is_tile) out->numSlices = 1;
  out->timerResolution = is_frequency ? config.timer_hz : 1'000'000'000 / config.timer_hz;
  out->timestampValidBits = config.timestamp_bits;
  out->kernelTimestampValidBits = 32;
  std::memcpy(out->uuid.id, config.uuid, sizeof out->uuid.id);
  if (is_tile) out->uuid.id[15] = static_cast<std::uint8_t>(device->tile + 1);
  std::memset(out->name, 0, sizeof out->name);
  std::strncpy(out->name, config.name.c_str(), sizeof out->name - 1);
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_compute_properties(ze_device_handle_t device, ze_device_compute_properties_t *out) {
  SIM_ENTER(zeDeviceGetComputeProperties)
  if (device->config->spirv == 0) return ZE_RESULT_SUCCESS;
  out->maxTotalGroupSize = 1024;
  out->maxGroupSizeX = out->maxGroupSizeY = 1024;
  out->maxGroupSizeZ = 64;
  out->maxGroupCountX = UINT32_MAX;
  out->maxGroupCountY = out->maxGroupCountZ = 1u << 20;
  out->maxSharedLocalMemory = 64 * 1024;
  out->numSubGroupSizes = 2;
  out->subGroupSizes[0] = 16;
  out->subGroupSizes[1] = 32;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_module_properties(ze_device_handle_t device, ze_device_module_properties_t *out) {
  SIM_ENTER(zeDeviceGetModuleProperties)
  out->spirvVersionSupported = device->config->spirv;
  out->flags = ZE_DEVICE_MODULE_FLAG_FP16 | ZE_DEVICE_MODULE_FLAG_FP64 | ZE_DEVICE_MODULE_FLAG_INT64_ATOMICS;
  out->maxArgumentsSize = 2048;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_queue_groups(ze_device_handle_t device, uint32_t *count,
                                    ze_command_queue_group_properties_t *out) {
  SIM_ENTER(zeDeviceGetCommandQueueGroupProperties)
  return list(count, out, device->config->copy_engine ? 2 : 1,
              [&](std::uint32_t i, ze_command_queue_group_properties_t &each) {
                const bool computes = i == 0 && device->config->spirv != 0;
                each.flags = ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COPY;
                if (computes) each.flags |= ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE;
                if (computes && device->config->cooperative)
                  each.flags |= ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COOPERATIVE_KERNELS;
                each.maxMemoryFillPatternSize = 16;
                each.numQueues = i == 0 ? 1 : 2;
              });
}

ze_result_t device_get_memory_properties(ze_device_handle_t device, uint32_t *count,
                                         ze_device_memory_properties_t *out) {
  SIM_ENTER(zeDeviceGetMemoryProperties)
  return list(count, out, 1, [&](std::uint32_t, ze_device_memory_properties_t &each) {
    each.maxClockRate = 3200;
    each.maxBusWidth = 1024;
    each.totalSize = device->limit();
    std::strncpy(each.name, "HBM", sizeof each.name - 1);
  });
}

ze_result_t device_get_memory_access_properties(ze_device_handle_t device,
                                                ze_device_memory_access_properties_t *out) {
  SIM_ENTER(zeDeviceGetMemoryAccessProperties)
  out->hostAllocCapabilities = out->deviceAllocCapabilities = ZE_MEMORY_ACCESS_CAP_FLAG_RW;
  out->sharedSingleDeviceAllocCapabilities = device->config->shared ? ZE_MEMORY_ACCESS_CAP_FLAG_RW : 0;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_cache_properties(ze_device_handle_t, uint32_t *count,
                                        ze_device_cache_properties_t *out) {
  SIM_ENTER(zeDeviceGetCacheProperties)
  return list(count, out, 1,
              [](std::uint32_t, ze_device_cache_properties_t &each) { each.cacheSize = 16u << 20; });
}

ze_result_t device_get_external_memory_properties(ze_device_handle_t device,
                                                  ze_device_external_memory_properties_t *out) {
  SIM_ENTER(zeDeviceGetExternalMemoryProperties)
  const ze_external_memory_type_flags_t kinds =
      device->config->external ? ZE_EXTERNAL_MEMORY_TYPE_FLAG_OPAQUE_FD | ZE_EXTERNAL_MEMORY_TYPE_FLAG_DMA_BUF
                               : 0;
  out->memoryAllocationImportTypes = out->memoryAllocationExportTypes = kinds;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_p2p_properties(ze_device_handle_t device, ze_device_handle_t peer,
                                      ze_device_p2p_properties_t *out) {
  SIM_ENTER(zeDeviceGetP2PProperties)
  const bool linked = device->card() == peer->card() || device->config->peers.count(peer->index) != 0;
  out->flags = linked ? ZE_DEVICE_P2P_PROPERTY_FLAG_ACCESS | ZE_DEVICE_P2P_PROPERTY_FLAG_ATOMICS : 0;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_can_access_peer(ze_device_handle_t device, ze_device_handle_t peer, ze_bool_t *out) {
  SIM_ENTER(zeDeviceCanAccessPeer)
  *out = device->card() == peer->card() || device->config->peers.count(peer->index) != 0;
  return ZE_RESULT_SUCCESS;
}

ze_result_t device_get_status(ze_device_handle_t device) {
  SIM_ENTER(zeDeviceGetStatus)
  const guard lock(all().mutex);
  return device->card()->lost ? ZE_RESULT_ERROR_DEVICE_LOST : ZE_RESULT_SUCCESS;
}

ze_result_t device_pci_get_properties(ze_device_handle_t device, ze_pci_ext_properties_t *out) {
  SIM_ENTER(zeDevicePciGetPropertiesExt)
  const std::uint32_t(&pci)[4] = device->config->pci;
  out->address = {pci[0], pci[1], pci[2], pci[3]};
  out->maxSpeed = {5, 16, 63'000'000'000};
  return ZE_RESULT_SUCCESS;
}

ze_result_t context_create(ze_driver_handle_t, const ze_context_desc_t *, ze_context_handle_t *out) {
  SIM_ENTER(zeContextCreate)
  const guard lock(all().mutex);
  *out = new _ze_context_handle_t;
  all().contexts.insert(*out);
  ++all().objects;
  return ZE_RESULT_SUCCESS;
}

ze_result_t context_destroy(ze_context_handle_t context) {
  SIM_ENTER(zeContextDestroy)
  const guard lock(all().mutex);
  if (all().contexts.erase(context) == 0) return ZE_RESULT_ERROR_INVALID_NULL_HANDLE;
  for (const auto &[address, one] : all().allocations) all().objects += one.context == context ? 1 : 0;
  --all().objects;
  if (context->lists == 0) delete context;
  // A device comes back with the last that knew it as lost.
  if (all().contexts.empty()) {
    for (const auto &one : all().devices) one->lost = false;
  }
  return ZE_RESULT_SUCCESS;
}

ze_result_t context_get_status(ze_context_handle_t context) {
  SIM_ENTER(zeContextGetStatus)
  const guard lock(all().mutex);
  return all().contexts.count(context) != 0 ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_ARGUMENT;
}

}  // namespace sim::entries

SIM_EXPORT std::uint64_t zeSimLeftBehind() {
  const guard lock(all().mutex);
  return static_cast<std::uint64_t>(all().objects) + all().allocations.size() + all().imported_host.size();
}
