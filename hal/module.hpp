// Modules and their kernels.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/detail/device_state.hpp"

namespace hal {

// A kernel of a module. Cheap to copy. Valid as long as its module lives.
class kernel {
 public:
  struct attributes {
    std::optional<std::uint32_t> parameter_count;  // nothing when the code does not tell
    std::uint32_t max_block_items = 0;
    std::uint32_t subgroup_size = 0;
    std::uint32_t registers_per_item = 0;
    std::array<std::uint32_t, 3> required_block{};  // all 0: any
    std::uint64_t static_shared_memory = 0;
    std::uint64_t max_dynamic_shared_memory = 0;
    std::uint64_t local_memory_per_item = 0;
  };
  struct parameter {
    hal_argument_kind kind = HAL_ARGUMENT_VALUE;
    std::uint32_t size = 0;
    std::uint32_t alignment = 0;
    std::string name;
  };

  kernel() = default;
  kernel(const detail::device_state &device, hal_kernel *handle) noexcept
      : device_(&device), handle_(handle) {}

  attributes get_attributes() const;
  parameter get_parameter(std::uint32_t index) const;
  // A block for a launch of about that many items (0: many) that keeps the device busy.
  std::array<std::uint32_t, 3> suggest_block(std::array<std::uint32_t, 3> items = {},
                                             std::uint64_t dynamic_shared_memory = 0) const;
  // Blocks of that many items that one compute unit holds at once.
  std::uint32_t occupancy(std::uint32_t block_items, std::uint64_t dynamic_shared_memory = 0) const;

  hal_kernel *handle() const noexcept { return handle_; }

 private:
  const detail::device_state *device_ = nullptr;
  hal_kernel *handle_ = nullptr;
};

// Where a module's code comes from.
struct module_source {
  std::string_view format;           // one of device_info.module_formats
  std::span<const std::byte> bytes;  // needed during the call only, except where a format says otherwise
  std::string_view options = {};     // for the compiler, when there is one
  std::string *log = nullptr;        // receives the build log, on success and on failure
  bool keep_binary = false;          // module::binary will be asked for
};

// What a driver's compiler made of a module.
struct module_binary {
  std::string format;  // as which device::load takes the bytes
  std::vector<std::byte> bytes;
};

// Code on a device. Moves, never copies. Unloaded on destruction, after the work that uses it has finished.
class module {
 public:
  module() = default;
  module(std::shared_ptr<const detail::device_state> device,
         hal_module *handle) noexcept :device_(std::move(device)),
      handle_(handle) {}
  module(module &&other) noexcept :device_(std::move(other.device_)),
      handle_(std::exchange(other.handle_, nullptr)) {}
  module &operator=(module &&other) noexcept {
    module(std::move(other)).swap(*this);
    return *this;
  }
  ~module();

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  // The kernel of that name. Throws not_found with the nearest names.
  kernel operator[](std::string_view name) const;
  // Throws unsupported when the format does not tell.
  std::vector<std::string> kernel_names() const;

  // For the same device, or one of the same name and targets, under the same driver version. The module was
  // loaded with keep_binary. Throws unsupported when there is none: the device has no `module_binary`, or the
  // module was loaded as a binary.
  module_binary binary() const;

  hal_module *handle() const noexcept { return handle_; }

  void swap(module &other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
  }

 private:
  std::shared_ptr<const detail::device_state> device_;
  hal_module *handle_ = nullptr;
};

}  // namespace hal
