#include "plugins/host/cpu_info.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "fixture_tree.hpp"
#include "hal/abi/description.h"
#include "plugins/host/plugin.hpp"

namespace hal::plugins::host {
namespace {

// Haswell without and with the state that the system must save for it.
constexpr std::uint32_t haswell_basic = (1u << 0) | (1u << 9) | (1u << 12) | (1u << 13) | (1u << 19) |
                                        (1u << 20) | (1u << 22) | (1u << 23) | (1u << 27) | (1u << 28) |
                                        (1u << 29);
constexpr std::uint32_t haswell_structured = (1u << 3) | (1u << 5) | (1u << 8);
constexpr std::uint32_t avx512 = (1u << 16) | (1u << 17) | (1u << 28) | (1u << 30) | (1u << 31);

cpuid_bits haswell() {
  cpuid_bits bits;
  bits.basic_ecx = haswell_basic;
  bits.structured_ebx = haswell_structured;
  bits.extended_ecx = (1u << 0) | (1u << 5);
  bits.enabled_state = 0x7;
  return bits;
}

}  // namespace

TEST_SUITE("host/cpu_info") {
  TEST_CASE("levels of x86-64") {
    CHECK(abilities_of_x86({}).targets == std::vector<std::string>{"x86-64"});
    cpuid_bits bits = haswell();
    CHECK(abilities_of_x86(bits).targets == std::vector<std::string>{"x86-64-v3", "x86-64-v2", "x86-64"});
    CHECK(abilities_of_x86(bits).lanes == 8);
    bits.enabled_state = 0;
    CHECK(abilities_of_x86(bits).targets == std::vector<std::string>{"x86-64-v2", "x86-64"});
    CHECK(abilities_of_x86(bits).lanes == 4);
  }

  TEST_CASE("AVX-512 counts only when the system saves its registers") {
    cpuid_bits bits = haswell();
    bits.structured_ebx |= avx512;
    CHECK(abilities_of_x86(bits).targets.front() == "x86-64-v3");
    bits.enabled_state = 0xe7;
    CHECK(abilities_of_x86(bits).targets.front() == "x86-64-v4");
    CHECK(abilities_of_x86(bits).lanes == 16);
    CHECK((abilities_of_x86(bits).data_types & HAL_DATA_TYPE_F16) == 0);
    bits.structured_edx = 1u << 23;
    CHECK((abilities_of_x86(bits).data_types & HAL_DATA_TYPE_F16) != 0);
    CHECK((abilities_of_x86(bits).data_types & HAL_DATA_TYPE_BF16) == 0);
    bits.structured_1_eax = 1u << 5;
    CHECK((abilities_of_x86(bits).data_types & HAL_DATA_TYPE_BF16) != 0);
  }

  TEST_CASE("names from cpuinfo") {
    const fixture_tree tree;
    SUBCASE("x86") {
      tree.write(
          "/proc/cpuinfo",
          "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\nmodel name\t: Some CPU @ 2 GHz\n");
      const cpu_name name = read_cpu_name(tree.files());
      CHECK(name.name == "Some CPU @ 2 GHz");
      CHECK(name.vendor == "Intel");
    }
    SUBCASE("a known core of Arm's") {
      tree.write("/proc/cpuinfo", "processor : 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
      const cpu_name name = read_cpu_name(tree.files());
      CHECK(name.name == "Neoverse N1");
      CHECK(name.vendor == "Arm");
    }
    SUBCASE("another vendor's core takes the machine's model") {
      tree.write("/proc/cpuinfo", "processor : 0\nCPU implementer\t: 0x61\nCPU part\t: 0xd0c\n");
      tree.write("/sys/firmware/devicetree/base/model", std::string_view("Some board\0", 11));
      const cpu_name name = read_cpu_name(tree.files());
      CHECK(name.name == "Some board");
      CHECK(name.vendor == "Apple");
    }
    SUBCASE("RISC-V") {
      tree.write("/proc/cpuinfo", "processor\t: 0\nisa\t: rv64imafdc\nuarch\t: sifive,u74-mc\n");
      CHECK(read_cpu_name(tree.files()).name == "sifive,u74-mc");
    }
    SUBCASE("nothing to read: still a name") {
      CHECK_FALSE(read_cpu_name(tree.files()).name.empty());
      CHECK(read_cpu_name(tree.files()).vendor.empty());
    }
    SUBCASE("damaged numbers") {
      tree.write("/proc/cpuinfo", "CPU implementer\t: 0xzz\nCPU part\t:\nmodel name\t:\nuarch: x\n");
      CHECK(read_cpu_name(tree.files()).name == "x");
    }
  }

  TEST_CASE("the last level of the caches") {
    const fixture_tree tree;
    CHECK(read_cpu_caches(tree.files()).last_level_size == 0);
    const auto level = [&](const char *index, const char *number, const char *size) {
      const std::string folder = std::string("/sys/devices/system/cpu/cpu0/cache/index") + index;
      tree.write(folder + "/level", number);
      tree.write(folder + "/size", size);
      tree.write(folder + "/coherency_line_size", "64\n");
    };
    level("0", "1\n", "32K\n");
    level("1", "1\n", "48K\n");
    level("2", "3\n", "32768K\n");
    level("3", "2\n", "1024K\n");
    const cpu_caches caches = read_cpu_caches(tree.files());
    CHECK(caches.last_level_size == 32768u * 1024);
    CHECK(caches.line_size == 64);
  }

  TEST_CASE("lists of processors") {
    CHECK(count_of_list("0-3,8") == 5);
    CHECK(count_of_list("7\n") == 1);
    CHECK(count_of_list("") == 0);
    CHECK(count_of_list("3-1") == 0);
    CHECK(count_of_list("a-b") == 0);
  }

  TEST_CASE("the control group's quota cuts the processors, rounded up") {
    const fixture_tree tree;
    const unsigned all = usable_processors(tree.files());
    CHECK(all >= 1);
    tree.write("/proc/self/cgroup", "0::/\n");
    tree.write("/sys/fs/cgroup/cpu.max", "10000 100000\n");
    CHECK(usable_processors(tree.files()) == 1);
    tree.write("/sys/fs/cgroup/cpu.max", "110000 100000\n");
    CHECK(usable_processors(tree.files()) == (all < 2 ? all : 2));
  }

  TEST_CASE("a described machine") {
    const fixture_tree tree;
    tree.write("/proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 1024 kB\n");
    tree.write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    tree.write("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3000000\n");
    const auto out = std::make_unique<hal_device_description>();
    describe_machine(tree.files(), *out);
    CHECK(out->type == HAL_DEVICE_TYPE_CPU);
    CHECK(out->memory_total == 4096u * 1024);
    CHECK(out->clock_rate == 3000000000u);
    CHECK(out->compute_units >= 1);
    CHECK(out->name[0] != '\0');
    CHECK(out->targets[0][0] != '\0');
    CHECK(out->peak_f32 == 0);
    CHECK(out->identity.valid == HAL_IDENTITY_UUID);
    // Version 5, and the same every time.
    CHECK((out->identity.uuid[6] >> 4) == 5);
    const auto again = std::make_unique<hal_device_description>();
    describe_machine(tree.files(), *again);
    CHECK(std::equal(out->identity.uuid, out->identity.uuid + 16, again->identity.uuid));
    tree.write("/etc/machine-id", "uninitialized\n");
    const auto without = std::make_unique<hal_device_description>();
    describe_machine(tree.files(), *without);
    CHECK(without->identity.valid == 0);
  }
}

}  // namespace hal::plugins::host
