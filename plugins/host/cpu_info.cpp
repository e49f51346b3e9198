#include "plugins/host/cpu_info.hpp"

#include <sched.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "hal/abi/description.h"
#include "plugins/host/cgroup.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace hal::plugins::host {
namespace {

// What every 64-bit processor computes with.
constexpr std::uint64_t common_types = HAL_DATA_TYPE_F64 | HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_I64 |
                                       HAL_DATA_TYPE_I32 | HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;

constexpr bool bit(std::uint32_t value, unsigned number) {
  return ((value >> number) & 1u) != 0;
}

void add_name(std::string &list, std::string_view name) {
  if (!list.empty()) list += ' ';
  list += name;
}

#if defined(__x86_64__)

cpuid_bits read_cpuid() {
  cpuid_bits bits;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) bits.basic_ecx = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    bits.structured_ebx = b;
    bits.structured_edx = d;
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0) bits.structured_1_eax = a;
  }
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) != 0) bits.extended_ecx = c;
  if (bit(bits.basic_ecx, 27)) {
    std::uint32_t low = 0, high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    bits.enabled_state = (std::uint64_t{high} << 32) | low;
  }
  return bits;
}

cpu_name read_cpuid_name() {
  cpu_name found;
  std::array<unsigned, 4> words{};
  if (__get_cpuid(0, &words[0], &words[1], &words[2], &words[3]) != 0) {
    char text[12];
    std::memcpy(text, &words[1], 4);
    std::memcpy(text + 4, &words[3], 4);
    std::memcpy(text + 8, &words[2], 4);
    found.vendor.assign(text, sizeof text);
  }
  for (unsigned leaf = 0x80000002; leaf <= 0x80000004; ++leaf) {
    if (__get_cpuid(leaf, &words[0], &words[1], &words[2], &words[3]) == 0) break;
    found.name.append(reinterpret_cast<const char *>(words.data()), sizeof words);
  }
  found.name = trimmed(std::string_view(found.name.c_str()));
  return found;
}

#endif

std::string vendor_of_x86(std::string_view id) {
  if (id == "GenuineIntel") return "Intel";
  if (id == "AuthenticAMD") return "AMD";
  if (id == "HygonGenuine") return "Hygon";
  if (id == "CentaurHauls" || id == "  Shanghai  ") return "Zhaoxin";
  return std::string(trimmed(id));
}

struct code_name {
  std::uint32_t code;
  const char *name;
};

// Implementer and part numbers of Arm's Main ID Register, as in the kernel's asm/cputype.h.
constexpr code_name arm_implementers[] = {
    {0x41, "Arm"},    {0x42, "Broadcom"}, {0x43, "Cavium"},  {0x46, "Fujitsu"}, {0x48, "HiSilicon"},
    {0x4e, "NVIDIA"}, {0x51, "Qualcomm"}, {0x53, "Samsung"}, {0x61, "Apple"},   {0xc0, "Ampere"}};
constexpr code_name arm_parts[] = {{0xd03, "Cortex-A53"},  {0xd04, "Cortex-A35"},  {0xd05, "Cortex-A55"},
                                   {0xd07, "Cortex-A57"},  {0xd08, "Cortex-A72"},  {0xd09, "Cortex-A73"},
                                   {0xd0a, "Cortex-A75"},  {0xd0b, "Cortex-A76"},  {0xd0c, "Neoverse N1"},
                                   {0xd40, "Neoverse V1"}, {0xd41, "Cortex-A78"},  {0xd44, "Cortex-X1"},
                                   {0xd46, "Cortex-A510"}, {0xd47, "Cortex-A710"}, {0xd49, "Neoverse N2"},
                                   {0xd4f, "Neoverse V2"}, {0xd84, "Neoverse V3"}, {0xd8e, "Neoverse N3"}};

template <std::size_t Count>
const char *name_of(const code_name (&table)[Count], std::uint32_t code) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [code](const code_name &each) { return each.code == code; });
  return found == std::end(table) ? nullptr : found->name;
}

std::optional<std::uint32_t> hexadecimal(std::optional<std::string_view> text) {
  if (!text || text->substr(0, 2) != "0x" || text->size() > 10) return {};
  std::uint32_t value = 0;
  for (const char digit : text->substr(2)) {
    const auto place = std::string_view("0123456789abcdef").find(digit);
    if (place == std::string_view::npos) return {};
    value = value * 16 + static_cast<std::uint32_t>(place);
  }
  return value;
}

cpu_name name_from_cpuinfo(std::string_view text) {
  cpu_name found;
  if (const auto vendor = value_of(text, "vendor_id")) found.vendor = vendor_of_x86(*vendor);
  const auto implementer = hexadecimal(value_of(text, "CPU implementer"));
  const auto part = hexadecimal(value_of(text, "CPU part"));
  if (implementer) {
    if (const char *vendor = name_of(arm_implementers, *implementer)) found.vendor = vendor;
    if (const char *name = part && *implementer == 0x41 ? name_of(arm_parts, *part) : nullptr) {
      found.name = name;
      return found;
    }
  }
  for (const char *key : {"model name", "Model Name", "cpu model", "uarch", "Hardware"}) {
    const auto name = value_of(text, key);
    if (!name || name->empty()) continue;
    found.name = *name;
    break;
  }
  return found;
}

}  // namespace

cpu_abilities abilities_of_x86(const cpuid_bits &bits) {
  const std::uint32_t basic = bits.basic_ecx, ebx = bits.structured_ebx, edx = bits.structured_edx;
  const bool avx_state = bit(basic, 27) && (bits.enabled_state & 0x6) == 0x6;
  const bool avx512_state = avx_state && (bits.enabled_state & 0xe0) == 0xe0;
  const bool tile_state = (bits.enabled_state & 0x60000) == 0x60000;
  const bool v2 = bit(basic, 0) && bit(basic, 9) && bit(basic, 13) && bit(basic, 19) && bit(basic, 20) &&
                  bit(basic, 23) && bit(bits.extended_ecx, 0);
  const bool v3 = v2 && avx_state && bit(basic, 12) && bit(basic, 22) && bit(basic, 28) && bit(basic, 29) &&
                  bit(ebx, 3) && bit(ebx, 5) && bit(ebx, 8) && bit(bits.extended_ecx, 5);
  const bool v4 =
      v3 && avx512_state && bit(ebx, 16) && bit(ebx, 17) && bit(ebx, 28) && bit(ebx, 30) && bit(ebx, 31);
  const struct {
    bool there;
    const char *name;
  } extensions[] = {
      {bit(basic, 20), "sse4_2"},
      {bit(basic, 25), "aes"},
      {avx_state && bit(basic, 28), "avx"},
      {avx_state && bit(basic, 29), "f16c"},
      {avx_state && bit(basic, 12), "fma"},
      {avx_state && bit(ebx, 5), "avx2"},
      {avx_state && bit(bits.structured_1_eax, 4), "avx_vnni"},
      {avx512_state && bit(ebx, 16), "avx512f"},
      {avx512_state && bit(ebx, 30), "avx512bw"},
      {avx512_state && bit(ebx, 17), "avx512dq"},
      {avx512_state && bit(ebx, 31), "avx512vl"},
      {avx512_state && bit(bits.structured_1_eax, 5), "avx512_bf16"},
      {avx512_state && bit(edx, 23), "avx512_fp16"},
      {tile_state && bit(edx, 24), "amx_tile"},
      {tile_state && bit(edx, 25), "amx_int8"},
      {tile_state && bit(edx, 22), "amx_bf16"},
      {tile_state && bit(bits.structured_1_eax, 21), "amx_fp16"},
  };
  cpu_abilities found;
  for (const auto &[there, name] : extensions) {
    if (there) add_name(found.extensions, name);
  }
  if (v4) found.targets.emplace_back("x86-64-v4");
  if (v3) found.targets.emplace_back("x86-64-v3");
  if (v2) found.targets.emplace_back("x86-64-v2");
  found.targets.emplace_back("x86-64");
  found.data_types = common_types;
  if ((avx512_state && bit(bits.structured_1_eax, 5)) || (tile_state && bit(edx, 22)))
    found.data_types |= HAL_DATA_TYPE_BF16;
  if ((avx512_state && bit(edx, 23)) || (tile_state && bit(bits.structured_1_eax, 21)))
    found.data_types |= HAL_DATA_TYPE_F16;
  found.lanes = avx512_state && bit(ebx, 16) ? 16 : avx_state && bit(basic, 28) ? 8 : 4;
  return found;
}

cpu_abilities own_abilities() {
#if defined(__x86_64__)
  return abilities_of_x86(read_cpuid());
#else
  cpu_abilities found;
  found.data_types = common_types;
#if defined(__aarch64__)
  // Bits of asm/hwcap.h.
  const struct {
    unsigned long word;
    unsigned number;
    const char *name;
    std::uint64_t type;
  } extensions[] = {{getauxval(AT_HWCAP), 1, "asimd", 0},
                    {getauxval(AT_HWCAP), 8, "atomics", 0},
                    {getauxval(AT_HWCAP), 10, "asimdhp", HAL_DATA_TYPE_F16},
                    {getauxval(AT_HWCAP), 20, "asimddp", 0},
                    {getauxval(AT_HWCAP), 22, "sve", 0},
                    {getauxval(AT_HWCAP2), 1, "sve2", 0},
                    {getauxval(AT_HWCAP2), 13, "i8mm", 0},
                    {getauxval(AT_HWCAP2), 14, "bf16", HAL_DATA_TYPE_BF16}};
  for (const auto &[word, number, name, type] : extensions) {
    if (((word >> number) & 1u) == 0) continue;
    add_name(found.extensions, name);
    found.data_types |= type;
  }
  found.lanes = 4;
  found.targets.emplace_back("aarch64");
#elif defined(__riscv)
  found.targets.emplace_back("riscv64");
#endif
  return found;
#endif
}

std::uint32_t simd_lanes() {
  return own_abilities().lanes;
}

cpu_name read_cpu_name(const file_tree &files) {
  cpu_name found;
#if defined(__x86_64__)
  // Reading /proc/cpuinfo makes some kernels ask every core for its clock.
  if (files.is_machine()) {
    found = read_cpuid_name();
    found.vendor = vendor_of_x86(found.vendor);
  }
#endif
  if (found.name.empty()) {
    // The first processor's entry is enough.
    const cpu_name written = name_from_cpuinfo(files.text("/proc/cpuinfo", 4096).value_or(std::string()));
    found.name = written.name;
    if (found.vendor.empty()) found.vendor = written.vendor;
  }
  for (const char *path : {"/sys/firmware/devicetree/base/model", "/sys/class/dmi/id/product_name"}) {
    if (found.name.empty()) found.name = files.text(path, 128).value_or(std::string());
  }
  if (found.name.empty()) {
#if defined(__x86_64__)
    found.name = "x86-64 processor";
#elif defined(__aarch64__)
    found.name = "aarch64 processor";
#else
    found.name = "riscv64 processor";
#endif
  }
  return found;
}

cpu_caches read_cpu_caches(const file_tree &files) {
  cpu_caches found;
  std::uint64_t best = 0;
  for (int index = 0; index < 8; ++index) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    const auto level = files.number(folder + "/level");
    if (!level) break;
    if (*level < best || *level == 0) continue;
    const auto size = files.text(folder + "/size", 32);
    if (!size || size->empty()) continue;
    std::uint64_t unit = 1;
    if (size->back() == 'K') unit = 1024;
    if (size->back() == 'M') unit = 1024 * 1024;
    const auto number = parse_number(unit == 1 ? *size : size->substr(0, size->size() - 1));
    if (!number) continue;
    best = *level;
    found.last_level_size = *number * unit;
    found.line_size =
        static_cast<std::uint32_t>(files.number(folder + "/coherency_line_size").value_or(found.line_size));
  }
  return found;
}

unsigned count_of_list(std::string_view list) {
  unsigned count = 0;
  for (list = trimmed(list); !list.empty();) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view part = list.substr(0, end);
    const std::size_t dash = std::min(part.find('-'), part.size());
    const auto first = parse_number(part.substr(0, dash));
    const auto last = dash < part.size() ? parse_number(part.substr(dash + 1)) : first;
    if (!first || !last || *last < *first || *last - *first > 1u << 20) return 0;
    count += static_cast<unsigned>(*last - *first + 1);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return count;
}

unsigned usable_processors(const file_tree &files) {
  unsigned count = 0;
  // A machine may have more processors than cpu_set_t has bits.
  for (std::size_t words = 16; count == 0 && words <= 1024; words *= 4) {
    std::vector<unsigned long> mask(words);
    if (sched_getaffinity(0, words * sizeof(unsigned long), reinterpret_cast<cpu_set_t *>(mask.data())) != 0)
      continue;
    for (const unsigned long word : mask) count += static_cast<unsigned>(__builtin_popcountl(word));
  }
  if (count == 0) count = static_cast<unsigned>(std::max(1l, sysconf(_SC_NPROCESSORS_ONLN)));
  const auto quota = read_cgroup_limits(files, true, false).processors;
  if (quota) count = std::min(count, static_cast<unsigned>(std::max(1.0, std::ceil(*quota))));
  return count;
}

}  // namespace hal::plugins::host
