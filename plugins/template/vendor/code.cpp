// The simulated driver's code: functions for the CPU (hal/abi/native_kernel.h), block after block.
#include <algorithm>
#include <barrier>
#include <bit>
#include <cstring>
#include <new>
#include <thread>

#include "plugins/template/vendor/simulation.hpp"

namespace simulation {
namespace {

constexpr std::size_t slot_alignment = 64;

struct aligned_delete {
  void operator()(std::byte *bytes) const noexcept {
    ::operator delete[](bytes, std::align_val_t{slot_alignment});
  }
};
using aligned_bytes = std::unique_ptr<std::byte[], aligned_delete>;

aligned_bytes allocate(std::uint64_t size) {
  return aligned_bytes(new (std::align_val_t{slot_alignment}) std::byte[std::max<std::uint64_t>(size, 1)]);
}

std::uint64_t round_up(std::uint64_t size) {
  return (size + slot_alignment - 1) / slot_alignment * slot_alignment;
}

struct launch_state {
  const hal_native_kernel *code;
  vendor_launch shape;
  aligned_bytes values;
  std::vector<void *> arguments;
  std::vector<std::uint32_t> sizes;
};

struct first_failure {
  std::mutex mutex;
  std::string text;
};

struct running_block : hal_native_block {
  first_failure *failure;
};

void fail(const hal_native_block *block, const char *message) {
  first_failure &failure = *static_cast<const running_block *>(block)->failure;
  const std::lock_guard lock(failure.mutex);
  if (failure.text.empty()) failure.text = message == nullptr ? "no reason was given" : message;
}

struct running_item : hal_native_item {
  std::barrier<> *meeting;
};

void meet(const hal_native_item *item) {
  static_cast<const running_item *>(item)->meeting->arrive_and_wait();
}

running_item make_item(const hal_native_block &block, std::uint32_t linear, std::barrier<> *meeting) {
  running_item item{};
  item.struct_size = sizeof(hal_native_item);
  item.block = &block;
  item.barrier = meet;
  item.meeting = meeting;
  item.local[0] = linear % block.block[0];
  item.local[1] = linear / block.block[0] % block.block[1];
  item.local[2] = linear / block.block[0] / block.block[1];
  return item;
}

// One thread for each item; an item that is done no longer holds up the others.
void run_items_together(const hal_native_kernel &code, const hal_native_block &block, std::uint32_t items) {
  std::barrier meeting(static_cast<std::ptrdiff_t>(items));
  std::vector<std::thread> threads;
  for (std::uint32_t linear = 0; linear < items; ++linear) {
    threads.emplace_back([&code, &block, &meeting, linear] {
      const running_item item = make_item(block, linear, &meeting);
      code.run_item(&item);
      meeting.arrive_and_drop();
    });
  }
  for (std::thread &thread : threads) thread.join();
}

void run_block(const hal_native_kernel &code, const hal_native_block &block) {
  const std::uint32_t items = block.block[0] * block.block[1] * block.block[2];
  if (code.run_block != nullptr) {
    code.run_block(&block);
  } else if ((code.flags & HAL_NATIVE_USES_BARRIER) != 0) {
    run_items_together(code, block, items);
  } else {
    for (std::uint32_t linear = 0; linear < items; ++linear) {
      const running_item item = make_item(block, linear, nullptr);
      code.run_item(&item);
    }
  }
}

std::string run(const launch_state &launch) {
  const hal_native_kernel &code = *launch.code;
  std::uint64_t room = round_up(code.static_shared_memory) + round_up(launch.shape.shared_memory);
  for (std::uint32_t i = 0; i < code.parameter_count; ++i) {
    if (code.parameters[i].kind == HAL_ARGUMENT_SHARED) room += round_up(launch.sizes[i]);
  }
  const aligned_bytes shared = allocate(room);
  std::byte *next = shared.get() + round_up(code.static_shared_memory) + round_up(launch.shape.shared_memory);
  std::vector<void *> shared_arguments(code.parameter_count);
  std::vector<void *> arguments = launch.arguments;
  for (std::uint32_t i = 0; i < code.parameter_count; ++i) {
    if (code.parameters[i].kind != HAL_ARGUMENT_SHARED) continue;
    shared_arguments[i] = next;
    arguments[i] = &shared_arguments[i];
    next += round_up(launch.sizes[i]);
  }

  running_block block{};
  block.struct_size = sizeof(hal_native_block);
  std::copy_n(launch.shape.grid, 3, block.grid);
  std::copy_n(launch.shape.block, 3, block.block);
  block.arguments = arguments.data();
  block.shared = shared.get();
  block.static_shared_memory = code.static_shared_memory;
  block.dynamic_shared_memory = launch.shape.shared_memory;
  block.fail = fail;
  first_failure failure;
  block.failure = &failure;
  for (block.index[2] = 0; block.index[2] < block.grid[2]; ++block.index[2]) {
    for (block.index[1] = 0; block.index[1] < block.grid[1]; ++block.index[1]) {
      for (block.index[0] = 0; block.index[0] < block.grid[0]; ++block.index[0]) {
        run_block(code, block);
        if (!failure.text.empty()) return failure.text;
      }
    }
  }
  return {};
}

bool is_sound(const hal_native_parameter &parameter) {
  return parameter.kind <= HAL_ARGUMENT_SHARED && parameter.alignment <= slot_alignment &&
         std::has_single_bit(parameter.alignment) &&
         (parameter.kind != HAL_ARGUMENT_MEMORY || parameter.size == sizeof(void *));
}

bool is_sound(const hal_native_kernel *code) {
  return code != nullptr && code->struct_size >= sizeof *code && code->name != nullptr &&
         (code->run_block == nullptr) != (code->run_item == nullptr) &&
         (code->parameter_count == 0 || code->parameters != nullptr) &&
         std::all_of(code->parameters, code->parameters + code->parameter_count,
                     [](const hal_native_parameter &parameter) { return is_sound(parameter); });
}

// What is wrong with the code; empty when nothing is.
std::string verify(const void *bytes, std::uint64_t size) {
  hal_native_module module{};
  if (size < sizeof module) return "it has " + std::to_string(size) + " bytes, too few for a module record";
  std::memcpy(&module, bytes, sizeof module);
  if (module.struct_size != size) {
    return "its record says that it has " + std::to_string(module.struct_size) + " bytes, and " +
           std::to_string(size) + " were given";
  }
  if (module.kernel_count != 0 && module.kernels == nullptr) return "its list of kernels is missing";
  for (std::uint32_t i = 0; i < module.kernel_count; ++i) {
    if (!is_sound(module.kernels[i]))
      return "its kernel " + std::to_string(i) + " is incomplete or contradicts itself";
  }
  return {};
}

}  // namespace

vendor_work make_launch(const hal_native_kernel &code, const vendor_launch &launch) {
  auto state = std::make_shared<launch_state>();
  state->code = &code;
  state->shape = launch;
  state->arguments.resize(code.parameter_count);
  state->sizes.assign(launch.sizes, launch.sizes + code.parameter_count);
  std::uint64_t room = 0;
  for (const std::uint32_t size : state->sizes) room += round_up(size);
  state->values = allocate(room);
  std::byte *next = state->values.get();
  for (std::uint32_t i = 0; i < code.parameter_count; ++i) {
    if (code.parameters[i].kind == HAL_ARGUMENT_SHARED) continue;
    std::memcpy(next, launch.arguments[i], state->sizes[i]);
    state->arguments[i] = next;
    next += round_up(state->sizes[i]);
  }
  return [state] { return run(*state); };
}

}  // namespace simulation

extern "C" {

vendor_result vendor_code_load(vendor_context context, const void *bytes, std::uint64_t size, char *log,
                               std::uint64_t room, std::uint64_t *out_log_length, vendor_code *out) {
  return simulation::guarded([&] {
    const std::string wrong = simulation::verify(bytes, size);
    *out_log_length = wrong.size();
    if (log != nullptr && room > 0) log[wrong.copy(log, room - 1)] = '\0';
    if (!wrong.empty()) return VENDOR_BAD_CODE;
    hal_native_module module{};
    std::memcpy(&module, bytes, sizeof module);
    auto code = std::make_unique<vendor_code_record>();
    for (std::uint32_t i = 0; i < module.kernel_count; ++i) {
      code->entries.push_back(
          std::unique_ptr<const vendor_entry_record>(new vendor_entry_record{*context, *module.kernels[i]}));
    }
    *out = code.release();
    return VENDOR_OK;
  });
}

vendor_result vendor_code_unload(vendor_code code) {
  delete code;
  return VENDOR_OK;
}

vendor_result vendor_code_entry_count(vendor_code code, std::uint32_t *out) {
  *out = static_cast<std::uint32_t>(code->entries.size());
  return VENDOR_OK;
}

vendor_result vendor_code_entry(vendor_code code, std::uint32_t index, vendor_entry *out) {
  if (index >= code->entries.size()) return VENDOR_NO_ENTRY;
  *out = code->entries[index].get();
  return VENDOR_OK;
}

vendor_result vendor_entry_describe(vendor_entry entry, vendor_entry_facts *out) {
  out->name = entry->code.name;
  out->parameter_count = entry->code.parameter_count;
  std::copy_n(entry->code.required_block, 3, out->required_block);
  out->static_shared_memory = entry->code.static_shared_memory;
  return VENDOR_OK;
}

vendor_result vendor_entry_parameter(vendor_entry entry, std::uint32_t index, vendor_parameter_facts *out) {
  if (index >= entry->code.parameter_count) return VENDOR_BAD_VALUE;
  const hal_native_parameter &parameter = entry->code.parameters[index];
  *out = {parameter.name, parameter.kind, parameter.size, parameter.alignment};
  return VENDOR_OK;
}

vendor_result vendor_queue_run(vendor_queue queue, vendor_entry entry, const vendor_launch *launch) {
  return simulation::guarded([&] { return queue->submit(simulation::make_launch(entry->code, *launch)); });
}

}  // extern "C"
