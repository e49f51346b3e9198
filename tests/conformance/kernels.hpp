// The seam between the cases and the module formats. A kernel case runs once for every format that the device
// takes and the suite has; a new format is a row in kernels.cpp and a file with these kernels:
//
//   fill_index(u32 *out)            out[global linear index] = linear block index * items of a block + linear
//                                   index within the block; x runs fastest
//   vector_add(f32 *left, f32 *right, f32 *sum, u32 count)      one dimension, guarded by count
//   reverse_block(u32 *data)        reverses each block's part through static shared memory; blocks of up to
//                                   64 items in x
//   block_sum(u32 *in, u32 *sums)   one sum for each block through 4 bytes of dynamic shared memory for each
//                                   item; blocks are a power of two in x
//   block_sum_argument(u32 *in, u32 *sums, shared scratch)      the same through a HAL_ARGUMENT_SHARED
//   mixed_arguments(u8, u16, u32, u8 *out, u64, 16 bytes, 64 bytes)
//                                   writes the values' 95 bytes in a row, then the number of misaligned ones
//   spin(u32 microseconds, u32 *out, u32 mark)  for each block: passes the time, then out[block] = mark
//   fail_block(u32 block)           the block of that x index fails, as a fault would
//   count(u32 *out)                 every item adds 1 to *out atomically
//   nothing()                       no parameters
//   required_block()                nothing, for blocks of exactly 8 x 1 x 1 items
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/fixture.hpp"

namespace conformance {

struct kernel_format {
  const char *name;
  bool shared_arguments;  // HAL_ARGUMENT_SHARED exists in it: block_sum_argument is there
  bool dynamic_shared;    // the launch's dynamic shared memory exists in it: block_sum is there
  bool failing;           // a kernel can fail without ending the process: fail_block is there
  bool failure_text;      // what a failing kernel says reaches hal_error
  bool compiled = false;  // from kernels.cl, by `halctl compile`; otherwise written by hand
};

// A module's bytes in one format. Valid until the process ends.
struct kernel_bytes {
  const void *bytes = nullptr;
  std::uint64_t size = 0;
};

// Where the files conformance-kernels* are; empty: beside the executable.
void set_kernel_folder(const std::string &folder);

// The formats of the device that the suite has kernels in. Those that a compiler makes are there where the
// suite was built with one.
std::vector<kernel_format> kernel_formats();

// A module of `format` that holds `kernel`. Fails the case when its file can't be read.
kernel_bytes kernel_source(const kernel_format &format, const char *kernel);

hal_module_source module_source(const char *format, const void *bytes, std::uint64_t size);

// True: the device has no kernels, or none of its formats is one of ours; the skip is recorded.
bool skip_without_kernels(const char *file = __builtin_FILE(), int line = __builtin_LINE());

// Calls body(format) for each format, naming it in what fails inside. Needs kernels.
template <typename Body>
void on_each_format(Body &&body) {
  for (const kernel_format &format : kernel_formats()) {
    INFO("kernels in format ", std::string(format.name));
    body(format);
  }
}

class loaded_module {
 public:
  // Loads the module of `format` that holds `kernel`.
  loaded_module(hal_device *device, const kernel_format &format, const char *kernel);
  ~loaded_module();
  loaded_module(const loaded_module &) = delete;
  loaded_module &operator=(const loaded_module &) = delete;

  operator hal_module *() const { return handle_; }
  hal_kernel *kernel(const char *name) const;
  hal_module *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_module *handle_ = nullptr;
};

using extents = std::array<std::uint32_t, 3>;

// A launch under construction: owns the arguments' values and describes their kinds.
class work {
 public:
  work(extents grid, extents block) {
    record.struct_size = sizeof record;
    for (int axis = 0; axis < 3; ++axis) {
      record.grid[axis] = grid[static_cast<std::size_t>(axis)];
      record.block[axis] = block[static_cast<std::size_t>(axis)];
    }
  }

  work &memory(hal_memory *argument) { return add(argument, HAL_ARGUMENT_MEMORY, 8); }
  work &shared(std::uint32_t size) { return add(nullptr, HAL_ARGUMENT_SHARED, size); }
  template <typename Value>
  work &value(const Value &given) {
    static_assert(sizeof(Value) <= 64);
    auto &room = values_.emplace_back();
    std::memcpy(room.data(), &given, sizeof given);
    return add(room.data(), HAL_ARGUMENT_VALUE, sizeof given);
  }
  work &dynamic_shared_memory(std::uint64_t bytes) {
    record.dynamic_shared_memory = bytes;
    return *this;
  }
  // Tells the plugin what the arguments are believed to be.
  work &typed() {
    typed_ = true;
    return *this;
  }

  // The record, complete; valid until this changes or ends.
  const hal_launch *get() {
    record.argument_count = static_cast<std::uint32_t>(pointers_.size());
    record.arguments = pointers_.data();
    record.argument_types = typed_ ? types_.data() : nullptr;
    return &record;
  }

  // Overwrites what the plugin may have read during the call only.
  void destroy_arguments() {
    for (auto &room : values_) room.fill(0xee);
    for (auto &pointer : pointers_) pointer = nullptr;
    for (auto &type : types_) type = {99, 99};
  }

  hal_launch record{};

 private:
  work &add(void *pointer, hal_argument_kind kind, std::uint32_t size) {
    pointers_.push_back(pointer);
    types_.push_back({kind, size});
    return *this;
  }

  struct alignas(16) slot : std::array<std::uint8_t, 64> {};
  std::deque<slot> values_;
  std::vector<void *> pointers_;
  std::vector<hal_argument> types_;
  bool typed_ = false;
};

answer launch(hal_stream *on, hal_kernel *kernel, work &given);

}  // namespace conformance
