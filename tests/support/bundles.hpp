// Bundles for tests, and bytes that look like code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/bundle.hpp"

namespace hal::test {

inline std::vector<std::byte> bytes_of(std::string_view text) {
  const auto *begin = reinterpret_cast<const std::byte *>(text.data());
  return {begin, begin + text.size()};
}

inline std::vector<std::byte> ptx_code() {
  return bytes_of(".version 7.0\n.target sm_80\n.visible .entry axpy() { ret; }\n");
}

// A header and nothing more, for that machine.
inline std::vector<std::byte> elf_code(std::uint16_t machine, std::size_t size = 256) {
  std::vector<std::byte> code(size);
  const unsigned char identification[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
  std::memcpy(code.data(), identification, sizeof identification);
  std::memcpy(code.data() + 18, &machine, sizeof machine);
  return code;
}

inline std::vector<std::byte> spirv_code() {
  const std::uint32_t words[] = {0x07230203, 0x00010200, 0, 1, 0};
  const auto *begin = reinterpret_cast<const std::byte *>(words);
  return {begin, begin + sizeof words};
}

inline constexpr std::uint16_t machine_cuda = 190;
inline constexpr std::uint16_t machine_amdgpu = 224;
inline constexpr std::uint16_t machine_x86_64 = 62;

inline bundle_kernel kernel_in(std::string name, std::vector<std::uint32_t> images) {
  bundle_kernel kernel;
  kernel.name = std::move(name);
  for (const std::uint32_t image : images) kernel.variants.push_back({image, {}, {}});
  return kernel;
}

// Three kernels in five images of every kind.
inline bundle_builder sample_builder() {
  bundle_builder made;
  made.add_image("cubin", "sm_90", parse_requirements("memory>=1GiB,f16"), elf_code(machine_cuda));
  made.add_image("ptx", "sm_80", {}, ptx_code());
  made.add_image("hsaco", "gfx942:xnack-", parse_requirements("vendor==amd"), elf_code(machine_amdgpu, 4096),
                 bundle_compression::zstd);
  made.add_image("spirv", "spirv1.2", {}, spirv_code());
  made.add_image("elf", "x86-64-v3", {}, elf_code(machine_x86_64, 1000));
  bundle_kernel axpy = kernel_in("axpy", {0, 1, 2, 3, 4});
  axpy.parameters = {{"y", HAL_ARGUMENT_MEMORY, 8, 8, address_space::global, parameter_access::read_write},
                     {"x", HAL_ARGUMENT_MEMORY, 8, 8, address_space::global, parameter_access::read},
                     {"a", HAL_ARGUMENT_VALUE, 4, 4, address_space::unknown, parameter_access::unknown},
                     {"tile", HAL_ARGUMENT_SHARED, 0, 4, address_space::local, parameter_access::unknown}};
  axpy.preferred_block = {256, 1, 1};
  axpy.variants[0].resources = {32, 1024, 0};
  made.add_kernel(axpy);
  bundle_kernel sum = kernel_in("sum", {0, 2});
  sum.required_block = {64, 2, 1};
  sum.variants[1].entry = "sum.kd";
  made.add_kernel(sum);
  made.add_kernel(kernel_in("fill", {4}));
  return made;
}

}  // namespace hal::test
