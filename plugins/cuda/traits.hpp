// What the author kit's objects over native streams, events, pools and graphs (hal/plugin/native) need to
// know of CUDA's driver.
#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/device.h"
#include "hal/plugin/failure.hpp"
#include "plugins/cuda/api.hpp"
#include "plugins/cuda/status.hpp"

namespace hal::plugin::native {
struct pointer_facts;
}

namespace hal::plugins::cuda {

struct memory;
struct copies;
class current_context;
class current_context_or_none;

inline constexpr const char *module_formats[] = {"ptx", "cubin", "fatbin"};

struct traits {
  using device = hal_device;
  using memory = cuda::memory;
  using stream = hal_stream;
  using event = hal_event;
  using module = hal_module;
  using kernel = hal_kernel;
  using graph = hal_graph;
  using executable = hal_graph_executable;

  using api = cuda::api;
  using names = driver::names;
  using result = driver::result;
  using copies = cuda::copies;
  using current = current_context;
  using current_or_none = current_context_or_none;
  using deviceptr = driver::deviceptr;
  using native_device = driver::device;
  using native_context = driver::context;
  using native_stream = driver::stream;
  using native_event = driver::event;
  using native_module = driver::module;
  using native_function = driver::function;
  using native_graph = driver::graph;
  using native_executable = driver::graph_exec;
  using native_pool = driver::memory_pool;
  using pool_properties = driver::pool_properties;
  using pool_access = driver::access_description;
  using location = driver::location;
  using peer = driver::context;

  static constexpr result success = driver::CUDA_SUCCESS;
  static constexpr result not_ready = driver::CUDA_ERROR_NOT_READY;
  static constexpr result out_of_memory = driver::CUDA_ERROR_OUT_OF_MEMORY;
  static constexpr result already_registered = driver::CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  static constexpr result peer_already_enabled = driver::CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
  static constexpr result peer_not_enabled = driver::CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
  static constexpr auto capture_relaxed = driver::capture_relaxed;
  static constexpr auto function_max_threads = driver::function_max_threads_per_block;
  static constexpr auto function_shared_size = driver::function_shared_size;
  static constexpr auto function_local_size = driver::function_local_size;
  static constexpr auto function_registers = driver::function_registers;
  static constexpr auto location_device = driver::location_device;
  static constexpr auto allocation_pinned = driver::allocation_pinned;
  static constexpr auto handle_none = driver::handle_none;
  static constexpr auto access_read_write = driver::access_read_write;
  static constexpr auto p2p_native_atomics = driver::p2p_native_atomics;
  static constexpr auto pool_release_threshold = driver::pool_release_threshold;
  static constexpr unsigned stream_non_blocking = driver::stream_non_blocking;
  static constexpr unsigned event_disable_timing = driver::event_disable_timing;
  static constexpr unsigned host_flags = driver::host_portable | driver::host_device_map;
  static constexpr unsigned register_flags = driver::host_portable | driver::host_device_map;
  static constexpr unsigned managed_flags = driver::managed_attach_global;
  static constexpr bool executables_outlive_launches = true;
  static constexpr char parameters_unknown[] =
      "Neither the driver (CUDA 12.4 and later would) nor the image tells";
  static constexpr char names_unknown[] =
      "Neither the driver (CUDA 12.4 and later would) nor the image tells the module's kernels.";

  static bool ends_device(result given) noexcept { return cuda::ends_device(given); }
  static plugin::failure failed(const api &api, result given, std::string_view call) {
    return vendor_failure(api, given, call);
  }
  static void forget(const api &) noexcept {}

  // device.hpp
  static peer peer_of(const hal_device &device) noexcept;
  static const std::uint32_t *max_grid(const hal_kernel &kernel) noexcept;

  // external_memory.cpp
  static std::unique_ptr<memory> allocate_exportable(hal_device &device, const hal_memory_options &options);
  static void release_external(memory &made, ending &told) noexcept;
  static void export_to(hal_device &device, memory &root, hal_external_handle &told);
  static std::unique_ptr<memory> import(hal_device &device, const hal_external_handle &given);
  static bool names_nothing(const plugin::failure &refused) noexcept;

  // adopt.cpp
  static plugin::native::pointer_facts facts_of(hal_device &device, std::uint64_t address);

  // module.cpp
  static std::vector<std::string> formats(const hal_device &) {
    return {std::begin(module_formats), std::end(module_formats)};
  }
  static std::unique_ptr<hal_module> load(hal_device &device, const hal_module_source &source,
                                          std::string &log);

  // kernel.cpp
  static hal_kernel make_kernel(hal_module &module, const char *name);
  static result best_block(const hal_device &device, int *grid, int *block, driver::function function,
                           std::size_t dynamic_shared_memory);
  static void check_launch(const hal_kernel &, const hal_launch &) noexcept {}

  // graph.cpp
  static void instantiate(hal_device &device, driver::graph recorded, driver::graph_exec *made);
  static result update(const hal_device &device, driver::graph_exec ready, driver::graph recorded);
};

}  // namespace hal::plugins::cuda
