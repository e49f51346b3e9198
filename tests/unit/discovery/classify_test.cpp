#include "discovery/classify.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace hal;
using namespace hal::discovery;

pci_function function(std::optional<std::uint16_t> vendor, std::optional<std::uint16_t> device,
                      std::optional<std::uint32_t> class_code) {
  pci_function out;
  out.vendor = vendor;
  out.device = device;
  out.class_code = class_code;
  return out;
}

std::string type_of(std::uint16_t vendor, std::uint16_t device, std::uint32_t class_code) {
  const classification known = classify(function(vendor, device, class_code));
  if (known.counts_as == verdict::neither) return "neither";
  return known.counts_as == verdict::decoy ? "decoy" : std::string(to_string(known.type));
}

}  // namespace

TEST_CASE("classify: the compiled-in table has no error") {
  for (const std::string &error : built_in_rules().errors) FAIL_CHECK(error);
  CHECK(built_in_rules().rules.size() > 100);
  CHECK(built_in_rules().vendors.size() > 30);
  for (const rule &entry : built_in_rules().rules) {
    CAPTURE(entry.line);
    CHECK_FALSE(entry.note.ends_with('.'));
    CHECK_FALSE(entry.note.ends_with(' '));
  }
}

TEST_CASE("classify: real accelerators") {
  CHECK(type_of(0x10de, 0x2335, 0x030200) == "gpu");
  CHECK(type_of(0x10de, 0x1db2, 0x030000) == "gpu");
  CHECK(type_of(0x1002, 0x74a1, 0x120000) == "gpu");
  CHECK(type_of(0x1002, 0x150e, 0x038000) == "gpu");
  CHECK(type_of(0x8086, 0xe20b, 0x030000) == "gpu");
  CHECK(type_of(0x0731, 0x7200, 0x030000) == "gpu");
  CHECK(type_of(0x1da3, 0x1020, 0x120000) == "npu");
  CHECK(type_of(0x19e5, 0xd802, 0x120000) == "npu");
  CHECK(type_of(0x8086, 0x643e, 0x120000) == "npu");
  CHECK(type_of(0x1e52, 0xb140, 0x120000) == "npu");
  CHECK(type_of(0x1022, 0x1502, 0x118000) == "npu");  // the same device on older and newer firmware
  CHECK(type_of(0x1022, 0x1502, 0x120000) == "npu");
  CHECK(type_of(0x1022, 0x17f0, 0x118000) == "npu");
  CHECK(type_of(0x1022, 0x17f1, 0x120000) == "npu");
  CHECK(type_of(0x1ac1, 0x089a, 0x00ff00) == "npu");
  CHECK(type_of(0x8086, 0x7e4c, 0x088000) == "npu");
  CHECK(type_of(0x1e60, 0x2864, 0x0b4000) == "npu");
  CHECK(type_of(0x10ee, 0x5001, 0x120000) == "fpga");
  CHECK(type_of(0x10ee, 0x505c, 0x058000) == "fpga");
  CHECK(type_of(0x1bcf, 0x001c, 0x0b4000) == "coprocessor");
  CHECK(type_of(0x8086, 0x225c, 0x0b4000) == "coprocessor");
  CHECK(type_of(0x4242, 0x0001, 0x0b4000) == "coprocessor");
  CHECK(type_of(0x4242, 0x0001, 0x120000) == "other");
}

TEST_CASE("classify: decoys") {
  CHECK(type_of(0x1a03, 0x2000, 0x030000) == "decoy");
  CHECK(type_of(0x102b, 0x0525, 0x030000) == "decoy");
  CHECK(type_of(0x1013, 0x00b8, 0x030000) == "decoy");
  CHECK(type_of(0x1234, 0x1111, 0x030000) == "decoy");
  CHECK(type_of(0x1b36, 0x0100, 0x030000) == "decoy");
  CHECK(type_of(0x1af4, 0x1050, 0x030000) == "decoy");
  CHECK(type_of(0x15ad, 0x0405, 0x030000) == "decoy");
  CHECK(type_of(0x8086, 0x37c8, 0x0b4000) == "decoy");
  CHECK(type_of(0x8086, 0x2710, 0x0b4000) == "decoy");
  CHECK(type_of(0x8086, 0x0d5c, 0x120000) == "decoy");
  CHECK(type_of(0x19e5, 0xa250, 0x120000) == "decoy");
  CHECK(type_of(0x177d, 0xef01, 0x120000) == "decoy");
  CHECK(type_of(0x1b36, 0x0005, 0x120000) == "decoy");
  CHECK(type_of(0x1022, 0x1234, 0x120100) == "decoy");
  CHECK(type_of(0x1014, 0x00e0, 0x0b4000) == "decoy");
  CHECK(type_of(0x10de, 0x0aa3, 0x0b4000) == "decoy");
  CHECK(type_of(0x10de, 0x22a3, 0x068000) == "decoy");
  CHECK(type_of(0x1022, 0x164a, 0x118000) == "decoy");
}

TEST_CASE("classify: everything else is neither, with a reason") {
  CHECK(type_of(0x10de, 0x228b, 0x040300) == "neither");
  CHECK(type_of(0x1a03, 0x1150, 0x060400) == "neither");
  CHECK(type_of(0x1022, 0x1134, 0x118000) == "neither");
  CHECK(type_of(0x1d0f, 0xec20, 0x020000) == "neither");
  CHECK(classify(function(0x8086, 0x1533, 0x020000)).why == "no rule for class 0200 or id 8086:1533");
  CHECK(classify(function(0x8086, 0x1533, std::nullopt)).why == "its class could not be read");
}

TEST_CASE("classify: unread facts leave what the others tell") {
  CHECK(classify(function({}, {}, 0x030000)).counts_as == verdict::accelerator);
  CHECK(classify(function(0x1a03, {}, 0x030000)).counts_as == verdict::decoy);
  CHECK(classify(function(0x1ac1, 0x089a, {})).counts_as == verdict::accelerator);
  CHECK(classify(function({}, {}, {})).counts_as == verdict::neither);
}

TEST_CASE("classify: the reason is the rule in words") {
  CHECK(classify(function(0x10de, 0x2335, 0x030200)).why == "class 0302: 3D controller");
  CHECK(classify(function(0x1bcf, 0x001c, 0x0b4000)).why == "id 1bcf:001c: NEC Vector Engine");
  CHECK(classify(function(0x1a03, 0x2000, 0x030000)).why ==
        "vendor 1a03 with class 03: ASPEED display of a server management controller");
}

TEST_CASE("classify: the most specific rule decides, wherever it stands") {
  const char *const lines[] = {
      "accelerator\t*\t*\t12\tother\tclass\n",     "decoy\t*\t*\t1201\t-\tlonger class\n",
      "accelerator\t1111\t*\t1201\tnpu\tvendor\n", "decoy\t1111\t0010-0020\t*\t-\trange\n",
      "accelerator\t1111\t0015\t*\tdsp\tdevice\n",
  };
  std::string forward;
  std::string backward;
  for (const char *line : lines) {
    forward += line;
    backward.insert(0, line);
  }
  for (const std::string &text : {forward, backward}) {
    const rule_table rules = parse_rules(text);
    REQUIRE(rules.errors.empty());
    CHECK(classify(function(0x2222, 1, 0x120000), rules).why == "class 12: class");
    CHECK(classify(function(0x2222, 1, 0x120100), rules).why == "class 1201: longer class");
    CHECK(classify(function(0x1111, 1, 0x120100), rules).why == "vendor 1111 with class 1201: vendor");
    CHECK(classify(function(0x1111, 0x10, 0x120100), rules).why == "id 1111:0010-0020: range");
    CHECK(classify(function(0x1111, 0x20, 0x120100), rules).why == "id 1111:0010-0020: range");
    CHECK(classify(function(0x1111, 0x21, 0x120100), rules).why == "vendor 1111 with class 1201: vendor");
    CHECK(classify(function(0x1111, 0x15, 0x120100), rules).why == "id 1111:0015: device");
  }
}

TEST_CASE("classify: lines that cannot be read are named and harm no other") {
  const auto error = [](const std::string &line) {
    const rule_table rules = parse_rules("# comment\n\n" + line + "\naccelerator\t*\t*\t03\tgpu\tgood\n");
    CHECK(rules.rules.size() == 1);
    REQUIRE(rules.errors.size() == 1);
    CHECK(rules.errors[0].starts_with("line 3: "));
    return rules.errors[0];
  };
  CHECK(error("accelerator\t*\t*\t03\tgpu").find("six columns") != std::string::npos);
  CHECK(error("accelerator\t*\t*\t03\tgpu\ta\tb").find("six columns") != std::string::npos);
  CHECK(error("accelerator\t*\t\t03\tgpu\ta").find("six columns") != std::string::npos);
  CHECK(error("something\t*\t*\t03\tgpu\ta").find("\"something\"") != std::string::npos);
  CHECK(error("accelerator\t10dg\t*\t03\tgpu\ta").find("\"10dg\"") != std::string::npos);
  CHECK(error("accelerator\t10de0\t*\t03\tgpu\ta").find("\"10de0\"") != std::string::npos);
  CHECK(error("accelerator\t10de\t20-10\t03\tgpu\ta").find("\"20-10\"") != std::string::npos);
  CHECK(error("accelerator\t10de\t0020-0010\t03\tgpu\ta").find("\"0020-0010\"") != std::string::npos);
  CHECK(error("accelerator\t*\t0010\t03\tgpu\ta").find("without its vendor") != std::string::npos);
  CHECK(error("accelerator\t*\t*\t030\tgpu\ta").find("\"030\"") != std::string::npos);
  CHECK(error("accelerator\t*\t*\t*\tgpu\ta").find("everything") != std::string::npos);
  CHECK(error("accelerator\t10de\t*\t*\ttoaster\ta").find("\"toaster\"") != std::string::npos);
  CHECK(error("decoy\t10de\t*\t*\tgpu\ta").find("decoy has none") != std::string::npos);
  CHECK(error("vendor\t*\t*\t*\t-\ta").find("vendor line") != std::string::npos);
}

TEST_CASE("classify: rules and vendors that are repeated are errors") {
  CHECK(parse_rules("decoy\t10de\t*\t*\t-\ta\naccelerator\t10de\t*\t*\tgpu\tb\n").errors.size() == 1);
  CHECK(parse_rules("vendor\t10de\t*\t*\t-\ta\nvendor\t10de\t*\t*\t-\tb\n").errors.size() == 1);
}

TEST_CASE("classify: short vendor names and type names") {
  CHECK(short_vendor_name(0x10de) == "NVIDIA");
  CHECK(short_vendor_name(0x1002) == "AMD");
  CHECK(short_vendor_name(0x8086) == "Intel");
  CHECK(short_vendor_name(0x0000).empty());
  CHECK(short_vendor_name(0xffff).empty());
  for (const char *name : {"gpu", "npu", "fpga", "dsp", "coprocessor", "other"}) {
    const auto type = parse_device_type(name);
    REQUIRE(type);
    CHECK(to_string(*type) == name);
  }
  CHECK_FALSE(parse_device_type("GPU"));
}
