// A bundle (.halb): kernels, each compiled for several targets, in one file. docs/bundle.md has the format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/requirement.hpp"

namespace hal {

enum class address_space : std::uint8_t { unknown, global, constant, local, private_ };
enum class parameter_access : std::uint8_t { unknown, read, write, read_write };

// A formal parameter of a kernel, the same for all its variants.
struct bundle_parameter {
  std::string name;
  hal_argument_kind kind = HAL_ARGUMENT_VALUE;
  std::uint32_t size = 0;       // bytes; 0 for HAL_ARGUMENT_SHARED, whose size the launch decides
  std::uint32_t alignment = 1;  // bytes, a power of two
  hal::address_space space = hal::address_space::unknown;
  parameter_access access = parameter_access::unknown;

  friend bool operator==(const bundle_parameter &, const bundle_parameter &) = default;
};

// Resources that a compiler told of; nothing: not known.
struct bundle_resources {
  std::optional<std::uint32_t> registers_per_item;
  std::optional<std::uint64_t> static_shared_memory;   // bytes of a block
  std::optional<std::uint64_t> local_memory_per_item;  // bytes, spilled and private

  friend bool operator==(const bundle_resources &, const bundle_resources &) = default;
};

// A kernel as found in one of the images.
struct bundle_variant {
  std::uint32_t image = 0;  // index into the bundle's images
  std::string entry;        // the kernel's name there; empty: its name in the bundle
  bundle_resources resources;

  friend bool operator==(const bundle_variant &, const bundle_variant &) = default;
};

struct bundle_kernel {
  std::string name;                                         // unique in the bundle, 1 to 1024 bytes
  std::optional<std::vector<bundle_parameter>> parameters;  // nothing: not known
  std::array<std::uint32_t, 3> required_block{};            // all 0: any
  std::array<std::uint32_t, 3> preferred_block{};           // all 0: none
  std::vector<bundle_variant> variants;                     // at least one; no image twice

  friend bool operator==(const bundle_kernel &, const bundle_kernel &) = default;
};

// Code for one target; may hold many kernels.
struct bundle_image {
  std::string format;          // as module formats: "cubin", "ptx", "hsaco", "spirv", "elf", "opencl-c" ...
  std::string target;          // "sm_90", "gfx942:xnack-", "x86-64-v3", "spirv1.2" ...; empty: any
  requirements needs;          // what a device must have besides
  std::uint64_t size = 0;      // bytes of code
  std::uint64_t stored = 0;    // bytes of it in the file; less than `size` when compressed
  std::uint64_t checksum = 0;  // XXH3, 64 bits, of the bytes in the file
};

// Code, in place in the file where it is not compressed. Valid as long as this object or its bundle lives.
class bundle_code {
 public:
  bundle_code() = default;
  explicit bundle_code(std::span<const std::byte> in_place) noexcept : bytes_(in_place) {}
  explicit bundle_code(std::vector<std::byte> own) noexcept : own_(std::move(own)), bytes_(own_) {}
  bundle_code(bundle_code &&) noexcept = default;
  bundle_code &operator=(bundle_code &&) noexcept = default;

  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> own_;
  std::span<const std::byte> bytes_;
};

// An opened bundle. Cheap to copy, constant, safe from any thread. The file is mapped and must not be changed
// in place while it is open (replacing it by a rename is safe).
//
// Opening checks everything but the code itself: header, checksum of the description, every index, size and
// name; it does not read the code. code() checks that: checksum, and that the bytes are what their format
// says. Both throw invalid_module with a sentence; nothing that failed a check reaches a plugin.
class bundle {
 public:
  bundle() = default;

  // Throws not_found, permission_denied or invalid_module.
  static bundle open(const std::filesystem::path &file);
  // `bytes` stay valid as long as any copy of the bundle lives.
  static bundle from_memory(std::span<const std::byte> bytes);
  // Keeps the bytes itself.
  static bundle from_memory(std::vector<std::byte> &&bytes);
  // From an ELF section of the running program, put there by `objcopy --add-section NAME=FILE`. Throws
  // not_found when the program has no such section.
  static bundle from_section(std::string_view name);

  explicit operator bool() const noexcept { return content_ != nullptr; }

  std::size_t image_count() const noexcept;
  bundle_image image(std::size_t index) const;  // throws out_of_range
  bundle_code code(std::size_t image) const;    // throws out_of_range, invalid_module, out_of_host_memory

  std::size_t kernel_count() const noexcept;
  bundle_kernel kernel(std::size_t index) const;  // sorted by name; throws out_of_range
  // By bisection; nothing when there is none of that name.
  std::optional<bundle_kernel> find(std::string_view name) const;
  std::vector<std::string> kernel_names() const;

  // Checks every image's code as well. Throws invalid_module for the first fault.
  void verify() const;

 private:
  class content;
  explicit bundle(std::shared_ptr<const content> of) noexcept : content_(std::move(of)) {}
  const content &opened() const;

  std::shared_ptr<const content> content_;
};

enum class bundle_compression { none, zstd };

// Makes bundles. The same calls in the same order make the same bytes.
class bundle_builder {
 public:
  // Answers the image's index. The bytes are copied, and compressed when that makes them smaller. Throws
  // invalid_argument (a name that is empty, too long or unprintable; a requirement that does not exist) and
  // invalid_module (bytes that are not what the format says).
  std::uint32_t add_image(std::string format, std::string target, requirements needs,
                          std::span<const std::byte> code,
                          bundle_compression compression = bundle_compression::none);
  // Kernels of one name become one kernel: their variants are put together. Throws invalid_argument when
  // their parameters or required blocks differ, or for what bundle_kernel does not allow.
  void add_kernel(const bundle_kernel &kernel);
  // All of another bundle. Throws like the two above.
  void add(const bundle &other);

  // The file's bytes. Throws invalid_argument when there is no kernel.
  std::vector<std::byte> bytes() const;
  // Writes the file whole or not at all: a temporary file beside it takes its place.
  void write(const std::filesystem::path &file) const;

 private:
  struct stored_image {
    bundle_image facts;
    std::vector<std::byte> bytes;
    bool compressed = false;
  };

  std::vector<stored_image> images_;
  std::vector<bundle_kernel> kernels_;  // sorted by name
};

// What the bytes are not, when they are not what the format says: "it is no ELF file". Empty: nothing is
// wrong, or nothing is known of the format.
std::string fault_of_code(std::string_view format, std::string_view target, std::span<const std::byte> code);

}  // namespace hal
