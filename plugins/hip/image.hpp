// What a code image tells of its kernels, read without the runtime: HIP has no entry that tells them, and is
// given an address without a size, so that it would read beyond a file that was cut short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hal/plugin/parameters.hpp"
#include "plugins/hip/target.hpp"

namespace hal::plugins::hip {

using plugin::image_kernel;
using plugin::image_parameter;

// A code object as far as it was read.
struct code_object {
  target made_for;
  std::vector<image_kernel> kernels;
};

// Reads an ELF code object; `fault` says what is wrong with it, empty when it is whole.
code_object read_code_object(std::span<const std::byte> image, std::string &fault);

// One entry of a bundle that clang's offload bundler wrote.
struct bundle_entry {
  std::string name;  // "hipv4-amdgcn-amd-amdhsa--gfx90a:xnack+", "host-x86_64-unknown-linux--"
  std::span<const std::byte> image;
};

// Whether the bytes begin as a bundle does.
bool is_bundle(std::span<const std::byte> image) noexcept;
// Its entries; `fault` as above.
std::vector<bundle_entry> read_bundle(std::span<const std::byte> image, std::string &fault);

}  // namespace hal::plugins::hip
