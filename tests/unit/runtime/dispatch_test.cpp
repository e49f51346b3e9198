#include "hal/dispatch.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/bundles.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::device_info;
using hal::dispatch_choice;
using hal::dispatch_rule;
using hal::dispatcher;
using hal::test::elf_code;
using hal::test::kernel_in;

device_info device(std::string plugin, std::vector<std::string> formats, std::vector<std::string> targets) {
  device_info info;
  info.plugin = std::move(plugin);
  info.vendor = info.plugin == "hip" ? "AMD" : info.plugin == "cuda" ? "NVIDIA" : "none";
  info.features = HAL_FEATURE_KERNELS;
  info.data_types = HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_F16;
  info.memory_total = std::uint64_t{16} << 30;
  info.max_block_items = 1024;
  info.max_block = {1024, 1024, 64};
  info.module_formats = std::move(formats);
  info.targets = std::move(targets);
  return info;
}

device_info h100() {
  return device("cuda", {"cubin", "ptx"}, {"sm_90"});
}
device_info mi300() {
  return device("hip", {"hsaco"}, {"gfx942:sramecc+:xnack-"});
}
device_info cpu() {
  return device("host", {"elf", "native"}, {"x86-64-v3", "x86-64-v2", "x86-64"});
}

struct sample {
  std::vector<std::byte> bytes = hal::test::sample_builder().bytes();
  hal::bundle code = hal::bundle::from_memory(bytes);
  hal::bundle_kernel axpy = *code.find("axpy");
  hal::bundle_kernel sum = *code.find("sum");
};

std::string rule_of(const hal::dispatch_verdict &pair) {
  return std::string(to_string(pair.rejected));
}

}  // namespace

TEST_SUITE_BEGIN("runtime/dispatch");

TEST_CASE("dispatch: every device gets the code made for it") {
  const sample given;
  for (const auto &[info, image] : {std::pair(h100(), 0u), {mi300(), 2u}, {cpu(), 4u}}) {
    const auto chosen = dispatcher(given.code, std::span(&info, 1)).best(given.axpy);
    REQUIRE(chosen);
    CHECK(chosen->image == image);
    CHECK(given.axpy.variants[chosen->variant].image == image);
  }
}

TEST_CASE("dispatch: each pair says the first rule that it failed") {
  const sample given;
  device_info small = h100();
  small.memory_total = std::uint64_t{1} << 29;
  device_info copier = cpu();
  copier.features = 0;
  const std::vector<device_info> devices{h100(), small, mi300(), copier,
                                         device("cuda", {"cubin", "ptx"}, {"sm_75"})};
  const auto pairs = dispatcher(given.code, devices).explain(given.axpy);
  REQUIRE(pairs.size() == 25);
  const auto at = [&](std::size_t on, std::size_t variant) { return pairs[on * 5 + variant]; };
  CHECK(at(0, 0).rank == 1);  // cubin for sm_90
  CHECK(at(0, 1).rank == 3);  // PTX, behind both binaries
  CHECK(rule_of(at(0, 2)) == "format");
  CHECK_NAMES(at(0, 2).why, "cuda:0 takes cubin, ptx, not hsaco.");
  CHECK(rule_of(at(1, 0)) == "requirement");
  CHECK_NAMES(at(1, 0).why, "memory>=1073741824 is required");
  CHECK(at(1, 1).rank == 4);  // the same PTX on the later device
  CHECK(at(2, 2).rank == 2);
  CHECK(rule_of(at(3, 4)) == "kernels");
  CHECK(rule_of(at(4, 0)) == "target");
  CHECK_NAMES(at(4, 1).why, "The code is made for sm_80; cuda:0 runs sm_75.");
  for (const auto &pair : pairs) {
    CHECK((pair.rank == 0) == (pair.rejected != dispatch_rule::none));
    CHECK(pair.why.empty() == (pair.rejected == dispatch_rule::none));
  }
}

TEST_CASE("dispatch: the closest target wins: exact, older binary, generic, translated") {
  hal::bundle_builder made;
  made.add_image("ptx", "sm_89", {}, hal::test::ptx_code());
  made.add_image("cubin", "sm_80", {}, elf_code(190));
  made.add_image("cubin", "sm_89", {}, elf_code(190));
  made.add_kernel(kernel_in("k", {0, 1, 2}));
  const auto bytes = made.bytes();
  const auto code = hal::bundle::from_memory(bytes);
  const device_info ada = device("cuda", {"cubin", "ptx"}, {"sm_89"});
  const auto pairs = dispatcher(code, std::span(&ada, 1)).explain(*code.find("k"));
  CHECK(pairs[0].rank == 3);
  CHECK(pairs[1].rank == 2);
  CHECK(pairs[2].rank == 1);
}

TEST_CASE("dispatch: among a device's own targets the first is the closest") {
  hal::bundle_builder made;
  for (const char *target : {"x86-64", "x86-64-v2", "x86-64-v3"})
    made.add_image("elf", target, {}, elf_code(62));
  made.add_kernel(kernel_in("k", {0, 1, 2}));
  const auto bytes = made.bytes();
  const auto code = hal::bundle::from_memory(bytes);
  const device_info info = cpu();
  CHECK(dispatcher(code, std::span(&info, 1)).best(*code.find("k"))->variant == 2);
}

TEST_CASE("dispatch: a required block beyond the device's limits") {
  const sample given;
  device_info narrow = h100();
  narrow.max_block_items = 127;
  CHECK(!dispatcher(given.code, std::span(&narrow, 1)).best(given.sum));
  const auto pairs = dispatcher(given.code, std::span(&narrow, 1)).explain(given.sum);
  CHECK(rule_of(pairs[0]) == "block");
  CHECK_NAMES(pairs[0].why, "64 x 2 x 1");
  narrow.max_block_items = 128;
  CHECK(dispatcher(given.code, std::span(&narrow, 1)).best(given.sum));
  narrow.max_block = {1024, 1, 64};
  CHECK(!dispatcher(given.code, std::span(&narrow, 1)).best(given.sum));
}

TEST_CASE("dispatch: policy decides between devices, and before the code when told so") {
  const sample given;
  device_info first = h100();
  device_info second = h100();
  second.index = 1;
  const std::vector<device_info> devices{first, second, cpu()};
  CHECK(dispatcher(given.code, devices).best(given.axpy)->device == 0);
  hal::dispatch_policy policy;
  policy.penalty = [](const device_info &info) {
    return info.index == 1 ? 0.0 : info.plugin == "host" ? -1.0 : 1.0;
  };
  // Both binaries are exact; the penalty decides.
  CHECK(dispatcher(given.code, devices, policy).best(given.axpy)->device == 2);
  policy.penalty = [](const device_info &info) { return info.index == 1 ? 0.0 : 1.0; };
  CHECK(dispatcher(given.code, devices, policy).best(given.axpy)->device == 1);

  device_info old = device("cuda", {"ptx"}, {"sm_90"});
  const std::vector<device_info> mixed{old, cpu()};
  policy.penalty = [](const device_info &info) { return info.plugin == "host" ? 1.0 : 0.0; };
  CHECK(dispatcher(given.code, mixed, policy).best(given.axpy)->device == 1);  // a binary before PTX
  policy.device_first = true;
  CHECK(dispatcher(given.code, mixed, policy).best(given.axpy)->device == 0);
}

TEST_CASE("dispatch: nothing on no device, and no trust in a foreign kernel [negative]") {
  const sample given;
  CHECK(!dispatcher(given.code, {}).best(given.axpy));
  CHECK(dispatcher(given.code, {}).explain(given.axpy).empty());
  const device_info info = h100();
  const dispatcher decides(given.code, std::span(&info, 1));
  CHECK(!decides.best(kernel_in("foreign", {99})));
  CHECK(hal::test::thrown([&] { static_cast<void>(decides.explain(kernel_in("foreign", {99}))); }).status() ==
        hal::status::invalid_argument);
}

TEST_SUITE_END();
