#include "plugins/host/memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/limits.hpp"
#include "plugins/host/process.hpp"
#include "plugins/host/queue.hpp"
#include "plugins/host/system_memory.hpp"

namespace hal::plugins::host {
namespace {

// Reading /proc costs more than most allocations. So the system is looked at again only when what was
// allocated since the last look is more than this part of what was available then.
constexpr std::uint64_t allowance_part = 64;

// Frees memory when a stream gets there, or when the last work elsewhere that uses it is finished.
class free_command final : public command {
 public:
  explicit free_command(std::unique_ptr<memory> freed) noexcept : freed_(std::move(freed)) {}
  ~free_command() override {
    memory *freed = freed_.release();
    if (freed != nullptr && freed->uses.abandon()) delete freed;
  }
  void run(executor &) override {}

  std::unique_ptr<memory> freed_;
};

pages pages_for(const hal_memory_options &options, std::size_t alignment) {
  const auto size = static_cast<std::size_t>(options.size);
  if (options.flags != 0) return pages::map_shared(size, alignment);
  if (options.kind == HAL_MEMORY_HOST) return pages::map(size, alignment);
  return pages::allocate(size, alignment);
}

hal_memory *allocate(hal_device &on, const hal_memory_options &options) {
  plugin::check_memory_options(options, UINT64_MAX, HAL_MEMORY_EXPORT_FD);
  on.memory.check_available(options.size);
  pages bytes = pages_for(options, std::max<std::size_t>(options.alignment, allocation_alignment));
  if (!bytes) {
    throw failure(HAL_STATUS_OUT_OF_DEVICE_MEMORY,
                  fmt::format("The system refused to map {} bytes aligned to {} (errno {}).", options.size,
                              options.alignment, errno),
                  errno);
  }
  if (options.kind == HAL_MEMORY_HOST) bytes.pin();
  return on.memory.insert(std::make_unique<memory>(on, std::move(bytes), memory::origin::allocated,
                                                   options.size, options.kind, options.flags));
}

void check_part(const memory &whole, std::uint64_t offset, std::uint64_t size, const char *what) {
  if (size == 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} of 0 bytes was asked for; the least is 1.", what));
  }
  plugin::check_range(whole, offset, size, what);
}

}  // namespace

memory::memory(hal_device &owner, pages bytes, origin from, std::uint64_t bytes_size,
               hal_memory_kind bytes_kind, std::uint32_t bytes_flags)
    : hal_memory{},
      device(&owner),
      storage(std::move(bytes)),
      owned(from == origin::allocated),
      adopted(from == origin::adopted) {
  address = reinterpret_cast<std::uintptr_t>(storage.address());
  size = bytes_size;
  host = bytes_kind == HAL_MEMORY_DEVICE ? nullptr : storage.address();
  kind = bytes_kind;
  flags = bytes_flags;
}

memory::memory(memory &whole, std::uint64_t offset, std::uint64_t part)
    : hal_memory{}, device(whole.device), parent(&whole) {
  address = whole.address + offset;
  size = part;
  host = whole.host == nullptr ? nullptr : static_cast<std::byte *>(whole.host) + offset;
  kind = whole.kind;
  flags = whole.flags;
  parent->uses.add();
  parent->slices.fetch_add(1, std::memory_order_relaxed);
}

memory::~memory() {
  if (parent != nullptr) release_use(parent);
}

void memory_pool::check_available(std::uint64_t size) {
  const std::uint64_t allowance = allowance_.load(std::memory_order_relaxed);
  if (size < allowance && unchecked_.fetch_add(size, std::memory_order_relaxed) + size < allowance) return;
  const system_memory system = read_system_memory(files_);
  unchecked_.store(0, std::memory_order_relaxed);
  allowance_.store(system.available / allowance_part, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (size <= system.available && owned_size_ <= system.available - size) return;
  const std::uint64_t untouched = promised();
  if (size <= system.available && untouched <= system.available - size) return;
  throw failure(HAL_STATUS_OUT_OF_DEVICE_MEMORY,
                fmt::format("An allocation of {} bytes does not fit: {} of {} bytes are available, and {} of "
                            "those are promised to earlier allocations.",
                            size, system.available, system.total, std::min(untouched, system.available)));
}

void memory_pool::figures(std::uint64_t &free, std::uint64_t &total) const {
  const system_memory system = read_system_memory(files_);
  const std::lock_guard lock(mutex_);
  free = system.available - std::min(system.available, promised());
  total = system.total;
}

std::uint64_t memory_pool::promised() const {
  std::uint64_t bytes = 0;
  for (const auto &[address, made] : allocations_) {
    if (made->owned) bytes += made->size - std::min(made->size, made->storage.resident());
  }
  return bytes;
}

hal_memory *memory_pool::insert(std::unique_ptr<memory> made) {
  memory &raw = *made;
  if (raw.parent != nullptr) return live_.insert(std::move(made));
  add_range(raw);
  try {
    return live_.insert(std::move(made));
  } catch (...) {
    remove_range(raw);
    throw;
  }
}

std::unique_ptr<memory> memory_pool::take(const hal_memory *handle) {
  std::unique_ptr<memory> taken = live_.take(handle, [](const memory &checked) {
    const std::uint32_t slices = checked.slices.load(std::memory_order_relaxed);
    if (slices != 0) {
      throw failure(HAL_STATUS_BUSY,
                    fmt::format("The memory of {} bytes was not freed because {} {} of it {}.", checked.size,
                                slices, slices == 1 ? "slice" : "slices", slices == 1 ? "lives" : "live"));
    }
  });
  if (taken->parent != nullptr)
    taken->parent->slices.fetch_sub(1, std::memory_order_relaxed);
  else
    remove_range(*taken);
  return taken;
}

void memory_pool::add_range(memory &made) {
  const std::lock_guard lock(mutex_);
  if (made.adopted) {
    adopted_.push_back(&made);
  } else {
    allocations_.emplace(made.address, &made);
  }
  if (made.owned) owned_size_ += made.size;
  lowest_.store(std::min(lowest_.load(std::memory_order_relaxed), made.address), std::memory_order_relaxed);
  highest_.store(std::max(highest_.load(std::memory_order_relaxed), made.address + made.size),
                 std::memory_order_relaxed);
}

void memory_pool::remove_range(const memory &made) {
  const std::lock_guard lock(mutex_);
  if (made.adopted) {
    std::erase(adopted_, &made);
  } else {
    allocations_.erase(made.address);
  }
  if (made.owned) owned_size_ -= made.size;
}

hal_pointer_info memory_pool::describe(std::uint64_t address) const {
  hal_pointer_info info{};
  info.struct_size = sizeof info;
  const std::lock_guard lock(mutex_);
  const auto holds = [address](const memory &made) {
    return address >= made.address && address - made.address < made.size;
  };
  memory *found = nullptr;
  const auto behind = allocations_.upper_bound(address);
  if (behind != allocations_.begin() && holds(*std::prev(behind)->second)) {
    found = std::prev(behind)->second;
  } else {
    const auto wrapper =
        std::find_if(adopted_.begin(), adopted_.end(), [&](const memory *made) { return holds(*made); });
    if (wrapper != adopted_.end()) found = *wrapper;
  }
  if (found != nullptr) {
    info.kind = found->kind;
    info.base = found->address;
    info.size = found->size;
    info.memory = found;
  }
  return info;
}

memory &checked_memory(hal_memory *handle, const hal_device &device) {
  auto &used = static_cast<memory &>(plugin::check_handle(handle, "memory"));
  if (used.device != &device) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_HANDLE, "The memory belongs to another device than the stream.");
  }
  return used;
}

void memory_entries::memory_allocate(hal_device *device, const hal_memory_options *options,
                                     hal_memory **out_memory) {
  hal_device &on = checked(device);
  hal_memory *&memory = plugin::output(out_memory, "out_memory");
  on.failed.check();
  memory = allocate(on, *plugin::input_record(options, "The memory options"));
}

void memory_entries::memory_free(hal_device *device, hal_memory *handle) {
  const std::unique_ptr<memory> freed = checked(device).memory.take(handle);
  freed->uses.wait_until_unused();
  for (const auto &queue : queues_reaching(*device)) queue->wait(queue->uncounted(), deadline::never());
}

void memory_entries::memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total) {
  const hal_device &on = checked(device);
  std::uint64_t &free = plugin::output(out_free, "out_free");
  std::uint64_t &total = plugin::output(out_total, "out_total");
  on.failed.check();
  on.memory.figures(free, total);
}

void memory_entries::memory_slice(hal_device *device, hal_memory *handle, std::uint64_t offset,
                                  std::uint64_t size, hal_memory **out_slice) {
  hal_device &on = checked(device);
  hal_memory *&slice = plugin::output(out_slice, "out_slice");
  memory &whole = *on.memory.find(handle);
  check_part(whole, offset, size, "A slice");
  slice = on.memory.insert(std::make_unique<memory>(whole, offset, size));
}

void memory_entries::memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset,
                                std::uint64_t size, std::uint32_t access, void **out_host) {
  hal_device &on = checked(device);
  void *&host = plugin::output(out_host, "out_host");
  memory &mapped = *on.memory.find(handle);
  constexpr std::uint32_t known = HAL_MAP_READ | HAL_MAP_WRITE;
  if (access == 0 || (access & ~known) != 0) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The access is {:#x}; it must be HAL_MAP_READ (1), HAL_MAP_WRITE (2) or both.", access));
  }
  check_part(mapped, offset, size, "A mapping");
  if (mapped.mapped.exchange(true)) {
    throw failure(HAL_STATUS_INVALID_STATE,
                  fmt::format("The memory of {} bytes is mapped already.", mapped.size));
  }
  host = mapped.at(offset);
}

void memory_entries::memory_unmap(hal_device *device, hal_memory *handle) {
  memory &mapped = *checked(device).memory.find(handle);
  if (!mapped.mapped.exchange(false)) {
    throw failure(HAL_STATUS_INVALID_STATE,
                  fmt::format("The memory of {} bytes is not mapped.", mapped.size));
  }
}

void memory_entries::memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                           hal_memory **out_memory) {
  hal_stream &on = plugin::check_handle(stream, "stream");
  hal_memory *&memory = plugin::output(out_memory, "out_memory");
  on.device.failed.check();
  check_not_capturing(on, "an allocation");
  const auto given = plugin::input_record(options, "The memory options");
  if (given->kind == HAL_MEMORY_HOST || given->kind == HAL_MEMORY_SHARED) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("Memory of kind {} cannot be allocated in stream order; only device memory (1) "
                              "can.",
                              given->kind));
  }
  memory = allocate(on.device, *given);
}

void memory_entries::memory_free_async(hal_stream *stream, hal_memory *handle) {
  hal_stream &on = open_outside_capture(stream, "a free");
  // The command has its place before the handle is taken: nothing may fail after that.
  on.queue->submit<free_command>(
      0, [&](free_command &made, std::byte *) { made.freed_ = on.device.memory.take(handle); },
      std::unique_ptr<memory>());
}

void memory_entries::memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                                   hal_external_handle *out) {
  const memory &exported = *checked(device).memory.find(handle);
  if (kind == HAL_EXTERNAL_DMA_BUF || kind == HAL_EXTERNAL_IPC) {
    throw failure(
        HAL_STATUS_UNSUPPORTED,
        fmt::format("The host device exports memory as HAL_EXTERNAL_FD (1) only, not as kind {}.", kind));
  }
  if (kind != HAL_EXTERNAL_FD) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The external kind is {}; kinds go from 1 to 3.", kind));
  }
  const memory &root = exported.root();
  if (exported.flags == 0 || root.storage.file() < 0) {
    throw failure(
        HAL_STATUS_INVALID_STATE,
        "The memory was not allocated with HAL_MEMORY_EXPORTABLE or HAL_MEMORY_EXPORT_FD and cannot "
        "be exported.");
  }
  if (out != nullptr && out->struct_size < offsetof(hal_external_handle, fd) + sizeof out->fd) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The external handle has {} bytes, too few for a descriptor.", out->struct_size));
  }
  hal_external_handle made{};
  made.struct_size = sizeof made;
  made.kind = HAL_EXTERNAL_FD;
  made.size = exported.size;
  made.offset = exported.address - root.address;
  descriptor file = root.storage.duplicate_file();
  made.fd = file.get();
  plugin::write_record(out, made, "The external handle");
  file.release();
}

void memory_entries::memory_import(hal_device *device, const hal_external_handle *handle,
                                   hal_memory **out_memory) {
  hal_device &on = checked(device);
  hal_memory *&imported = plugin::output(out_memory, "out_memory");
  const auto given = plugin::input_record(handle, "The external handle");
  if (given->kind == HAL_EXTERNAL_DMA_BUF || given->kind == HAL_EXTERNAL_IPC) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("The host device imports memory as HAL_EXTERNAL_FD (1) only, not as kind {}.",
                              given->kind));
  }
  if (given->kind != HAL_EXTERNAL_FD) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The external kind is {}; kinds go from 1 to 3.", given->kind));
  }
  if (given->size == 0)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The handle says 0 bytes; the least is 1.");
  on.failed.check();
  imported = on.memory.insert(std::make_unique<memory>(
      on, pages::import(given->fd, given->offset, static_cast<std::size_t>(given->size)),
      memory::origin::imported, given->size, HAL_MEMORY_DEVICE, 0u));
}

void memory_entries::memory_adopt(hal_device *device, hal_memory_kind kind, std::uint64_t address,
                                  std::uint64_t size, hal_memory **out_memory) {
  hal_device &on = checked(device);
  hal_memory *&adopted = plugin::output(out_memory, "out_memory");
  if (kind < HAL_MEMORY_DEVICE || kind > HAL_MEMORY_SHARED) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory kind is {}; it must be device (1), host (2) or shared (3).", kind));
  }
  if (address == 0 || size == 0 || address + size < address) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at address {:#x} cannot be adopted; both must be at least 1, and the "
                              "end within the address space.",
                              size, address));
  }
  const std::uint64_t page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t begin = address & ~(page - 1);
  // Does nothing on Linux but fail when a page of the range is not mapped.
  if (msync(reinterpret_cast<void *>(begin), address + size - begin, MS_ASYNC) != 0) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("{} bytes at address {:#x} cannot be adopted: not all of them are mapped in this "
                    "process.",
                    size, address));
  }
  on.failed.check();
  pages bytes = pages::borrow(reinterpret_cast<void *>(address), static_cast<std::size_t>(size));
  if (kind == HAL_MEMORY_HOST) bytes.pin();
  adopted = on.memory.insert(
      std::make_unique<memory>(on, std::move(bytes), memory::origin::adopted, size, kind, 0u));
}

void memory_entries::pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
  plugin::write_record(out, checked(device).memory.describe(address), "The pointer information");
}

}  // namespace hal::plugins::host
