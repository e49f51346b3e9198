#include "hal/bundle.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/bundles.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::bundle;
using hal::bundle_builder;
using hal::test::bytes_of;
using hal::test::elf_code;
using hal::test::kernel_in;
using hal::test::ptx_code;
using hal::test::sample_builder;
using hal::test::thrown;

class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hal-bundle-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~temporary_folder() { std::filesystem::remove_all(path); }

  std::filesystem::path path;
};

std::vector<std::byte> code_of(const bundle &from, std::size_t image) {
  const hal::bundle_code code = from.code(image);
  return {code.bytes().begin(), code.bytes().end()};
}

}  // namespace

TEST_SUITE_BEGIN("runtime/bundle");

TEST_CASE("bundle: what was put in comes out") {
  const auto bytes = sample_builder().bytes();
  const bundle opened = bundle::from_memory(bytes);
  opened.verify();
  REQUIRE(opened.image_count() == 5);
  CHECK(opened.kernel_names() == std::vector<std::string>{"axpy", "fill", "sum"});

  const hal::bundle_image cubin = opened.image(0);
  CHECK(cubin.format == "cubin");
  CHECK(cubin.target == "sm_90");
  CHECK(cubin.needs == hal::parse_requirements("memory>=1GiB,f16"));
  CHECK(code_of(opened, 0) == elf_code(hal::test::machine_cuda));
  CHECK(opened.image(2).needs == hal::parse_requirements("vendor==amd"));

  const auto axpy = opened.find("axpy");
  REQUIRE(axpy);
  REQUIRE(axpy->parameters);
  REQUIRE(axpy->parameters->size() == 4);
  CHECK(axpy->parameters->at(1) == hal::bundle_parameter{"x", HAL_ARGUMENT_MEMORY, 8, 8,
                                                         hal::address_space::global,
                                                         hal::parameter_access::read});
  CHECK(axpy->preferred_block == std::array<std::uint32_t, 3>{256, 1, 1});
  REQUIRE(axpy->variants.size() == 5);
  CHECK(axpy->variants[0].resources.registers_per_item == 32);
  CHECK(axpy->variants[0].resources.local_memory_per_item == 0);
  CHECK(!axpy->variants[1].resources.registers_per_item);
  const auto sum = opened.find("sum");
  REQUIRE(sum);
  CHECK(!sum->parameters);
  CHECK(sum->required_block == std::array<std::uint32_t, 3>{64, 2, 1});
  CHECK(sum->variants[1].entry == "sum.kd");
  CHECK(!opened.find("none"));
}

TEST_CASE("bundle: the same calls make the same bytes") {
  CHECK(sample_builder().bytes() == sample_builder().bytes());
}

TEST_CASE("bundle: code that packs well is stored packed, and comes out whole") {
  const bundle opened = bundle::from_memory(sample_builder().bytes());
  const hal::bundle_image packed = bundle(opened).image(2);
  CHECK(packed.size == 4096);
  CHECK(packed.stored < 4096);
}

TEST_CASE("bundle: bytes that are given away are kept") {
  bundle opened;
  {
    auto bytes = sample_builder().bytes();
    opened = bundle::from_memory(std::move(bytes));
  }
  opened.verify();
  CHECK(opened.find("sum").has_value());
}

TEST_CASE("bundle: code that is not packed is used in place, whatever the bundle's address") {
  const auto bytes = sample_builder().bytes();
  for (std::size_t askew = 0; askew < 9; ++askew) {
    std::vector<std::byte> room(bytes.size() + askew);
    std::copy(bytes.begin(), bytes.end(), room.begin() + static_cast<std::ptrdiff_t>(askew));
    const bundle opened = bundle::from_memory(std::span(room).subspan(askew));
    const hal::bundle_code code = opened.code(0);
    CHECK(code.bytes().data() >= room.data());
    CHECK(code.bytes().data() + code.bytes().size() <= room.data() + room.size());
    CHECK(opened.find("sum").has_value());
  }
}

TEST_CASE("bundle: written to a file, whole, and nothing beside it") {
  const temporary_folder folder;
  const auto file = folder.path / "sample.halb";
  sample_builder().write(file);
  const bundle opened = bundle::open(file);
  opened.verify();
  sample_builder().write(file);  // while it is open
  CHECK(code_of(opened, 1) == ptx_code());
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
  const auto refused = thrown([&] { sample_builder().write(folder.path / "none" / "x.halb"); });
  CHECK_NAMES(refused.what(), "none/x.halb");
}

TEST_CASE("bundle: a file that is none is named") {
  const temporary_folder folder;
  const auto missing = thrown([&] { bundle::open(folder.path / "missing.halb"); });
  CHECK(missing.status() == hal::status::not_found);
  CHECK_NAMES(missing.what(), "missing.halb");
  CHECK(thrown([&] { bundle::open(folder.path); }).status() == hal::status::invalid_module);
  std::ofstream(folder.path / "empty.halb");
  CHECK_NAMES(thrown([&] { bundle::open(folder.path / "empty.halb"); }).what(), "it has 0 bytes");
  std::ofstream(folder.path / "text.halb") << "a text that is no bundle";
  CHECK_NAMES(thrown([&] { bundle::open(folder.path / "text.halb"); }).what(), "is no bundle");
}

TEST_CASE("bundle: the running program has no such section") {
  CHECK(thrown([] { bundle::from_section(".halb_none"); }).status() == hal::status::not_found);
  // A section that is there, and is no bundle.
  CHECK(thrown([] { bundle::from_section(".text"); }).status() == hal::status::invalid_module);
}

TEST_CASE("bundle: an empty one and indices that are none are refused") {
  const bundle none;
  CHECK(!none);
  CHECK(none.image_count() == 0);
  CHECK(thrown([&] { static_cast<void>(none.find("axpy")); }).status() == hal::status::invalid_handle);
  const auto bytes = sample_builder().bytes();
  const bundle opened = bundle::from_memory(bytes);
  CHECK(thrown([&] { static_cast<void>(opened.image(5)); }).status() == hal::status::out_of_range);
  CHECK(thrown([&] { static_cast<void>(opened.code(5)); }).status() == hal::status::out_of_range);
  CHECK(thrown([&] { static_cast<void>(opened.kernel(3)); }).status() == hal::status::out_of_range);
}

TEST_CASE("bundle: two put together keep both, and kernels of one name become one") {
  bundle_builder first;
  first.add_image("ptx", "sm_80", {}, ptx_code());
  first.add_kernel(kernel_in("axpy", {0}));
  bundle_builder second;
  second.add_image("spirv", "spirv1.2", {}, hal::test::spirv_code());
  second.add_kernel(kernel_in("axpy", {0}));
  second.add_kernel(kernel_in("zero", {0}));
  const auto first_bytes = first.bytes();
  const auto second_bytes = second.bytes();
  bundle_builder both;
  both.add(bundle::from_memory(first_bytes));
  both.add(bundle::from_memory(second_bytes));
  const auto bytes = both.bytes();
  const bundle opened = bundle::from_memory(bytes);
  CHECK(opened.image_count() == 2);
  REQUIRE(opened.find("axpy"));
  CHECK(opened.find("axpy")->variants.size() == 2);
  CHECK(opened.find("zero")->variants.at(0).image == 1);
}

TEST_CASE("bundle: a builder refuses what a bundle cannot hold [negative]") {
  bundle_builder made;
  const auto code = ptx_code();
  const auto refused = [&](auto &&call) { return thrown(call).status() == hal::status::invalid_argument; };
  CHECK(refused([&] { made.bytes(); }));
  CHECK(refused([&] { made.add_image("", "sm_80", {}, code); }));
  CHECK(refused([&] { made.add_image(std::string(40, 'f'), "sm_80", {}, code); }));
  CHECK(refused([&] { made.add_image("ptx", std::string(90, 't'), {}, code); }));
  CHECK(refused([&] { made.add_image("ptx", "sm\n80", {}, code); }));
  CHECK(refused([&] {
    made.add_image("ptx", "sm_80", {{"memery", hal::requirement::relation::present, {}}}, code);
  }));
  REQUIRE(made.add_image("ptx", "sm_80", {}, code) == 0);
  CHECK(refused([&] { made.add_kernel(kernel_in("", {0})); }));
  CHECK(refused([&] { made.add_kernel(kernel_in(std::string(2000, 'k'), {0})); }));
  CHECK(refused([&] { made.add_kernel(kernel_in("a\tb", {0})); }));
  CHECK(refused([&] { made.add_kernel(kernel_in("none", {})); }));
  CHECK(refused([&] { made.add_kernel(kernel_in("beyond", {1})); }));
  CHECK(refused([&] { made.add_kernel(kernel_in("twice", {0, 0})); }));
  hal::bundle_kernel flat = kernel_in("flat", {0});
  flat.required_block = {64, 0, 1};
  CHECK(refused([&] { made.add_kernel(flat); }));
  hal::bundle_kernel odd = kernel_in("odd", {0});
  odd.parameters = {{"x", HAL_ARGUMENT_VALUE, 4, 3, {}, {}}};
  CHECK(refused([&] { made.add_kernel(odd); }));
  made.add_kernel(kernel_in("axpy", {0}));
  CHECK(refused([&] { made.add_kernel(kernel_in("axpy", {0})); }));
  CHECK(bundle::from_memory(made.bytes()).kernel_count() == 1);
}

TEST_CASE("bundle: bytes that are not what the format says [negative]") {
  bundle_builder made;
  const auto refused = [&](const char *format, const char *target, std::vector<std::byte> code,
                           const char *why) {
    const auto failed = thrown([&] { made.add_image(format, target, {}, code); });
    CHECK(failed.status() == hal::status::invalid_module);
    CHECK_NAMES(failed.what(), why);
  };
  refused("ptx", "sm_80", {}, "empty");
  refused("ptx", "sm_80", bytes_of("int main() {}"), "no PTX");
  refused("ptx", "sm_80", elf_code(190), "no PTX");
  refused("cubin", "sm_90", ptx_code(), "no ELF");
  refused("cubin", "sm_90", elf_code(224), "machine 224");
  refused("hsaco", "gfx942", elf_code(190), "machine 190");
  refused("elf", "x86-64", elf_code(183), "machine 183");
  refused("elf", "aarch64", elf_code(62), "machine 62");
  refused("spirv", "spirv1.2", bytes_of("\x03\x02\x23\x07"), "no SPIR-V");
  auto cut = hal::test::spirv_code();
  cut.push_back(std::byte{0});
  refused("spirv", "spirv1.2", cut, "cut short");
  refused("fatbin", "sm_80", bytes_of("0123456789abcdef"), "no fat binary");
  refused("opencl-c", "", bytes_of(std::string("kernel\0void", 11)), "no text");
}

TEST_SUITE_END();
