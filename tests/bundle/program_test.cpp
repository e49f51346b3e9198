// A bundle on a real device: kernels of an ELF image on the host device, chosen, loaded lazily and run.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "hal/hal.hpp"
#include "tests/support/bundle_seal.hpp"
#include "tests/support/bundles.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::kernel_in;
using hal::test::thrown;

std::vector<std::byte> kernels_code() {
  std::ifstream file(HAL_TEST_KERNELS, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(!text.empty());
  return hal::test::bytes_of(text);
}

struct host {
  hal::runtime runtime;
  hal::device device = runtime.open("host:0");
  hal::stream stream = device.create_stream();
};

void add_vectors(host &on, const hal::kernel &kernel) {
  constexpr std::uint32_t count = 1000;
  const std::vector<std::uint32_t> left(count, 40);
  const std::vector<std::uint32_t> right(count, 2);
  std::vector<std::uint32_t> sum(count);
  const hal::buffer a = on.device.allocate(count * sizeof(std::uint32_t));
  const hal::buffer b = on.device.allocate(count * sizeof(std::uint32_t));
  const hal::buffer c = on.device.allocate(count * sizeof(std::uint32_t));
  on.stream.copy(a, left);
  on.stream.copy(b, right);
  on.stream.launch(kernel, {.grid = 16, .block = 64}, a, b, c, count);
  on.stream.copy(sum, c);
  on.stream.synchronize();
  CHECK(sum == std::vector<std::uint32_t>(count, 42));
}

}  // namespace

TEST_CASE("program: runs the variant that fits, and nothing of the others") {
  host on;
  hal::bundle_builder made;
  made.add_image("cubin", "sm_90", {}, hal::test::elf_code(hal::test::machine_cuda));
  made.add_image("elf", "", {}, kernels_code(), hal::bundle_compression::zstd);
  made.add_kernel(kernel_in("vector_add", {0, 1}));
  hal::bundle_kernel renamed = kernel_in("plus", {1});
  renamed.variants[0].entry = "vector_add";
  made.add_kernel(renamed);
  made.add_kernel(kernel_in("elsewhere", {0}));
  const auto bytes = made.bytes();
  const hal::program code = on.device.load(hal::bundle::from_memory(bytes));
  add_vectors(on, code["vector_add"]);
  add_vectors(on, code["plus"]);
  CHECK(code.image_of("plus").format == "elf");
  CHECK(code["plus"].handle() == code["vector_add"].handle());

  const auto elsewhere = thrown([&] { static_cast<void>(code["elsewhere"]); });
  CHECK(elsewhere.status() == hal::status::incompatible_target);
  CHECK_NAMES(elsewhere.what(), "host:0 takes");
  const auto unknown = thrown([&] { static_cast<void>(code["vector_ad"]); });
  CHECK(unknown.status() == hal::status::not_found);
  CHECK_NAMES(unknown.what(), "is 'vector_add' meant?");
}

TEST_CASE("program: what the driver refuses leaves the next variant") {
  host on;
  hal::bundle_builder made;
  // Begins like an ELF file for this machine and holds no kernel.
  const std::string target = on.device.info().targets.front();
  const std::uint16_t machine = target.starts_with("x86-64") ? 62 : target == "aarch64" ? 183 : 243;
  made.add_image("elf", target, {}, hal::test::elf_code(machine));
  made.add_image("elf", "", {}, kernels_code());
  made.add_kernel(kernel_in("vector_add", {0, 1}));
  made.add_kernel(kernel_in("broken", {0}));
  const auto bytes = made.bytes();
  const hal::program code = on.device.load(hal::bundle::from_memory(bytes));
  add_vectors(on, code["vector_add"]);
  CHECK(code.image_of("vector_add").target.empty());
  CHECK(thrown([&] { static_cast<void>(code["broken"]); }).status() == hal::status::incompatible_target);
  add_vectors(on, code["vector_add"]);  // a refusal leaves nothing behind
}

TEST_CASE("program: damaged bundles are refused before the device sees them, and the next launch works") {
  namespace layout = hal::rt::bundle_file;
  host on;
  hal::bundle_builder made;
  made.add_image("elf", "", {}, kernels_code());
  made.add_image("ptx", "sm_80", {}, hal::test::ptx_code());
  made.add_kernel(kernel_in("vector_add", {0, 1}));
  made.add_kernel(kernel_in("count", {0}));
  const std::vector<std::byte> sound = made.bytes();
  const hal::program code = on.device.load(hal::bundle::from_memory(sound));

  const auto header = hal::test::header_of(sound);
  const std::size_t description = sizeof header + header.description_size;
  std::vector<std::vector<std::byte>> damaged;
  const auto change = [&](std::size_t at, unsigned char mask, bool sealed) {
    auto &file = damaged.emplace_back(sound);
    file[at] ^= std::byte{mask};
    if (sealed) hal::test::seal(file);
  };
  for (std::size_t at = 0; at < sizeof header; ++at) change(at, 0x81, false);
  for (std::size_t at = sizeof header; at < description; at += 3) change(at, 0x80, false);
  for (std::size_t at = sizeof header; at < description; at += 2) change(at, 0xff, true);
  for (std::size_t at = description; at < sound.size(); at += sound.size() / 40) change(at, 0x01, true);
  for (const std::size_t size :
       {std::size_t{0}, sizeof header - 1, sizeof header, description, sound.size() - 1})
    damaged.emplace_back(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size));

  std::size_t refused = 0;
  for (const auto &file : damaged) {
    try {
      const hal::bundle opened = hal::bundle::from_memory(file);
      opened.verify();
      // What is still sound may run, or lack the kernel, or its image may be offered to nobody.
      static_cast<void>(on.device.load(opened)["vector_add"]);
    } catch (const hal::error &why) {
      CHECK(std::string(why.what()).ends_with("."));
      refused += why.status() == hal::status::invalid_module ? 1 : 0;
    }
  }
  MESSAGE(refused << " of " << damaged.size() << " were refused");
  CHECK(refused >= 200);
  add_vectors(on, code["vector_add"]);
  add_vectors(on, on.device.load(hal::bundle::from_memory(sound))["vector_add"]);
}

TEST_CASE("program: code that changed under a sound description never reaches the device") {
  host on;
  hal::bundle_builder made;
  made.add_image("elf", "", {}, kernels_code());
  made.add_kernel(kernel_in("vector_add", {0}));
  std::vector<std::byte> file = made.bytes();
  file[file.size() - kernels_code().size() / 2] ^= std::byte{1};
  const hal::program code = on.device.load(hal::bundle::from_memory(file));  // the code is not read yet
  const auto why = thrown([&] { static_cast<void>(code["vector_add"]); });
  CHECK_NAMES(std::string(why.what()), "the checksum of image 0");
  hal::bundle_builder sound;
  sound.add_image("elf", "", {}, kernels_code());
  sound.add_kernel(kernel_in("vector_add", {0}));
  const auto bytes = sound.bytes();
  add_vectors(on, on.device.load(hal::bundle::from_memory(bytes))["vector_add"]);
}

TEST_CASE("program: asked by many threads at once") {
  host on;
  hal::bundle_builder made;
  made.add_image("elf", "", {}, kernels_code());
  for (const char *name : {"vector_add", "count", "nothing", "spin"}) made.add_kernel(kernel_in(name, {0}));
  const auto bytes = made.bytes();
  const hal::program code = on.device.load(hal::bundle::from_memory(bytes));
  std::vector<std::thread> threads;
  std::vector<hal_kernel *> seen(8);
  for (std::size_t index = 0; index < seen.size(); ++index) {
    threads.emplace_back([&, index] {
      static_cast<void>(code["count"]);
      seen[index] = code["vector_add"].handle();
    });
  }
  for (std::thread &one : threads) one.join();
  for (hal_kernel *one : seen) CHECK(one == seen.front());
}

TEST_CASE("program: an empty one, and one that outlives what it came from") {
  const hal::program none;
  CHECK(!none);
  CHECK(thrown([&] { static_cast<void>(none["any"]); }).status() == hal::status::invalid_handle);
  hal::bundle_builder made;
  made.add_image("elf", "", {}, kernels_code());
  made.add_kernel(kernel_in("vector_add", {0}));
  const auto bytes = made.bytes();
  hal::program kept;
  {
    host on;
    kept = on.device.load(hal::bundle::from_memory(bytes));
  }
  CHECK(kept["vector_add"].handle() != nullptr);
}

TEST_CASE("runtime: the best place for a kernel, and why there is none") {
  hal::runtime runtime;
  hal::bundle_builder made;
  made.add_image("cubin", "sm_90", {}, hal::test::elf_code(hal::test::machine_cuda));
  made.add_image("elf", "", hal::parse_requirements("type==cpu"), kernels_code());
  made.add_kernel(kernel_in("vector_add", {0, 1}));
  made.add_kernel(kernel_in("elsewhere", {0}));
  const auto bytes = made.bytes();
  const hal::bundle code = hal::bundle::from_memory(bytes);
  const hal::placement place = runtime.best(code, "vector_add");
  CHECK(place.device.plugin == "host");
  CHECK(place.variant.image == 1);
  CHECK(thrown([&] { runtime.best(code, "vector_sub"); }).status() == hal::status::not_found);
  const auto nowhere = thrown([&] { runtime.best(code, "elsewhere"); });
  CHECK(nowhere.status() == hal::status::incompatible_target);
  CHECK_NAMES(nowhere.what(), "host:0 takes");
}

TEST_CASE("dispatch: where the data is") {
  host on;
  const hal::buffer here = on.device.allocate(1000);
  const hal::dispatch_policy policy = hal::near_data({here, here.part(0, 200)}, true);
  CHECK(policy.device_first);
  hal::device_info elsewhere = on.device.info();
  CHECK(policy.penalty(elsewhere) == 0);
  elsewhere.index += 1;
  CHECK(policy.penalty(elsewhere) == 1200);
  hal::bundle_builder made;
  made.add_image("elf", "", {}, kernels_code());
  made.add_kernel(kernel_in("count", {0}));
  const auto bytes = made.bytes();
  const hal::bundle code = hal::bundle::from_memory(bytes);
  const std::vector<hal::device_info> devices{elsewhere, on.device.info()};
  CHECK(hal::dispatcher(code, devices).best(*code.find("count"))->device == 0);
  CHECK(hal::dispatcher(code, devices, policy).best(*code.find("count"))->device == 1);
}

TEST_CASE("runtime: selects what meets the requirements") {
  hal::runtime runtime;
  const auto cpus = runtime.select(hal::parse_requirements("type==cpu"));
  REQUIRE(!cpus.empty());
  CHECK(cpus.front().plugin == "host");
  CHECK(runtime.select(hal::parse_requirements("memory>=1000000TiB")).empty());
}
