// A file's bytes, mapped read-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace hal::rt {

class file_mapping {
 public:
  file_mapping() = default;
  // The whole of a plain file. Throws hal::error: not_found, permission_denied, invalid_module for what is no
  // plain file, unavailable with the system's words otherwise.
  explicit file_mapping(const std::filesystem::path &file);
  file_mapping(file_mapping &&other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  file_mapping &operator=(file_mapping &&other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~file_mapping();

  std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

 private:
  const std::byte *data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace hal::rt
