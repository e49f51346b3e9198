// Kernels and their launches.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/opencl/api.hpp"
#include "plugins/opencl/parameters.hpp"

namespace hal::plugins::opencl {

// A kernel of OpenCL's with the arguments that were set last: one thread's at a time.
struct kernel_instance {
  kernel_instance(hal_device &owner, driver::kernel made) : device(owner), native(made) {}
  ~kernel_instance();
  void end(ending &told) noexcept;
  kernel_instance(const kernel_instance &) = delete;
  kernel_instance &operator=(const kernel_instance &) = delete;

  hal_device &device;
  const driver::kernel native;
  bool ended = false;
  std::mutex mutex;
};

}  // namespace hal::plugins::opencl

struct hal_kernel {
  // Throws HAL_STATUS_NOT_FOUND. Lives as long as the module.
  hal_kernel(hal_module &owner, const char *given_name);
  void end(hal::plugins::opencl::ending &told) noexcept;
  hal_kernel(const hal_kernel &) = delete;
  hal_kernel &operator=(const hal_kernel &) = delete;

  hal::plugins::opencl::driver::kernel native() const noexcept { return first_->native; }
  // One more, for whom wants its arguments to stay.
  std::unique_ptr<hal::plugins::opencl::kernel_instance> make_instance() const;

  // An instance that no other thread uses while the lock lives. Threads that launch one kernel at once get
  // one each, up to a number.
  struct lease {
    std::unique_lock<std::mutex> lock;
    hal::plugins::opencl::driver::kernel native;
  };
  lease take();

  hal_module &module;
  hal_device &device;
  const std::string name;
  std::uint32_t parameter_count = 0;
  bool has_kinds = false;  // `parameters` tells what each argument is
  std::vector<hal::plugins::opencl::parameter> parameters;
  std::uint32_t max_block_items = 0;
  std::uint32_t preferred_multiple = 1;
  std::uint64_t static_shared_memory = 0;
  std::uint64_t private_memory = 0;
  std::uint32_t required_block[3] = {0, 0, 0};  // all 0: any

 private:
  std::unique_ptr<hal::plugins::opencl::kernel_instance> first_;  // there from the beginning: needs no lock
  std::mutex mutex_;                                              // of the others
  std::vector<std::unique_ptr<hal::plugins::opencl::kernel_instance>> others_;
};

namespace hal::plugins::opencl {

// Table entries; the contract is hal/abi/device.h.
struct kernel_entries {
  static void kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out);
  static void kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out);
  static void kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                   std::uint64_t dynamic_shared_memory, std::uint32_t *out_block);
  static void kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                               std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks);
  static void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch);
};

}  // namespace hal::plugins::opencl
