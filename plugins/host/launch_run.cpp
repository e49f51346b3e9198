// The running half of a launch: blocks over the compute units, items over fibers.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "plugins/host/clock.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/fiber.hpp"
#include "plugins/host/launch.hpp"

namespace hal::plugins::host {
namespace {

// Below this a launch stays on its stream's own thread, in nanoseconds: waking others would take as long.
constexpr std::uint64_t worth_sharing = 20'000;

// How often a thread looks for blocks, when it has all of its own. More often balances blocks of unequal cost
// better.
constexpr std::uint64_t steps_of_a_row = 32;

// Reading the clock costs as much as a small block.
constexpr std::uint64_t blocks_between_looks = 16;

// Parts of a nanosecond in which hal_kernel::block_cost counts.
constexpr std::uint64_t cost_unit = 16;

// What the threads of one launch share.
struct launch_state {
  explicit launch_state(const launch_record &launched) : record(launched) {}

  const launch_record &record;
  std::atomic<bool> failed = false;
  std::atomic<bool> out_of_memory = false;
  std::atomic<std::uint64_t> busy = 0;  // nanoseconds of all threads
  std::mutex mutex;
  std::string message;
};

// The kernel sees the first part only, and gives it back to report().
struct running_block : hal_native_block {
  launch_state *state;
};

struct running_item : hal_native_item {
  fiber_group *fibers;
};

void report(const hal_native_block *block, const char *message) noexcept {
  launch_state &state = *static_cast<const running_block *>(block)->state;
  const std::lock_guard lock(state.mutex);
  if (state.failed.load(std::memory_order_relaxed)) return;
  try {
    state.message = fmt::format("block ({}, {}, {}): {}", block->index[0], block->index[1], block->index[2],
                                message == nullptr || *message == '\0' ? "no reason given" : message);
  } catch (...) {
    state.message.clear();
  }
  state.failed.store(true, std::memory_order_release);
}

void report_exception(const running_block &block) noexcept {
  try {
    throw;
  } catch (const std::exception &thrown) {
    report(&block, (std::string("it threw an exception: ") + thrown.what()).c_str());
  } catch (...) {
    report(&block, "it threw an exception that is not a std::exception");
  }
}

void refuse_barrier(const hal_native_item *item) noexcept {
  report(item->block, "it called the barrier without saying HAL_NATIVE_USES_BARRIER");
}

void wait_at_barrier(const hal_native_item *item) noexcept {
  static_cast<const running_item *>(item)->fibers->wait();
}

running_item item_of(const running_block &block, std::uint32_t number) noexcept {
  running_item item{};
  item.struct_size = sizeof(hal_native_item);
  item.local[0] = number % block.block[0];
  item.local[1] = number / block.block[0] % block.block[1];
  item.local[2] = number / block.block[0] / block.block[1];
  item.block = &block;
  return item;
}

void run_items(const hal_kernel &kernel, const running_block &block) {
  running_item item = item_of(block, 0);
  item.barrier = &refuse_barrier;
  for (item.local[2] = 0; item.local[2] < block.block[2]; ++item.local[2]) {
    for (item.local[1] = 0; item.local[1] < block.block[1]; ++item.local[1]) {
      for (item.local[0] = 0; item.local[0] < block.block[0]; ++item.local[0]) kernel.code.run_item(&item);
    }
  }
}

struct fiber_call {
  const hal_kernel &kernel;
  const running_block &block;
  fiber_group &fibers;
};

void run_on_fiber(void *context, unsigned number) noexcept {
  const fiber_call &call = *static_cast<const fiber_call *>(context);
  running_item item = item_of(call.block, number);
  item.barrier = &wait_at_barrier;
  item.fibers = &call.fibers;
  try {
    call.kernel.code.run_item(&item);
  } catch (...) {
    report_exception(call.block);
  }
}

void run_items_with_barrier(const hal_kernel &kernel, const running_block &block, fiber_group &fibers) {
  fiber_call call{kernel, block, fibers};
  const std::uint32_t items = block.state->record.items();
  const unsigned waiting = fibers.run(items, &run_on_fiber, &call);
  if (waiting != 0) {
    report(&block,
           fmt::format("{} of its {} items wait at a barrier that the others did not come to", waiting, items)
               .c_str());
  }
}

void go_to(running_block &block, std::uint64_t number) noexcept {
  block.index[0] = static_cast<std::uint32_t>(number % block.grid[0]);
  block.index[1] = static_cast<std::uint32_t>(number / block.grid[0] % block.grid[1]);
  block.index[2] = static_cast<std::uint32_t>(number / block.grid[0] / block.grid[1]);
}

void go_to_next(running_block &block) noexcept {
  if (++block.index[0] < block.grid[0]) return;
  block.index[0] = 0;
  if (++block.index[1] < block.grid[1]) return;
  block.index[1] = 0;
  ++block.index[2];
}

// One thread's part in a launch.
class participant {
 public:
  // Throws std::bad_alloc when there is no memory for the blocks.
  participant(launch_state &state, scratch &own) : state_(state), kernel_(*state.record.kernel), own_(own) {
    const launch_record &record = state.record;
    std::copy_n(record.grid, 3, block_.grid);
    std::copy_n(record.block, 3, block_.block);
    block_.struct_size = sizeof(hal_native_block);
    block_.arguments = record.arguments;
    block_.shared = own.shared_memory(static_cast<std::size_t>(record.shared_size));
    block_.static_shared_memory = kernel_.code.static_shared_memory;
    block_.dynamic_shared_memory = record.dynamic_shared_memory;
    block_.fail = &report;
    block_.state = &state;
    if (kernel_.shared_count != 0) point_shared_arguments();
  }

  // Runs blocks begin ... end, fewer when the launch has failed. `until`: the moment after which no further
  // block begins. Answers the first block that was not begun.
  std::uint64_t run(std::uint64_t begin, std::uint64_t end, std::uint64_t until = UINT64_MAX) noexcept {
    go_to(block_, begin);
    for (std::uint64_t number = begin; number < end; ++number, go_to_next(block_)) {
      if (state_.failed.load(std::memory_order_relaxed)) return end;
      if (until != UINT64_MAX && number % blocks_between_looks == 0 && now() >= until) return number;
      try {
        if (kernel_.code.run_block != nullptr)
          kernel_.code.run_block(&block_);
        else if (kernel_.uses_barrier())
          run_items_with_barrier(kernel_, block_, own_.fibers());
        else
          run_items(kernel_, block_);
      } catch (...) {
        report_exception(block_);
      }
    }
    return end;
  }

 private:
  void point_shared_arguments() {
    const launch_record &record = state_.record;
    arguments_.assign(record.arguments, record.arguments + kernel_.slots.size());
    shared_.resize(kernel_.shared_count);
    for (std::size_t index = 0; index < kernel_.slots.size(); ++index) {
      const hal_kernel::slot &slot = kernel_.slots[index];
      if (slot.kind != HAL_ARGUMENT_SHARED) continue;
      shared_[slot.place] = static_cast<std::byte *>(block_.shared) + record.shared_offsets[slot.place];
      arguments_[index] = &shared_[slot.place];
    }
    block_.arguments = arguments_.data();
  }

  launch_state &state_;
  const hal_kernel &kernel_;
  scratch &own_;
  running_block block_{};
  std::vector<void *> arguments_;
  std::vector<void *> shared_;
};

// What a participant runs, from the first block on that was not run alone, and how long it took.
class timed_participant {
 public:
  timed_participant(launch_state &state, scratch &own, std::uint64_t first) noexcept
      : state_(state), first_(first), begun_(now()) {
    try {
      participant_.emplace(state, own);
    } catch (...) {
      state.out_of_memory.store(true, std::memory_order_relaxed);
      state.failed.store(true, std::memory_order_relaxed);
    }
  }
  ~timed_participant() { state_.busy.fetch_add(now() - begun_, std::memory_order_relaxed); }
  timed_participant(const timed_participant &) = delete;
  timed_participant &operator=(const timed_participant &) = delete;

  void operator()(std::uint64_t begin, std::uint64_t end) noexcept {
    if (participant_) participant_->run(first_ + begin, first_ + end);
  }

 private:
  launch_state &state_;
  const std::uint64_t first_;
  const std::uint64_t begun_;
  std::optional<participant> participant_;
};

}  // namespace

void executor::launch(const launch_record &record) {
  launch_state state(record);
  hal_kernel &kernel = *record.kernel;
  const std::uint64_t total = record.blocks();
  const std::uint64_t start = now();
  const std::uint64_t cost = kernel.block_cost.load(std::memory_order_relaxed);
  const auto threads = static_cast<unsigned>(std::min<std::uint64_t>(parallel_.width(), total));
  std::uint64_t first = 0;
  if (threads == 1 || (cost != 0 && cost * total / cost_unit < worth_sharing)) {
    first = participant(state, scratch_[0]).run(0, total, threads == 1 ? UINT64_MAX : start + worth_sharing);
    state.busy = now() - start;
  }
  if (first < total) {
    const std::uint64_t step = std::max<std::uint64_t>((total - first) / threads / steps_of_a_row, 1);
    parallel_.distribute(total - first, threads, step, [&](unsigned index) noexcept {
      return timed_participant(state, scratch_[index], first);
    });
  }
  if (state.out_of_memory.load(std::memory_order_relaxed)) throw std::bad_alloc();
  if (state.failed.load(std::memory_order_acquire)) {
    throw failure(HAL_STATUS_LAUNCH_FAILED,
                  fmt::format("Kernel {} failed in {}.", kernel.code.name, state.message));
  }
  kernel.block_cost.store(std::max<std::uint64_t>(state.busy.load() * cost_unit / total, 1),
                          std::memory_order_relaxed);
}

}  // namespace hal::plugins::host
