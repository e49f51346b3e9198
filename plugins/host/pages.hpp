// Address ranges and what must happen to them in the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "plugins/host/process.hpp"

namespace hal::plugins::host {

// A file descriptor that closes itself.
class descriptor {
 public:
  explicit descriptor(int value = -1) noexcept : value_(value) {}
  ~descriptor();
  descriptor(descriptor &&other) noexcept : value_(other.value_) { other.value_ = -1; }
  descriptor &operator=(descriptor &&other) noexcept;

  int get() const noexcept { return value_; }
  int release() noexcept;
  explicit operator bool() const noexcept { return value_ >= 0; }

 private:
  int value_;
};

// The bytes below a memory object. Move-only.
class pages {
 public:
  pages() noexcept = default;
  ~pages();
  pages(pages &&other) noexcept;
  pages &operator=(pages &&) = delete;

  // Fresh bytes: small ones from the heap, large ones mapped and friendly to huge pages. `size` at least 1,
  // `alignment` a power of two. Empty when the system gives none.
  static pages allocate(std::size_t size, std::size_t alignment);
  // Fresh whole pages that share none with anything else, for memory that is to be pinned.
  static pages map(std::size_t size, std::size_t alignment);
  // Fresh pages of an anonymous file that another process can map, too; it can neither grow nor shrink.
  static pages map_shared(std::size_t size, std::size_t alignment);
  // `size` bytes at `offset` of such a file. Throws HAL_STATUS_INVALID_ARGUMENT when the descriptor is none,
  // may shrink (a shrunk file ends the process that touches it), or holds less.
  static pages import(int file, std::uint64_t offset, std::size_t size);
  // Bytes that stay their owner's.
  static pages borrow(void *address, std::size_t size) noexcept;

  void *address() const noexcept { return address_; }
  explicit operator bool() const noexcept { return address_ != nullptr; }

  // Keeps them in place until the end of this object. Throws as pinned_range::pin.
  void pin();

  // The anonymous file of map_shared, -1 otherwise.
  int file() const noexcept { return file_.get(); }
  // Another descriptor of it. Throws HAL_STATUS_RESOURCE_EXHAUSTED.
  descriptor duplicate_file() const;

  // How many of the bytes take up memory now.
  std::uint64_t resident() const;

 private:
  enum class origin { borrowed, heap, mapped };

  static pages map_anonymous(std::size_t size, std::size_t alignment, int file);

  origin origin_ = origin::borrowed;
  void *address_ = nullptr;
  std::size_t size_ = 0;
  void *mapping_ = nullptr;
  std::size_t mapping_size_ = 0;
  descriptor file_;
  std::unique_ptr<pinned_range> pin_;
};

}  // namespace hal::plugins::host
