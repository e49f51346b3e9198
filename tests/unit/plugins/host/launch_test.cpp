#include "plugins/host/launch.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

#include "opened_device.hpp"
#include "plugins/host/limits.hpp"

namespace hal::plugins::host {
namespace {

template <typename Value>
Value &argument(const hal_native_block *block, unsigned index) {
  return *static_cast<Value *>(block->arguments[index]);
}

// counts[block] += 1 for each block, and checks what the block is told.
void count_blocks(const hal_native_block *block) {
  auto *counts = argument<std::uint32_t *>(block, 0);
  const std::uint64_t number =
      (std::uint64_t{block->index[2]} * block->grid[1] + block->index[1]) * block->grid[0] + block->index[0];
  ++counts[number];
  if (reinterpret_cast<std::uintptr_t>(block->shared) % 64 != 0) block->fail(block, "shared memory is askew");
}

// Three shared arrays of one block, each filled with its own number, none over another.
void fill_shared(const hal_native_block *block) {
  auto *first = argument<std::uint8_t *>(block, 1);
  auto *second = argument<std::uint32_t *>(block, 3);
  auto *dynamic = static_cast<std::uint8_t *>(block->shared) + block->static_shared_memory;
  const auto first_size = argument<std::uint32_t>(block, 2);
  const auto second_size = argument<std::uint32_t>(block, 4);
  std::memset(block->shared, 1, block->static_shared_memory);
  std::memset(dynamic, 2, block->dynamic_shared_memory);
  std::memset(first, 3, first_size);
  std::memset(second, 4, second_size);
  std::uint64_t sum = 0;
  for (std::uint64_t at = 0; at < block->static_shared_memory; ++at)
    sum += static_cast<std::uint8_t *>(block->shared)[at];
  for (std::uint64_t at = 0; at < block->dynamic_shared_memory; ++at) sum += dynamic[at];
  for (std::uint32_t at = 0; at < first_size; ++at) sum += first[at];
  for (std::uint32_t at = 0; at < second_size; ++at) sum += reinterpret_cast<std::uint8_t *>(second)[at];
  if (reinterpret_cast<std::uintptr_t>(second) % 64 != 0) block->fail(block, "an argument is not aligned");
  argument<std::uint64_t *>(block, 0)[block->index[0]] = sum;
}

struct three_values {
  std::uint8_t small;
  std::uint64_t large;
};

void keep_values(const hal_native_block *block) {
  auto *out = argument<std::uint64_t *>(block, 0);
  out[0] = argument<std::uint8_t>(block, 1);
  out[1] = argument<three_values>(block, 2).large;
  out[2] = reinterpret_cast<std::uintptr_t>(block->arguments[3]) % 64;
}

void fail_in_block_5(const hal_native_block *block) {
  if (block->index[0] == 5) block->fail(block, "five is wrong");
}

void throw_something(const hal_native_block *) {
  throw std::runtime_error("out of the kernel");
}

void write_items(const hal_native_item *item) {
  const hal_native_block *block = item->block;
  const std::uint32_t place =
      (item->local[2] * block->block[1] + item->local[1]) * block->block[0] + item->local[0];
  ++argument<std::uint32_t *>(block, 0)[place];
}

void barrier_without_flag(const hal_native_item *item) {
  item->barrier(item);
}

// Sum of all items by halving, the textbook use of a barrier.
void reduce(const hal_native_item *item) {
  const hal_native_block *block = item->block;
  auto *values = static_cast<std::uint64_t *>(block->shared);
  const std::uint32_t own = item->local[0];
  values[own] = own + block->index[0];
  for (std::uint32_t half = block->block[0] / 2; half > 0; half /= 2) {
    item->barrier(item);
    if (own < half) values[own] += values[own + half];
  }
  if (own == 0) argument<std::uint64_t *>(block, 0)[block->index[0]] = values[0];
}

void uneven_barrier(const hal_native_item *item) {
  if (item->local[0] == 0) item->barrier(item);
}

void fail_before_barrier(const hal_native_item *item) {
  if (item->local[0] == 3) {
    item->block->fail(item->block, "third item");
    return;
  }
  item->barrier(item);
}

constexpr hal_native_parameter memory_only[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "out"}};
constexpr hal_native_parameter shared_ones[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "out"},
                                                {HAL_ARGUMENT_SHARED, 0, 1, 0, "first"},
                                                {HAL_ARGUMENT_VALUE, 4, 4, 0, "first_size"},
                                                {HAL_ARGUMENT_SHARED, 0, 64, 0, "second"},
                                                {HAL_ARGUMENT_VALUE, 4, 4, 0, "second_size"}};
constexpr hal_native_parameter values[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "out"},
                                           {HAL_ARGUMENT_VALUE, 1, 1, 0, "small"},
                                           {HAL_ARGUMENT_VALUE, sizeof(three_values), 8, 0, "struct"},
                                           {HAL_ARGUMENT_VALUE, 3, 64, 0, "odd"}};

constexpr hal_native_kernel block_kernel(const char *name, void (*run)(const hal_native_block *),
                                         std::span<const hal_native_parameter> parameters = {},
                                         std::uint64_t shared = 0, std::uint32_t required = 0) {
  return {sizeof(hal_native_kernel),
          0,
          name,
          run,
          nullptr,
          parameters.data(),
          static_cast<std::uint32_t>(parameters.size()),
          {required, required, required},
          shared};
}

constexpr hal_native_kernel item_kernel(const char *name, void (*run)(const hal_native_item *),
                                        std::uint32_t flags,
                                        std::span<const hal_native_parameter> parameters = {},
                                        std::uint64_t shared = 0) {
  return {sizeof(hal_native_kernel),
          flags,
          name,
          nullptr,
          run,
          parameters.data(),
          static_cast<std::uint32_t>(parameters.size()),
          {0, 0, 0},
          shared};
}

constexpr hal_native_kernel all_kernels[] = {
    block_kernel("count_blocks", &count_blocks, memory_only),
    block_kernel("fill_shared", &fill_shared, shared_ones, 100),
    block_kernel("keep_values", &keep_values, values),
    block_kernel("fail_in_block_5", &fail_in_block_5),
    block_kernel("throw_something", &throw_something),
    block_kernel("required", &fail_in_block_5, {}, 0, 2),
    item_kernel("write_items", &write_items, 0, memory_only),
    item_kernel("barrier_without_flag", &barrier_without_flag, 0),
    item_kernel("reduce", &reduce, HAL_NATIVE_USES_BARRIER, memory_only, 8192),
    item_kernel("uneven_barrier", &uneven_barrier, HAL_NATIVE_USES_BARRIER),
    item_kernel("fail_before_barrier", &fail_before_barrier, HAL_NATIVE_USES_BARRIER)};

template <std::size_t... Index>
constexpr std::array<const hal_native_kernel *, sizeof...(Index)> pointers(std::index_sequence<Index...>) {
  return {&all_kernels[Index]...};
}
constexpr auto kernels = pointers(std::make_index_sequence<std::size(all_kernels)>());

constexpr hal_native_module code = {sizeof(hal_native_module), kernels.size(), kernels.data()};

// A device with the kernels above and a stream.
struct kernel_device : opened_device {
  kernel_device() : queue(stream()), loaded(module(code)) {}
  ~kernel_device() {
    end(queue);
    end(loaded);
  }
  hal_kernel *operator[](const char *name) { return kernel(loaded, name); }

  hal_stream *queue;
  hal_module *loaded;
};

// Launches what must fail, and answers the message.
std::string failure_of(const char *name, std::uint32_t grid, std::uint32_t block) {
  kernel_device on;
  CHECK(on.launch(on.queue, on[name], grid, block) == HAL_STATUS_OK);
  CHECK(on.wait(on.queue) == HAL_STATUS_LAUNCH_FAILED);
  return on.error.message;
}

}  // namespace

TEST_SUITE("host/launch") {
  TEST_CASE("every block runs once, however many there are") {
    kernel_device on;
    for (const std::uint32_t count : {1u, 2u, 3u, 17u, 1000u, 50001u}) {
      hal_memory *counts = on.memory(count * 4);
      // Once before and several times after the cost of a block is known.
      for (std::uint32_t round = 1; round <= 3; ++round) {
        if (round == 1) std::memset(counts->host, 0, count * 4);
        CHECK(on.launch(on.queue, on["count_blocks"], count, 4, {counts}) == HAL_STATUS_OK);
        CHECK(on.wait(on.queue) == HAL_STATUS_OK);
        const auto *seen = static_cast<const std::uint32_t *>(counts->host);
        CHECK(std::accumulate(seen, seen + count, std::uint64_t{0}) == std::uint64_t{count} * round);
        CHECK(seen[count - 1] == round);
      }
      on.end(counts);
    }
  }

  TEST_CASE("a grid of three dimensions") {
    kernel_device on;
    hal_memory *counts = on.memory(7 * 5 * 3 * 4);
    std::memset(counts->host, 0, counts->size);
    hal_launch request{};
    request.struct_size = sizeof request;
    const std::uint32_t grid[] = {7, 5, 3};
    std::copy_n(grid, 3, request.grid);
    for (std::uint32_t &extent : request.block) extent = 1;
    void *arguments[] = {counts};
    request.arguments = arguments;
    request.argument_count = 1;
    CHECK(on.table.launch(on.queue, on["count_blocks"], &request, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(on.queue) == HAL_STATUS_OK);
    for (int index = 0; index < 7 * 5 * 3; ++index)
      CHECK(static_cast<std::uint32_t *>(counts->host)[index] == 1);
    on.end(counts);
  }

  TEST_CASE("items of three dimensions") {
    kernel_device on;
    hal_memory *counts = on.memory(8 * 4 * 2 * 4);
    std::memset(counts->host, 0, counts->size);
    hal_launch request{};
    request.struct_size = sizeof request;
    const std::uint32_t block[] = {8, 4, 2};
    std::copy_n(block, 3, request.block);
    for (std::uint32_t &extent : request.grid) extent = 1;
    void *arguments[] = {counts};
    request.arguments = arguments;
    request.argument_count = 1;
    CHECK(on.table.launch(on.queue, on["write_items"], &request, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(on.queue) == HAL_STATUS_OK);
    for (int index = 0; index < 64; ++index) CHECK(static_cast<std::uint32_t *>(counts->host)[index] == 1);
    on.end(counts);
  }

  TEST_CASE("shared memory: static, dynamic and arguments lie apart") {
    kernel_device on;
    hal_memory *sums = on.memory(64 * 8);
    std::uint32_t first = 33, second = 1000;
    const hal_argument types[] = {{HAL_ARGUMENT_MEMORY, 8},
                                  {HAL_ARGUMENT_SHARED, first},
                                  {HAL_ARGUMENT_VALUE, 4},
                                  {HAL_ARGUMENT_SHARED, second},
                                  {HAL_ARGUMENT_VALUE, 4}};
    CHECK(on.launch(on.queue, on["fill_shared"], 64, 1, {sums, nullptr, &first, nullptr, &second}, types,
                    7) == HAL_STATUS_OK);
    CHECK(on.wait(on.queue) == HAL_STATUS_OK);
    for (int block = 0; block < 64; ++block)
      CHECK(static_cast<std::uint64_t *>(sums->host)[block] == 100 * 1 + 7 * 2 + 33 * 3 + 1000 * 4);
    CHECK(on.launch(on.queue, on["fill_shared"], 1, 1, {sums, nullptr, &first, nullptr, &second}) ==
          HAL_STATUS_INVALID_ARGUMENT);
    const hal_argument large[] = {{HAL_ARGUMENT_MEMORY, 8},
                                  {HAL_ARGUMENT_SHARED, static_cast<std::uint32_t>(max_shared_memory)},
                                  {HAL_ARGUMENT_VALUE, 4},
                                  {HAL_ARGUMENT_SHARED, 0xffffffff},
                                  {HAL_ARGUMENT_VALUE, 4}};
    CHECK(on.launch(on.queue, on["fill_shared"], 1, 1, {sums, nullptr, &first, nullptr, &second}, large) ==
          HAL_STATUS_OUT_OF_RANGE);
    on.end(sums);
  }

  TEST_CASE("values are copied when the launch is submitted") {
    kernel_device on;
    gate held;
    hal_memory *out = on.memory(3 * 8);
    held.close_on(on, on.queue);
    {
      std::uint8_t small = 200;
      three_values both{1, 0x123456789abcdef0};
      char odd[3] = {};
      CHECK(on.launch(on.queue, on["keep_values"], 1, 1, {out, &small, &both, odd}) == HAL_STATUS_OK);
      small = 0;
      both = {};
    }
    held.open();
    CHECK(on.wait(on.queue) == HAL_STATUS_OK);
    const auto *kept = static_cast<const std::uint64_t *>(out->host);
    CHECK(kept[0] == 200);
    CHECK(kept[1] == 0x123456789abcdef0);
    CHECK(kept[2] == 0);
    on.end(out);
  }

  TEST_CASE("what a launch is checked for") {
    kernel_device on;
    hal_memory *out = on.memory(64);
    hal_kernel *kernel = on["count_blocks"];
    CHECK(on.launch(on.queue, kernel, 0, 1, {out}) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.launch(on.queue, kernel, 1, 0, {out}) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.launch(on.queue, kernel, 1, max_block_items + 1, {out}) == HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.launch(on.queue, kernel, max_grid[0] + 1, 1, {out}) == HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.launch(on.queue, kernel, 1, 1, {}) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.launch(on.queue, kernel, 1, 1, {out, out}) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.launch(on.queue, kernel, 1, 1, {nullptr}) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.launch(on.queue, kernel, 1, 1, {out}, nullptr, max_shared_memory + 1) ==
          HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.launch(on.queue, nullptr, 1, 1, {out}) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.launch(nullptr, kernel, 1, 1, {out}) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.launch(on.queue, on["required"], 1, 1) == HAL_STATUS_OUT_OF_RANGE);
    const hal_argument wrong_kind[] = {{HAL_ARGUMENT_VALUE, 8}};
    CHECK(on.launch(on.queue, kernel, 1, 1, {out}, wrong_kind) == HAL_STATUS_INVALID_ARGUMENT);
    hal_launch request{};
    request.struct_size = sizeof request;
    for (int axis = 0; axis < 3; ++axis) request.grid[axis] = request.block[axis] = 1;
    request.flags = HAL_LAUNCH_COOPERATIVE;
    CHECK(on.table.launch(on.queue, on["fail_in_block_5"], &request, &on.error) == HAL_STATUS_UNSUPPORTED);
    request.flags = 8;
    CHECK(on.table.launch(on.queue, on["fail_in_block_5"], &request, &on.error) ==
          HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.wait(on.queue) == HAL_STATUS_OK);
    on.end(out);
  }

  TEST_CASE("a reduction over fibers") {
    kernel_device on;
    hal_memory *sums = on.memory(100 * 8);
    for (const std::uint32_t items : {1u, 2u, 64u, 1024u}) {
      CHECK(on.launch(on.queue, on["reduce"], 100, items, {sums}) == HAL_STATUS_OK);
      CHECK(on.wait(on.queue) == HAL_STATUS_OK);
      for (std::uint64_t block = 0; block < 100; ++block) {
        CHECK(static_cast<std::uint64_t *>(sums->host)[block] ==
              std::uint64_t{items} * (items - 1) / 2 + items * block);
      }
    }
    on.end(sums);
  }

  TEST_CASE("failures name the kernel, the block and the reason") {
    CHECK(failure_of("fail_in_block_5", 1000, 1) ==
          "Kernel fail_in_block_5 failed in block (5, 0, 0): five is wrong.");
    CHECK(failure_of("fail_before_barrier", 1, 8) ==
          "Kernel fail_before_barrier failed in block (0, 0, 0): third item.");
    CHECK(failure_of("uneven_barrier", 1, 8).find("1 of its 8 items wait at a barrier") != std::string::npos);
    CHECK(failure_of("throw_something", 1, 1).find("out of the kernel") != std::string::npos);
    CHECK(failure_of("throw_something", 100, 1).find("throw_something") != std::string::npos);
    CHECK(failure_of("barrier_without_flag", 1, 2).find("HAL_NATIVE_USES_BARRIER") != std::string::npos);
  }

  TEST_CASE("what is asked about a kernel") {
    kernel_device on;
    hal_kernel_attributes attributes{};
    attributes.struct_size = sizeof attributes;
    CHECK(on.table.kernel_attributes(on["reduce"], &attributes, &on.error) == HAL_STATUS_OK);
    CHECK(attributes.parameter_count == 1);
    CHECK(attributes.static_shared_memory == 8192);
    CHECK(attributes.max_dynamic_shared_memory == max_shared_memory - 8192);
    hal_parameter parameter{};
    parameter.struct_size = sizeof parameter;
    CHECK(on.table.kernel_parameter(on["fill_shared"], 3, &parameter, &on.error) == HAL_STATUS_OK);
    CHECK(parameter.kind == HAL_ARGUMENT_SHARED);
    CHECK(std::string(parameter.name) == "second");
    CHECK(on.table.kernel_parameter(on["fill_shared"], 5, &parameter, &on.error) == HAL_STATUS_OUT_OF_RANGE);
    std::uint32_t block[3] = {};
    for (const std::uint32_t many : {0u, 1u, 3u, 1000000u}) {
      const std::uint32_t items[] = {many, many, many};
      CHECK(on.table.kernel_suggest_block(on["reduce"], items, 0, block, &on.error) == HAL_STATUS_OK);
      for (int axis = 0; axis < 3; ++axis) CHECK(block[axis] >= 1);
      CHECK(block[0] * block[1] * block[2] <= max_block_items);
    }
    const std::uint32_t items[] = {100, 1, 1};
    CHECK(on.table.kernel_suggest_block(on["required"], items, 0, block, &on.error) == HAL_STATUS_OK);
    CHECK(block[2] == 2);
    std::uint32_t blocks = 0;
    CHECK(on.table.kernel_occupancy(on["reduce"], 64, 0, &blocks, &on.error) == HAL_STATUS_OK);
    CHECK(blocks == 1);
    CHECK(on.table.kernel_occupancy(on["reduce"], 1025, 0, &blocks, &on.error) == HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.table.kernel_occupancy(on["required"], 7, 0, &blocks, &on.error) == HAL_STATUS_OUT_OF_RANGE);
    CHECK(on.table.kernel_occupancy(on["reduce"], 0, 0, &blocks, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
  }

  TEST_CASE("names") {
    kernel_device on;
    hal_kernel *kernel = nullptr;
    CHECK(on.table.module_kernel(on.loaded, "reducer", &kernel, &on.error) == HAL_STATUS_NOT_FOUND);
    CHECK(std::string(on.error.message).find("nearest are: reduce") != std::string::npos);
    std::uint32_t count = 0;
    CHECK(on.table.module_kernel_name(on.loaded, 99, nullptr, 0, &count, &on.error) == HAL_STATUS_OK);
    CHECK(count == std::size(kernels));
    char name[5];
    CHECK(on.table.module_kernel_name(on.loaded, 0, name, sizeof name, &count, &on.error) == HAL_STATUS_OK);
    CHECK(std::string(name) == "coun");
    CHECK(on.table.module_kernel_name(on.loaded, count, name, sizeof name, &count, &on.error) ==
          HAL_STATUS_OUT_OF_RANGE);
  }
}

}  // namespace hal::plugins::host
