#include "tests/sim/common/run.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <thread>

extern "C" const hal_native_module hal_native_module_1;

namespace sim {
namespace {

constexpr std::size_t slot = 64;

struct aligned_delete {
  void operator()(std::byte *bytes) const noexcept { ::operator delete[](bytes, std::align_val_t{slot}); }
};
using aligned_bytes = std::unique_ptr<std::byte[], aligned_delete>;

aligned_bytes allocate(std::size_t size) {
  return aligned_bytes(new (std::align_val_t{slot}) std::byte[std::max<std::size_t>(size, 1)]);
}

struct running_block : hal_native_block {
  std::atomic<bool> *failed;
};

void fail(const hal_native_block *block, const char *) {
  *static_cast<const running_block *>(block)->failed = true;
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

void run_block(const hal_native_kernel &kernel, const hal_native_block &block) {
  const std::uint32_t items = block.block[0] * block.block[1] * block.block[2];
  if (kernel.run_block != nullptr) return kernel.run_block(&block);
  if ((kernel.flags & HAL_NATIVE_USES_BARRIER) == 0) {
    for (std::uint32_t linear = 0; linear < items; ++linear) {
      const running_item item = make_item(block, linear, nullptr);
      kernel.run_item(&item);
    }
    return;
  }
  std::barrier meeting(static_cast<std::ptrdiff_t>(items));
  std::vector<std::thread> threads;
  for (std::uint32_t linear = 0; linear < items; ++linear) {
    threads.emplace_back([&, linear] {
      const running_item item = make_item(block, linear, &meeting);
      kernel.run_item(&item);
      meeting.arrive_and_drop();
    });
  }
  for (std::thread &one : threads) one.join();
}

void add_kernels(std::map<std::string, const hal_native_kernel *> &all, const hal_native_module &from) {
  for (std::uint32_t i = 0; i < from.kernel_count; ++i) all.emplace(from.kernels[i]->name, from.kernels[i]);
}

}  // namespace

const hal_native_kernel *find_native(const std::string &name, const std::vector<std::string> &files) {
  static const auto &known = *[&files] {
    auto *found = new std::map<std::string, const hal_native_kernel *>;
    add_kernels(*found, hal_native_module_1);
    for (const std::string &file : files) {
      void *object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
      const void *module = object == nullptr ? nullptr : dlsym(object, HAL_NATIVE_MODULE_SYMBOL);
      if (module != nullptr) add_kernels(*found, *static_cast<const hal_native_module *>(module));
    }
    return found;
  }();
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second;
}

bool run_kernel(const hal_native_kernel &kernel, const launch_shape &shape,
                const std::vector<std::vector<std::byte>> &values) {
  // Each value in a place of its own, aligned as widely as any parameter is.
  std::vector<aligned_bytes> places;
  std::vector<void *> arguments;
  for (const auto &value : values) {
    places.push_back(allocate(value.size()));
    std::copy(value.begin(), value.end(), places.back().get());
    arguments.push_back(places.back().get());
  }
  const aligned_bytes shared = allocate(kernel.static_shared_memory + shape.shared);
  std::atomic<bool> failed = false;
  running_block block{};
  block.struct_size = sizeof(hal_native_block);
  std::copy_n(shape.grid, 3, block.grid);
  std::copy_n(shape.block, 3, block.block);
  block.arguments = arguments.data();
  block.shared = shared.get();
  block.static_shared_memory = kernel.static_shared_memory;
  block.dynamic_shared_memory = shape.shared;
  block.fail = fail;
  block.failed = &failed;
  for (block.index[2] = 0; block.index[2] < block.grid[2]; ++block.index[2]) {
    for (block.index[1] = 0; block.index[1] < block.grid[1]; ++block.index[1]) {
      for (block.index[0] = 0; block.index[0] < block.grid[0]; ++block.index[0]) {
        run_block(kernel, block);
        if (failed) return false;
      }
    }
  }
  return true;
}

}  // namespace sim
