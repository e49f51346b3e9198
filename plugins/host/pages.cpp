#include "plugins/host/pages.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::host {
namespace {

constexpr std::size_t mapped_from = std::size_t{128} << 10;
constexpr std::size_t huge_page = std::size_t{2} << 20;

std::size_t page_size() noexcept {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// 0 when it does not fit.
std::size_t rounded_up(std::size_t size, std::size_t multiple) noexcept {
  const std::size_t rounded = (size + multiple - 1) & ~(multiple - 1);
  return rounded < size ? 0 : rounded;
}

}  // namespace

descriptor::~descriptor() {
  if (value_ >= 0) close(value_);
}

descriptor &descriptor::operator=(descriptor &&other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

int descriptor::release() noexcept {
  return std::exchange(value_, -1);
}

pages::pages(pages &&other) noexcept
    : origin_(std::exchange(other.origin_, origin::borrowed)),
      address_(std::exchange(other.address_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_size_(std::exchange(other.mapping_size_, 0)),
      file_(std::move(other.file_)),
      pin_(std::move(other.pin_)) {}

pages::~pages() {
  pin_.reset();
  if (origin_ == origin::heap) std::free(address_);
  if (origin_ == origin::mapped) munmap(mapping_, mapping_size_);
}

pages pages::allocate(std::size_t size, std::size_t alignment) {
  if (size >= mapped_from || alignment >= mapped_from)
    return map_anonymous(size, size >= huge_page ? std::max(alignment, huge_page) : alignment, -1);
  pages made;
  void *address = nullptr;
  if (posix_memalign(&address, std::max(alignment, sizeof(void *)), size) != 0) return made;
  made.origin_ = origin::heap;
  made.address_ = address;
  made.size_ = size;
  return made;
}

pages pages::map(std::size_t size, std::size_t alignment) {
  return map_anonymous(size, alignment, -1);
}

pages pages::map_anonymous(std::size_t size, std::size_t alignment, int file) {
  pages made;
  const std::size_t page = page_size();
  const std::size_t length = rounded_up(size, page);
  const std::size_t slack = alignment > page ? alignment : 0;
  if (length == 0 || length + slack < length) return made;
  // A file must begin at the address that is handed out, so the place is reserved first and then filled.
  const int protection = file < 0 ? PROT_READ | PROT_WRITE : PROT_NONE;
  void *whole = mmap(nullptr, length + slack, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (whole == MAP_FAILED) return made;
  const auto start = reinterpret_cast<std::uintptr_t>(whole);
  const std::uintptr_t aligned = slack == 0 ? start : (start + alignment - 1) & ~(alignment - 1);
  if (aligned > start) munmap(whole, aligned - start);
  const std::size_t behind = start + length + slack - (aligned + length);
  if (behind > 0) munmap(reinterpret_cast<void *>(aligned + length), behind);
  made.origin_ = origin::mapped;
  made.address_ = made.mapping_ = reinterpret_cast<void *>(aligned);
  made.size_ = size;
  made.mapping_size_ = length;
  if (file >= 0 &&
      mmap(made.address_, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
    return pages();
  if (length >= huge_page) madvise(made.address_, length, MADV_HUGEPAGE);
  return made;
}

pages pages::map_shared(std::size_t size, std::size_t alignment) {
  descriptor file(memfd_create("hal-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ftruncate(file.get(), static_cast<off_t>(size)) != 0 ||
      fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return pages();
  pages made = map_anonymous(size, alignment, file.get());
  if (made) made.file_ = std::move(file);
  return made;
}

pages pages::import(int file, std::uint64_t offset, std::size_t size) {
  using plugin::failure;
  struct stat facts {};
  if (fstat(file, &facts) != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} is not an open file descriptor (errno {}).", file, errno), errno);
  }
  const int seals = fcntl(file, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("File descriptor {} is not memory that a host device exported: it is no sealed "
                              "anonymous file.",
                              file));
  }
  const auto length = static_cast<std::uint64_t>(facts.st_size);
  if (offset > length || size > length - offset) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The handle says {} bytes at offset {}; file descriptor {} holds {} bytes.",
                              size, offset, file, length));
  }
  const std::uint64_t skipped = offset % page_size();
  const std::size_t mapped = static_cast<std::size_t>(size + skipped);
  void *whole =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, static_cast<off_t>(offset - skipped));
  if (whole == MAP_FAILED) {
    const int error = errno;
    throw failure(error == ENOMEM ? HAL_STATUS_OUT_OF_DEVICE_MEMORY : HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("Mapping {} bytes of file descriptor {} failed (errno {}).", size, file, error),
                  error);
  }
  pages made;
  made.origin_ = origin::mapped;
  made.mapping_ = whole;
  made.mapping_size_ = mapped;
  made.address_ = static_cast<std::byte *>(whole) + skipped;
  made.size_ = size;
  return made;
}

pages pages::borrow(void *address, std::size_t size) noexcept {
  pages made;
  made.address_ = address;
  made.size_ = size;
  return made;
}

void pages::pin() {
  auto pin = std::make_unique<pinned_range>();
  pin->pin(address_, size_);
  pin_ = std::move(pin);
}

descriptor pages::duplicate_file() const {
  descriptor copy(fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) {
    throw plugin::failure(HAL_STATUS_RESOURCE_EXHAUSTED,
                          fmt::format("No further file descriptor could be made (errno {}); the limit is "
                                      "RLIMIT_NOFILE (ulimit -n).",
                                      errno),
                          errno);
  }
  return copy;
}

std::uint64_t pages::resident() const {
  if (origin_ != origin::mapped) return size_;
  const std::size_t page = page_size();
  constexpr std::size_t batch = std::size_t{64} << 10;
  std::vector<unsigned char> present(std::min(batch, mapping_size_ / page + 1));
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < mapping_size_; at += batch * page) {
    const std::size_t length = std::min(batch * page, mapping_size_ - at);
    if (mincore(static_cast<std::byte *>(mapping_) + at, length, present.data()) != 0) return size_;
    count += static_cast<std::uint64_t>(std::count_if(
        present.begin(), present.begin() + static_cast<std::ptrdiff_t>((length + page - 1) / page),
        [](unsigned char entry) { return (entry & 1u) != 0; }));
  }
  return std::min<std::uint64_t>(count * page, size_);
}

}  // namespace hal::plugins::host
