// Where kernels are run: a device of the HAL with a bundle, or an OpenCL device with the sources, without the
// HAL. Two ways, so that a wrong result can be told to be the kernel's or the compiler's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hal/bundle.hpp"
#include "hal/device.hpp"

namespace kernels_test {

// Memory of a target.
class memory {
 public:
  virtual ~memory() = default;
};

// A kernel argument: memory, or a value of 4 or 8 bytes.
class argument {
 public:
  argument(const std::unique_ptr<memory> &of) : memory_(of.get()) {}
  argument(float value) : size_(sizeof value) { std::memcpy(bytes_.data(), &value, sizeof value); }
  argument(std::uint32_t value) : size_(sizeof value) { std::memcpy(bytes_.data(), &value, sizeof value); }
  argument(std::uint64_t value) : size_(sizeof value) { std::memcpy(bytes_.data(), &value, sizeof value); }

  memory *as_memory() const { return memory_; }
  std::span<const std::byte> as_value() const { return std::span(bytes_).first(size_); }

 private:
  memory *memory_ = nullptr;
  std::size_t size_ = 0;
  std::array<std::byte, 8> bytes_{};
};

struct shape {
  std::array<std::uint32_t, 3> groups{1, 1, 1};
  std::array<std::uint32_t, 3> items{1, 1, 1};
};

class target {
 public:
  virtual ~target() = default;

  virtual std::string name() const = 0;
  virtual std::unique_ptr<memory> allocate(std::size_t size) = 0;
  // Both wait for what was launched before. `bytes` go to, or come from, the beginning.
  virtual void write(memory &to, std::span<const std::byte> bytes) = 0;
  virtual void read(const memory &from, std::span<std::byte> bytes) = 0;
  virtual void launch(const std::string &kernel, const shape &of, std::span<const argument> arguments) = 0;
  virtual void synchronize() = 0;
};

std::unique_ptr<target> make_hal_target(const hal::device &device, const hal::bundle &kernels);
// Builds every *.cl of the folder on the first OpenCL device. Throws hal::error: unavailable when there is no
// OpenCL or no device, compilation_failed with the log.
std::unique_ptr<target> make_opencl_target(const std::filesystem::path &sources);

}  // namespace kernels_test
