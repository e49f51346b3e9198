// The suite's kernels for the formats "native" (linked into hal-conformance) and "elf" (as the shared object
// conformance-kernels). Other formats hold the same kernels with the same names and parameters; kernels.hpp
// says what each does.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "hal/abi/native_kernel.h"

namespace {

template <typename Value>
Value value(const hal_native_block &block, int index) {
  Value out;
  std::memcpy(&out, block.arguments[index], sizeof out);
  return out;
}

template <typename Value>
Value *memory(const hal_native_block &block, int index) {
  return static_cast<Value *>(value<void *>(block, index));
}

std::uint64_t items_of(const std::uint32_t extents[3]) {
  return std::uint64_t{extents[0]} * extents[1] * extents[2];
}

std::uint64_t linear(const std::uint32_t index[3], const std::uint32_t extents[3]) {
  return (std::uint64_t{index[2]} * extents[1] + index[1]) * extents[0] + index[0];
}

std::uint64_t global_x(const hal_native_item &item) {
  return std::uint64_t{item.block->index[0]} * item.block->block[0] + item.local[0];
}

void fill_index(const hal_native_item *item) {
  const hal_native_block &block = *item->block;
  std::uint64_t at[3];
  for (int axis = 0; axis < 3; ++axis)
    at[axis] = std::uint64_t{block.index[axis]} * block.block[axis] + item->local[axis];
  const std::uint64_t width = std::uint64_t{block.grid[0]} * block.block[0];
  const std::uint64_t depth = std::uint64_t{block.grid[1]} * block.block[1];
  memory<std::uint32_t>(block, 0)[(at[2] * depth + at[1]) * width + at[0]] = static_cast<std::uint32_t>(
      linear(block.index, block.grid) * items_of(block.block) + linear(item->local, block.block));
}

void vector_add(const hal_native_block *block) {
  const auto *left = memory<const float>(*block, 0);
  const auto *right = memory<const float>(*block, 1);
  auto *sum = memory<float>(*block, 2);
  const auto count = value<std::uint32_t>(*block, 3);
  const std::uint64_t first = std::uint64_t{block->index[0]} * block->block[0];
  for (std::uint64_t i = first; i < first + block->block[0] && i < count; ++i) sum[i] = left[i] + right[i];
}

void reverse_block(const hal_native_item *item) {
  const hal_native_block &block = *item->block;
  auto *shared = static_cast<std::uint32_t *>(block.shared);
  auto *data = memory<std::uint32_t>(block, 0);
  const std::uint32_t extent = block.block[0];
  shared[item->local[0]] = data[global_x(*item)];
  item->barrier(item);
  data[global_x(*item)] = shared[extent - 1 - item->local[0]];
}

void sum_through(const hal_native_item *item, std::uint32_t *shared) {
  const hal_native_block &block = *item->block;
  const std::uint32_t local = item->local[0];
  shared[local] = memory<const std::uint32_t>(block, 0)[global_x(*item)];
  for (std::uint32_t step = block.block[0] / 2; step > 0; step /= 2) {
    item->barrier(item);
    if (local < step) shared[local] += shared[local + step];
  }
  if (local == 0) memory<std::uint32_t>(block, 1)[block.index[0]] = shared[0];
}

void block_sum(const hal_native_item *item) {
  sum_through(item, static_cast<std::uint32_t *>(item->block->shared));
}

void block_sum_argument(const hal_native_item *item) {
  sum_through(item, memory<std::uint32_t>(*item->block, 2));
}

// 1 + 2 + 4 + 8 + 16 + 64 bytes in a row, then the number of arguments that are not aligned as declared.
void mixed_arguments(const hal_native_block *block) {
  static constexpr std::size_t sizes[] = {1, 2, 4, 8, 16, 64};
  static constexpr std::size_t alignments[] = {1, 2, 4, 8, 16, 16};
  auto *out = memory<std::uint8_t>(*block, 3);
  std::uint8_t misaligned = 0;
  int index = 0;
  for (int i = 0; i < 6; ++i, ++index) {
    if (index == 3) ++index;
    std::memcpy(out, block->arguments[index], sizes[i]);
    if (reinterpret_cast<std::uintptr_t>(block->arguments[index]) % alignments[i] != 0) ++misaligned;
    out += sizes[i];
  }
  *out = misaligned;
}

void spin(const hal_native_block *block) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::microseconds(value<std::uint32_t>(*block, 0));
  while (std::chrono::steady_clock::now() < end) {
  }
  memory<std::uint32_t>(*block, 1)[block->index[0]] = value<std::uint32_t>(*block, 2);
}

void fail_block(const hal_native_block *block) {
  if (block->index[0] == value<std::uint32_t>(*block, 0))
    block->fail(block, "the conformance suite asked this kernel to fail");
}

void count(const hal_native_item *item) {
  std::atomic_ref<std::uint32_t>(*memory<std::uint32_t>(*item->block, 0)).fetch_add(1);
}

void nothing(const hal_native_block *) {}

constexpr hal_native_parameter memory_parameter(const char *name) {
  return {HAL_ARGUMENT_MEMORY, 8, 8, 0, name};
}

constexpr hal_native_parameter value_parameter(std::uint32_t size, std::uint32_t alignment,
                                               const char *name) {
  return {HAL_ARGUMENT_VALUE, size, alignment, 0, name};
}

template <std::size_t Count>
constexpr hal_native_kernel describe(const char *name, void (*run_block)(const hal_native_block *),
                                     void (*run_item)(const hal_native_item *),
                                     const hal_native_parameter (&parameters)[Count], std::uint32_t flags = 0,
                                     std::uint64_t static_shared_memory = 0) {
  return {sizeof(hal_native_kernel),
          flags,
          name,
          run_block,
          run_item,
          parameters,
          static_cast<std::uint32_t>(Count),
          {0, 0, 0},
          static_shared_memory};
}

constexpr hal_native_parameter one_memory[] = {memory_parameter("out")};
constexpr hal_native_parameter add_parameters[] = {memory_parameter("left"), memory_parameter("right"),
                                                   memory_parameter("sum"), value_parameter(4, 4, "count")};
constexpr hal_native_parameter sum_parameters[] = {memory_parameter("in"), memory_parameter("sums")};
constexpr hal_native_parameter sum_argument_parameters[] = {
    memory_parameter("in"), memory_parameter("sums"), {HAL_ARGUMENT_SHARED, 0, 4, 0, "scratch"}};
constexpr hal_native_parameter mixed_parameters[] = {
    value_parameter(1, 1, "a"),  value_parameter(2, 2, "b"), value_parameter(4, 4, "c"),
    memory_parameter("out"),     value_parameter(8, 8, "d"), value_parameter(16, 16, "e"),
    value_parameter(64, 16, "f")};
constexpr hal_native_parameter spin_parameters[] = {value_parameter(4, 4, "microseconds"),
                                                    memory_parameter("out"), value_parameter(4, 4, "mark")};
constexpr hal_native_parameter fail_parameters[] = {value_parameter(4, 4, "block")};

constexpr hal_native_kernel fill_index_kernel = describe("fill_index", nullptr, fill_index, one_memory);
constexpr hal_native_kernel vector_add_kernel = describe("vector_add", vector_add, nullptr, add_parameters);
constexpr hal_native_kernel reverse_kernel =
    describe("reverse_block", nullptr, reverse_block, one_memory, HAL_NATIVE_USES_BARRIER, 64 * 4);
constexpr hal_native_kernel sum_kernel =
    describe("block_sum", nullptr, block_sum, sum_parameters, HAL_NATIVE_USES_BARRIER);
constexpr hal_native_kernel sum_argument_kernel = describe("block_sum_argument", nullptr, block_sum_argument,
                                                           sum_argument_parameters, HAL_NATIVE_USES_BARRIER);
constexpr hal_native_kernel mixed_kernel =
    describe("mixed_arguments", mixed_arguments, nullptr, mixed_parameters);
constexpr hal_native_kernel spin_kernel = describe("spin", spin, nullptr, spin_parameters);
constexpr hal_native_kernel fail_kernel = describe("fail_block", fail_block, nullptr, fail_parameters);
constexpr hal_native_kernel count_kernel = describe("count", nullptr, count, one_memory);
constexpr hal_native_kernel nothing_kernel = {
    sizeof(hal_native_kernel), 0, "nothing", nothing, nullptr, nullptr, 0, {0, 0, 0}, 0};
constexpr hal_native_kernel required_kernel = {
    sizeof(hal_native_kernel), 0, "required_block", nothing, nullptr, nullptr, 0, {8, 1, 1}, 0};

const hal_native_kernel *const kernels[] = {&fill_index_kernel, &vector_add_kernel,   &reverse_kernel,
                                            &sum_kernel,        &sum_argument_kernel, &mixed_kernel,
                                            &spin_kernel,       &fail_kernel,         &count_kernel,
                                            &nothing_kernel,    &required_kernel};

}  // namespace

extern "C" {
extern __attribute__((visibility("default"))) const hal_native_module hal_native_module_1;
const hal_native_module hal_native_module_1 = {
    sizeof(hal_native_module), static_cast<std::uint32_t>(sizeof kernels / sizeof *kernels), kernels};
}
