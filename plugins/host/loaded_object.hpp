// A shared object with kernels, loaded from bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "plugins/host/native_module.hpp"

namespace hal::plugins::host {

// Unloads at its end. Knows what of its memory may be read and called.
class loaded_object final : public address_check {
 public:
  // Verifies and loads. Throws as elf_image::verified, and HAL_STATUS_INVALID_MODULE with the dynamic
  // linker's text when that refuses, or when there is no table of kernels. Initialisers of the object run.
  explicit loaded_object(std::span<const std::byte> bytes);
  ~loaded_object() override;

  const hal_native_module &table() const noexcept { return *table_; }

  bool readable(const void *address, std::uint64_t size) const override;
  bool executable(const void *address) const override;
  bool text(const char *address) const override;

 private:
  struct library;
  std::unique_ptr<library> library_;
  const hal_native_module *table_ = nullptr;
};

}  // namespace hal::plugins::host
