#include "runtime/probing/report.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "tests/support/thrown.hpp"

namespace {

using namespace hal::rt;

// Every member differs from its default and from the others.
hal::device_info full_device() {
  hal::device_info info;
  std::uint32_t next = 1;
  info.plugin = "cuda";
  info.index = 3;
  info.type = hal::device_type::npu;
  info.identity = {hal::pci_address{0x10000, 0x17, 31, 7}, hal::uuid{}, 5};
  info.identity.uuid->bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  info.name = "name";
  info.vendor = "vendor";
  info.driver_version = "535.104";
  for (std::uint32_t *field :
       {&info.vendor_id, &info.device_id, &info.memory_bus_width, &info.cache_line_size,
        &info.allocation_alignment, &info.compute_units, &info.max_block_items, &info.max_block[0],
        &info.max_block[1], &info.max_block[2], &info.max_grid[0], &info.max_grid[1], &info.max_grid[2],
        &info.subgroup_size, &info.max_items_per_unit, &info.registers_per_block, &info.max_arguments_size}) {
    *field = next++;
  }
  for (std::uint64_t *field :
       {&info.memory_total, &info.max_allocation, &info.memory_bandwidth, &info.l2_cache_size,
        &info.shared_memory_per_block, &info.max_dynamic_shared_memory, &info.clock_rate, &info.data_types,
        &info.features, &info.peak_f64, &info.peak_f32, &info.peak_f16, &info.peak_bf16, &info.peak_f8,
        &info.peak_i8}) {
    *field = (std::uint64_t{1} << 40) + next++;
  }
  info.module_formats = {"ptx", "cubin"};
  info.targets = {"sm_90", "sm_80", "sm_70"};
  return info;
}

std::string whole_report() {
  return phase_frame(probe_phase::loading) + phase_frame(probe_phase::asking) +
         log_frame(hal::log_level::warning, "careful") + phase_frame(probe_phase::probing) +
         phase_frame(probe_phase::describing) + device_frame(full_device()) +
         warning_frame("one is left out") + answer_frame("1.2");
}

TEST_CASE("probe report: what is written is read") {
  const auto [report, damage] = read_frames(whole_report(), "cuda");
  CHECK(damage.empty());
  CHECK((report.phase == probe_phase::describing));
  CHECK((report.verdict == probe_verdict::answered));
  CHECK(report.version == "1.2");
  CHECK(report.warnings == std::vector<std::string>{"one is left out"});
  REQUIRE(report.log.size() == 1);
  CHECK(report.log[0].first == hal::log_level::warning);
  CHECK(report.log[0].second == "careful");
  REQUIRE(report.devices.size() == 1);
  // Written again it is the same: no member is lost or mixed up with another.
  CHECK(device_frame(report.devices[0]) == device_frame(full_device()));
  const hal::device_info &info = report.devices[0];
  const hal::device_info given = full_device();
  CHECK(info.plugin == "cuda");
  CHECK(info.identity == given.identity);
  CHECK(info.type == given.type);
  CHECK(info.max_grid == given.max_grid);
  CHECK(info.peak_i8 == given.peak_i8);
  CHECK(info.max_arguments_size == given.max_arguments_size);
  CHECK(info.targets == given.targets);
  CHECK(info.module_formats == given.module_formats);
}

TEST_CASE("probe report: parts of an identity that lack stay away") {
  hal::device_info info;
  info.identity.partition = 7;
  const auto read = read_frames(device_frame(info) + answer_frame(""), "a");
  REQUIRE(read.report.devices.size() == 1);
  CHECK(read.report.devices[0].identity == info.identity);
}

TEST_CASE("probe report: a refusal keeps its status, its code and its words") {
  for (const probe_verdict verdict : {probe_verdict::refused, probe_verdict::probe_failed}) {
    const auto [report, damage] =
        read_frames(refusal_frame(verdict, hal::status::permission_denied, -7, "No."), "a");
    CHECK(damage.empty());
    CHECK((report.verdict == verdict));
    CHECK(report.code == hal::status::permission_denied);
    CHECK(report.native_code == -7);
    CHECK(report.text == "No.");
  }
}

TEST_CASE("probe report: cut anywhere it is no damage and has no verdict") {
  const std::string whole = whole_report();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto [report, damage] = read_frames(std::string_view(whole).substr(0, size), "a");
    CHECK(damage.empty());
    CHECK((report.verdict == probe_verdict::none));
  }
}

TEST_CASE("probe report: whatever byte is changed, reading ends, and texts stay fit for a terminal") {
  const std::string whole = whole_report();
  std::size_t damaged = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char flipped : {'\0', '\x1b', '\xff'}) {
      std::string bytes = whole;
      bytes[at] = flipped;
      const auto [report, damage] = read_frames(bytes, "cuda");
      damaged += damage.empty() ? 0 : 1;
      for (const hal::device_info &info : report.devices) {
        CHECK(info.name.find('\x1b') == std::string::npos);
        CHECK(info.plugin == "cuda");
      }
    }
  }
  CHECK(damaged > whole.size() / 4);
}

TEST_CASE("probe report: what no child writes is damage, in words") {
  const auto damage_of = [](const std::string &bytes) { return read_frames(bytes, "a").damage; };
  CHECK_NAMES(damage_of("HAL"), "");
  CHECK(damage_of("HAL").empty());
  CHECK_NAMES(damage_of("HTTP/1.1 200 OK\r\n"), "does not begin as one");
  CHECK_NAMES(damage_of("\n"), "does not begin as one");
  CHECK_NAMES(damage_of(answer_frame("") + answer_frame("")), "follow the end");
  CHECK_NAMES(damage_of(phase_frame(probe_phase::probing) + phase_frame(probe_phase::loading)),
              "does not follow");
  CHECK_NAMES(damage_of(phase_frame(static_cast<probe_phase>(9))), "phase 9");
  hal::device_info second;
  second.index = 1;
  CHECK_NAMES(damage_of(device_frame(second) + device_frame(second)), "out of order");
  second.index = most_devices;
  CHECK_NAMES(damage_of(device_frame(second)), "out of order");
  second.index = 0;
  second.type = static_cast<hal::device_type>(99);
  CHECK_NAMES(damage_of(device_frame(second)), "device type 99");
  second.type = hal::device_type::gpu;
  second.identity.pci = hal::pci_address{0, 0, 32, 0};
  CHECK_NAMES(damage_of(device_frame(second)), "PCI address");
  CHECK_NAMES(damage_of(refusal_frame(probe_verdict::answered, hal::status::ok, 0, "")), "verdict");
  const auto patched = [](std::string frame, std::size_t at, std::uint32_t value) {
    std::memcpy(frame.data() + at, &value, sizeof value);
    return frame;
  };
  CHECK_NAMES(damage_of(patched(answer_frame("x"), 4, 0x00050002)), "version 2");
  CHECK_NAMES(damage_of(patched(answer_frame("x"), 4, 0x00630001)), "kind of frame 99");
  CHECK_NAMES(damage_of(patched(answer_frame("x"), 8, 0x7fffffff)), "2147483647 bytes");
  CHECK_NAMES(damage_of(patched(answer_frame("x"), 12, 0x7fffffff)), "longer than");
  CHECK_NAMES(damage_of(patched(answer_frame("x"), 12, 2)), "ends within");
  CHECK_NAMES(damage_of(patched(answer_frame("xy"), 12, 1)), "left over");
  std::string talkative;
  for (std::size_t i = 0; i <= most_log_lines; ++i) talkative += log_frame(hal::log_level::debug, "x");
  CHECK_NAMES(damage_of(talkative), "too many");
}

TEST_CASE("probe report: long texts are cut, not refused") {
  const auto read = read_frames(warning_frame(std::string(100000, 'w')) + answer_frame(""), "a");
  CHECK(read.damage.empty());
  REQUIRE(read.report.warnings.size() == 1);
  CHECK(read.report.warnings[0] == std::string(most_text_bytes, 'w'));
}

}  // namespace
