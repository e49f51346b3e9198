#include "tests/sim/common/memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sim {
namespace {

constexpr std::size_t alignment = 512;
constexpr char file_name[] = "sim-device-memory";

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

bool is_counted(owner made_by) {
  return made_by == owner::device || made_by == owner::pool || made_by == owner::managed;
}

}  // namespace

bool memory_book::take(int device, owner made_by, std::size_t size) {
  if (!is_counted(made_by)) return size <= (std::size_t{1} << 40);
  const auto index = static_cast<std::size_t>(device);
  if (size > limits_[index] - used_[index]) return false;
  used_[index] += size;
  return true;
}

std::uint64_t memory_book::allocate(int device, owner made_by, std::size_t size) {
  if (size == 0 || !take(device, made_by, size)) return 0;
  void *bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  if (bytes == nullptr) {
    if (is_counted(made_by)) used_[static_cast<std::size_t>(device)] -= size;
    return 0;
  }
  all_.emplace(address, allocation{made_by, size, device, -1});
  return address;
}

std::uint64_t memory_book::allocate_shared(int device, std::size_t size) {
  if (size == 0 || !take(device, owner::device, size)) return 0;
  const int descriptor = memfd_create(file_name, MFD_CLOEXEC);
  void *bytes = MAP_FAILED;
  if (descriptor >= 0 && ftruncate(descriptor, static_cast<off_t>(size)) == 0)
    bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) {
    if (descriptor >= 0) close(descriptor);
    used_[static_cast<std::size_t>(device)] -= size;
    return 0;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  all_.emplace(address, allocation{owner::device, size, device, descriptor});
  return address;
}

std::uint64_t memory_book::import(int device, int descriptor, std::size_t size) {
  if (size == 0 || shared_size(descriptor) < size) return 0;
  const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return 0;
  void *bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, copy, 0);
  if (bytes == MAP_FAILED) {
    close(copy);
    return 0;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  all_.emplace(address, allocation{owner::external, size, device, copy});
  return address;
}

bool memory_book::release(std::uint64_t address) {
  const auto found = all_.find(address);
  if (found == all_.end()) return false;
  const allocation what = found->second;
  all_.erase(found);
  if (is_counted(what.made_by)) used_[static_cast<std::size_t>(what.device)] -= what.size;
  if (what.made_by == owner::registered) return true;
  if (what.descriptor < 0) {
    std::free(pointer(address));
  } else {
    munmap(pointer(address), what.size);
    close(what.descriptor);
  }
  return true;
}

const allocation *memory_book::find(std::uint64_t address, std::uint64_t size, std::uint64_t *base) const {
  auto above = all_.upper_bound(address);
  if (above == all_.begin()) return nullptr;
  --above;
  const std::uint64_t offset = address - above->first;
  if (offset >= above->second.size || size > above->second.size - offset) return nullptr;
  if (base != nullptr) *base = above->first;
  return &above->second;
}

std::size_t shared_size(int descriptor) {
  char link[64];
  char target[128] = "";
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  if (readlink(link, target, sizeof target - 1) <= 0 || std::strstr(target, file_name) == nullptr) return 0;
  struct stat facts {};
  return fstat(descriptor, &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
}

}  // namespace sim
