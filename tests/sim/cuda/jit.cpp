// The stand-in's compiler: judges PTX as far as tests need it, and "links" it into a cubin that holds the
// tables of its kernels and no code.
#include <elf.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>

#include "tests/sim/cuda/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;

namespace {

namespace cuda = hal::plugins::cuda;

std::atomic<std::uint64_t> compilations{0};

// One parameter or required block as a record of .nv.info.<kernel>.
void add_record(std::string &info, std::uint8_t attribute, const std::uint32_t (&value)[3]) {
  info += {4, static_cast<char>(attribute), 12, 0};
  info.append(reinterpret_cast<const char *>(value), sizeof value);
}

std::string info_of(const cuda::image_kernel &kernel) {
  constexpr std::uint8_t parameter = 0x17;
  constexpr std::uint8_t required_block = 0x10;
  std::string info;
  std::uint32_t offset = 0;
  for (std::uint32_t i = 0; i < kernel.parameters.size(); ++i) {
    const cuda::image_parameter &one = kernel.parameters[i];
    offset = (offset + one.alignment - 1) / one.alignment * one.alignment;
    add_record(info, parameter, {0, i | offset << 16, one.size << 18 | 0x1f000});
    offset += one.size;
  }
  const std::uint32_t *block = kernel.required_block;
  if (block[0] != 0) add_record(info, required_block, {block[0], block[1], block[2]});
  return info;
}

std::string make_cubin(const std::vector<cuda::image_kernel> &kernels) {
  std::string names(1, '\0');
  std::string contents;
  std::vector<Elf64_Shdr> sections(kernels.size() + 2);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = 190;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(sections.size());
  header.e_shstrndx = 1;
  constexpr std::uint64_t begin = sizeof header;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    Elf64_Shdr &section = sections[i + 2];
    section.sh_name = static_cast<Elf64_Word>(names.size());
    section.sh_type = SHT_PROGBITS;
    section.sh_offset = begin + contents.size();
    names += ".nv.info." + kernels[i].name + '\0';
    contents += info_of(kernels[i]);
    section.sh_size = begin + contents.size() - section.sh_offset;
  }
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = begin + contents.size();
  sections[1].sh_size = names.size();
  contents += names;
  contents.resize((contents.size() + 7) / 8 * 8);
  header.e_shoff = begin + contents.size();
  std::string image(reinterpret_cast<const char *>(&header), sizeof header);
  image += contents;
  // Last, as cuModuleLoadDataEx takes the end of their table for the end of the image.
  image.append(reinterpret_cast<const char *>(sections.data()), sections.size() * sizeof(Elf64_Shdr));
  return image;
}

}  // namespace

namespace hal::plugins::cuda::driver {
struct link_record {
  std::string text;
  std::string cubin;
  std::vector<jit_option> options;
  void **values = nullptr;
};
}  // namespace hal::plugins::cuda::driver

namespace sim {

verdict judge_ptx(std::string_view text) {
  const auto directive = [text](std::string_view name) -> std::string_view {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return {};
    const std::size_t begin = text.find_first_not_of(" \t", at + name.size());
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_first_of("\n,", begin) - begin);
  };
  compilations += 1;
  int major = 0;
  int minor = 0;
  if (std::sscanf(std::string(directive(".version")).c_str(), "%d.%d", &major, &minor) != 2)
    return {CUDA_ERROR_INVALID_PTX, "ptxas fatal: missing .version directive"};
  const int version = configuration().version;
  if (10 * major + minor > 10 * (version / 1000 - 4) + version % 1000 / 10)
    return {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "ptxas fatal: unsupported .version"};
  int target = 0;
  if (std::sscanf(std::string(directive(".target")).c_str(), "sm_%d", &target) != 1)
    return {CUDA_ERROR_INVALID_PTX, "ptxas fatal: missing .target directive"};
  if (target > configuration().devices[static_cast<std::size_t>(current()->device)].capability)
    return {CUDA_ERROR_NO_BINARY_FOR_GPU, "ptxas fatal: .target is newer than the device"};
  int depth = 0;
  for (const char c : text) {
    depth += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
    if (depth < 0) break;
  }
  const std::size_t last = text.find_last_not_of(" \t\n");
  if (depth != 0 || text[last] != '}')
    return {CUDA_ERROR_INVALID_PTX, "ptxas fatal: syntax error at the end of the input"};
  return {};
}

void write_log(unsigned count, const jit_option *options, void **values, const std::string &log) {
  char *buffer = nullptr;
  std::size_t room = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (options[i] == jit_error_log_buffer) buffer = static_cast<char *>(values[i]);
    if (options[i] == jit_error_log_size) room = reinterpret_cast<std::uintptr_t>(values[i]);
  }
  if (buffer != nullptr && room != 0) buffer[log.copy(buffer, room - 1)] = '\0';
}

}  // namespace sim

// How often PTX was compiled in this process, for tests of what keeps it from that.
SIM_EXPORT std::uint64_t cuSimCompilations() {
  return compilations;
}

SIM_EXPORT result cuLinkCreate_v2(unsigned count, jit_option *options, void **values, link_state *out) {
  SIM_ENTER_CONTEXT(cuLinkCreate_v2)
  *out = new link_record{{}, {}, {options, options + count}, values};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuLinkAddData_v2(link_state linking, jit_input_type type, void *data, std::size_t size,
                                   const char *, unsigned, jit_option *, void **) {
  SIM_ENTER_CONTEXT(cuLinkAddData_v2)
  if (linking == nullptr || type != jit_input_ptx || size == 0) return CUDA_ERROR_INVALID_VALUE;
  const char *text = static_cast<const char *>(data);
  if (text[size - 1] != '\0') return CUDA_ERROR_INVALID_PTX;
  const sim::verdict found = sim::judge_ptx(text);
  sim::write_log(static_cast<unsigned>(linking->options.size()), linking->options.data(), linking->values,
                 found.log);
  if (found.code == CUDA_SUCCESS) linking->text = text;
  return found.code;
}

SIM_EXPORT result cuLinkComplete(link_state linking, void **out, std::size_t *out_size) {
  SIM_ENTER_CONTEXT(cuLinkComplete)
  if (linking == nullptr || linking->text.empty()) return CUDA_ERROR_INVALID_VALUE;
  linking->cubin = make_cubin(cuda::read_ptx(linking->text));
  *out = linking->cubin.data();
  *out_size = linking->cubin.size();
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuLinkDestroy(link_state linking) {
  delete linking;  // also when it is planned to fail: the plugin can do no more than ask
  SIM_ENTER_CONTEXT(cuLinkDestroy)
  return CUDA_SUCCESS;
}
