// What the bytes of each format begin with.
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "hal/bundle.hpp"

namespace hal {
namespace {

using bytes = std::span<const std::byte>;

// Not in every elf.h.
constexpr std::uint16_t machine_cuda = 190;
constexpr std::uint16_t machine_amdgpu = 224;
constexpr std::uint16_t machine_riscv = 243;

constexpr std::uint32_t spirv_magic = 0x07230203;
constexpr std::uint32_t fatbin_magic = 0xba55ed50;

template <typename Value>
Value read(bytes from, std::size_t at) {
  Value value;
  std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

std::string fault_of_elf(bytes code, std::uint16_t machine) {
  if (code.size() < sizeof(Elf64_Ehdr) || std::memcmp(code.data(), ELFMAG, SELFMAG) != 0)
    return "it is no ELF file";
  const auto header = read<Elf64_Ehdr>(code, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return "it is no 64-bit little-endian ELF file";
  if (machine != 0 && header.e_machine != machine)
    return fmt::format("it is an ELF file for machine {}, not {}", header.e_machine, machine);
  const auto fits = [&code](std::uint64_t offset, std::uint64_t size) {
    return offset <= code.size() && size <= code.size() - offset;
  };
  if (!fits(header.e_phoff, std::uint64_t{header.e_phnum} * header.e_phentsize) ||
      !fits(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize))
    return "it is an ELF file that is cut short";
  return {};
}

std::uint16_t machine_of(std::string_view target) {
  if (target.starts_with("x86-64")) return EM_X86_64;
  if (target == "aarch64") return EM_AARCH64;
  if (target == "riscv64") return machine_riscv;
  return 0;
}

std::string fault_of_spirv(bytes code) {
  constexpr std::size_t header = 5 * sizeof(std::uint32_t);
  if (code.size() < header || read<std::uint32_t>(code, 0) != spirv_magic) return "it is no SPIR-V module";
  if (code.size() % sizeof(std::uint32_t) != 0) return "it is a SPIR-V module that is cut short";
  return {};
}

std::string fault_of_fatbin(bytes code) {
  constexpr std::size_t header = 16;
  if (code.size() < header || read<std::uint32_t>(code, 0) != fatbin_magic) return "it is no fat binary";
  if (read<std::uint64_t>(code, 8) > code.size() - header) return "it is a fat binary that is cut short";
  return {};
}

std::string_view text_of(bytes code) {
  std::string_view text(reinterpret_cast<const char *>(code.data()), code.size());
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return text;
}

std::string fault_of_text(bytes code) {
  if (text_of(code).find('\0') != std::string_view::npos) return "it is no text";
  return {};
}

std::string fault_of_ptx(bytes code) {
  const std::string_view text = text_of(code);
  if (text.find('\0') != std::string_view::npos || text.find(".version") == std::string_view::npos ||
      text.find(".target") == std::string_view::npos)
    return "it is no PTX text";
  return {};
}

}  // namespace

std::string fault_of_code(std::string_view format, std::string_view target, bytes code) {
  if (code.empty()) return "it is empty";
  if (format == "cubin") return fault_of_elf(code, machine_cuda);
  if (format == "hsaco") return fault_of_elf(code, machine_amdgpu);
  if (format == "elf") return fault_of_elf(code, machine_of(target));
  if (format == "spirv") return fault_of_spirv(code);
  if (format == "fatbin") return fault_of_fatbin(code);
  if (format == "ptx") return fault_of_ptx(code);
  if (format == "opencl-c") return fault_of_text(code);
  return {};
}

}  // namespace hal
