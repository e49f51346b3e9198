#include "plugins/host/launch.hpp"

#include <fmt/format.h>

#include <cstring>
#include <new>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/submit.hpp"

namespace hal::plugins::host {
namespace {

constexpr plugin::launch_limits device_limits{max_grid, max_block, max_block_items, max_shared_memory};

class launch_command final : public command {
 public:
  ~launch_command() override {
    if (record.kernel != nullptr) record.release();
  }
  void run(executor &on) override { record.run(on); }

  launch_record record;
};

void check_block(const hal_launch &launch, const hal_kernel &kernel) {
  const std::uint32_t *required = kernel.code.required_block;
  if (required[0] == 0) return;
  if (launch.block[0] == required[0] && launch.block[1] == required[1] && launch.block[2] == required[2])
    return;
  throw failure(
      HAL_STATUS_OUT_OF_RANGE,
      fmt::format("Kernel {} runs in blocks of {} x {} x {} items only; the launch has {} x {} x {}.",
                  kernel.code.name, required[0], required[1], required[2], launch.block[0], launch.block[1],
                  launch.block[2]));
}

void check_flags(const hal_launch &launch) {
  if (launch.flags == 0) [[likely]]
    return;
  if (launch.flags == HAL_LAUNCH_COOPERATIVE) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "The host device runs the blocks of a launch one after the other on each core; it has no "
                  "cooperative launch.");
  }
  throw failure(
      HAL_STATUS_INVALID_ARGUMENT,
      fmt::format("The launch flags are {:#x}; only HAL_LAUNCH_COOPERATIVE (1) is defined.", launch.flags));
}

// Memory of this device, or of a peer that it was allowed to use.
void check_argument_memory(const hal_device &device, void *argument, std::uint32_t index) {
  auto *used = static_cast<memory *>(static_cast<hal_memory *>(argument));
  if (used != nullptr && (used->device == &device || device.reaches(*used->device))) [[likely]]
    return;
  throw failure(HAL_STATUS_INVALID_HANDLE,
                used == nullptr
                    ? fmt::format("Argument {} is memory, but its handle is NULL.", index)
                    : fmt::format("Argument {} is memory of another device; the kernel's device needs "
                                  "peer_enable first.",
                                  index));
}

// Checks the launch and answers the shared memory of a block in all.
std::uint64_t check_launch(const hal_device &device, const hal_kernel &kernel, const hal_launch &launch) {
  plugin::check_launch(launch, device_limits);
  check_flags(launch);
  check_block(launch, kernel);
  const auto count = static_cast<std::uint32_t>(kernel.slots.size());
  if (launch.argument_count != count) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The launch gives {} arguments; kernel {} takes {}.", launch.argument_count,
                              kernel.code.name, count));
  }
  std::uint64_t shared = kernel.code.static_shared_memory + launch.dynamic_shared_memory;
  for (std::uint32_t index = 0; index < count; ++index) {
    const hal_kernel::slot &slot = kernel.slots[index];
    if (launch.argument_types != nullptr)
      plugin::check_argument(index, launch.argument_types[index], slot.kind, slot.size);
    if (slot.kind == HAL_ARGUMENT_MEMORY) {
      check_argument_memory(device, launch.arguments[index], index);
    } else if (slot.kind == HAL_ARGUMENT_VALUE) {
      if (launch.arguments[index] == nullptr) {
        throw failure(HAL_STATUS_INVALID_ARGUMENT,
                      fmt::format("Argument {} is a value, but its pointer is NULL.", index));
      }
    } else {
      if (launch.argument_types == nullptr) {
        throw failure(HAL_STATUS_INVALID_ARGUMENT,
                      fmt::format("Argument {} is shared memory; its size is known from argument_types only, "
                                  "which are NULL.",
                                  index));
      }
      shared = (shared + slot.alignment - 1) & ~std::uint64_t{slot.alignment - 1};
      shared += launch.argument_types[index].size;
    }
  }
  if (shared > max_shared_memory) {
    throw failure(
        HAL_STATUS_OUT_OF_RANGE,
        fmt::format("A block of the launch needs {} bytes of shared memory in all; the limit is {}.", shared,
                    max_shared_memory));
  }
  return shared;
}

// Copies the arguments of a launch that was checked into storage.
launch_record make_record(hal_kernel &kernel, const hal_launch &launch, std::uint64_t shared_size,
                          std::byte *storage) noexcept {
  launch_record record;
  record.kernel = &kernel;
  std::memcpy(record.grid, launch.grid, sizeof record.grid);
  std::memcpy(record.block, launch.block, sizeof record.block);
  record.dynamic_shared_memory = launch.dynamic_shared_memory;
  record.shared_size = shared_size;
  record.arguments = reinterpret_cast<void **>(storage);
  record.used = reinterpret_cast<memory **>(record.arguments + kernel.slots.size());
  record.shared_offsets = reinterpret_cast<std::uint64_t *>(record.used + kernel.memory_count);
  std::uint64_t shared = kernel.code.static_shared_memory + launch.dynamic_shared_memory;
  memory **used = record.used;
  for (std::size_t index = 0; index < kernel.slots.size(); ++index) {
    const hal_kernel::slot &slot = kernel.slots[index];
    std::byte *value = storage + slot.place;
    record.arguments[index] = value;
    switch (slot.kind) {
      case HAL_ARGUMENT_VALUE:
        std::memcpy(value, launch.arguments[index], slot.size);
        break;
      case HAL_ARGUMENT_MEMORY: {
        auto *argument = static_cast<memory *>(static_cast<hal_memory *>(launch.arguments[index]));
        void *address = argument->at(0);
        std::memcpy(value, &address, sizeof address);
        *used++ = argument;
        break;
      }
      default:
        shared = (shared + slot.alignment - 1) & ~std::uint64_t{slot.alignment - 1};
        record.arguments[index] = nullptr;
        record.shared_offsets[slot.place] = shared;
        shared += launch.argument_types[index].size;
    }
  }
  return record;
}

// Whether a plain value among the arguments could be an address of counted memory.
bool carries_address(const hal_device &device, const hal_kernel &kernel, const launch_record &record) {
  for (std::size_t index = 0; index < kernel.slots.size(); ++index) {
    const hal_kernel::slot &slot = kernel.slots[index];
    if (slot.kind != HAL_ARGUMENT_VALUE) continue;
    for (std::uint32_t at = 0; at + sizeof(std::uint64_t) <= slot.size; at += sizeof(std::uint64_t)) {
      std::uint64_t value = 0;
      std::memcpy(&value, static_cast<const std::byte *>(record.arguments[index]) + at, sizeof value);
      if (device.may_reach(value)) return true;
    }
  }
  return false;
}

}  // namespace

void launch_record::hold() const noexcept {
  for (std::uint32_t index = 0; index < kernel->memory_count; ++index) used[index]->uses.add();
  kernel->module.uses.add();
}

void launch_record::release() const noexcept {
  hal_module &module = kernel->module;
  for (std::uint32_t index = 0; index < kernel->memory_count; ++index) release_use(used[index]);
  release_use(&module);
}

launch_storage::launch_storage(std::size_t size)
    : bytes_(static_cast<std::byte *>(::operator new[](size, std::align_val_t{max_value_alignment}))) {}

void launch_storage::aligned_delete::operator()(std::byte *bytes) const noexcept {
  ::operator delete[](bytes, std::align_val_t{max_value_alignment});
}

void launch_entries::launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
  hal_stream &on = open_for_work(stream);
  hal_kernel &code = plugin::check_handle(kernel, "kernel");
  if (&code.device() != &on.device) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_HANDLE, "The kernel belongs to another device than the stream.");
  }
  const auto given = plugin::input_record(launch, "The launch");
  const std::uint64_t shared_size = check_launch(on.device, code, *given);
  if (on.capture != nullptr) {
    launch_storage storage(code.storage_size);
    const launch_record record = make_record(code, *given, shared_size, storage.bytes());
    on.capture->nodes.emplace_back(recorded_launch{record, std::move(storage)});
    return;
  }
  on.queue->submit<launch_command>(code.storage_size, [&](launch_command &made, std::byte *storage) noexcept {
    made.record = make_record(code, *given, shared_size, storage);
    made.record.hold();
    if (carries_address(on.device, code, made.record)) on.queue->mark_uncounted();
  });
}

}  // namespace hal::plugins::host
