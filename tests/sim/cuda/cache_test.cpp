// Compiled code in the user's cache folder, over the stand-in: which loads compile, and which do not. Without
// arguments the tests; with "load BUNDLE", what one process of many does.
#define DOCTEST_CONFIG_IMPLEMENT
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "hal/hal.hpp"
#include "runtime/bundle/code_cache.hpp"
#include "runtime/bundle/kept_module.hpp"
#include "tests/conformance/ptx_kernels.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {
namespace fs = std::filesystem;

using hal::test::environment_variable;

// PTX that the stand-in compiled in this process; the plugin loads it.
std::uint64_t compilations() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (library == nullptr) return 0;
  const auto ask = reinterpret_cast<std::uint64_t (*)()>(dlsym(library, "cuSimCompilations"));
  return ask == nullptr ? 0 : ask();
}

std::vector<std::byte> bundle_bytes(const std::string &comment = {}) {
  std::string text(conformance::ptx_kernels);
  text.insert(0, "// " + comment + "\n");
  hal::bundle_builder made;
  made.add_image("ptx", "sm_50", {}, std::as_bytes(std::span(text)));
  for (const char *name : {"vector_add", "fill_index", "count"}) {
    hal::bundle_kernel kernel;
    kernel.name = name;
    kernel.variants.emplace_back().image = 0;
    made.add_kernel(kernel);
  }
  return made.bytes();
}

hal::runtime_options options(std::optional<bool> cache = {}) {
  hal::runtime_options given;
  given.plugin_path = {HAL_SIM_PLUGINS};
  given.only_plugin_path = true;
  given.cache = cache;
  given.probe_deadline = std::chrono::seconds(60);
  return given;
}

void check_adds(const hal::device &device, const hal::program &code) {
  constexpr std::uint32_t count = 100;
  const std::vector<float> left(count, 40);
  const std::vector<float> right(count, 2);
  std::vector<float> sum(count);
  const hal::buffer a = device.allocate(count * 4);
  const hal::buffer b = device.allocate(count * 4);
  const hal::buffer c = device.allocate(count * 4);
  hal::stream stream = device.create_stream();
  stream.copy(a, left);
  stream.copy(b, right);
  stream.launch(code["vector_add"], {.grid = 2, .block = 64}, a, b, c, count);
  stream.copy(sum, c);
  stream.synchronize();
  CHECK(sum == std::vector<float>(count, 42));
}

struct machine {
  hal::test::temporary_directory home;
  environment_variable cache{"HAL_CACHE", home.path().string()};

  // How often one load of a kernel, which must work, compiles.
  std::uint64_t load(const std::vector<std::byte> &bundle, const hal::runtime_options &given = options(),
                     const char *selector = "cuda:0") const {
    const std::uint64_t before = compilations();
    hal::runtime runtime(given);
    const hal::device device = runtime.open(selector);
    check_adds(device, device.load(hal::bundle::from_memory(bundle)));
    return compilations() - before;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    std::error_code none;
    for (const auto &one : fs::directory_iterator(home.path() / "code", none)) all.push_back(one.path());
    return all;
  }
};

int load_in_child(const char *file) {
  hal::runtime runtime(options());
  const hal::device device = runtime.open("cuda:0");
  check_adds(device, device.load(hal::bundle::open(file)));
  std::printf("compiled %d\n", static_cast<int>(compilations()));
  return 0;
}

}  // namespace

TEST_CASE("cuda cache: the second load does not compile, on any device of the kind") {
  const machine here;
  const auto code = bundle_bytes();
  CHECK(here.load(code) == 1);
  CHECK(here.files().size() == 1);
  CHECK(here.load(code) == 0);
  CHECK(here.load(code, options(), "cuda:1") == 0);
  CHECK(here.load(code, options(), "cuda:2") == 1);  // another product
  CHECK(here.load(bundle_bytes("another")) == 1);
  CHECK(here.files().size() == 3);
}

TEST_CASE("cuda cache: off, by option or by variable") {
  const machine here;
  const auto code = bundle_bytes();
  CHECK(here.load(code, options(false)) == 1);
  CHECK(here.files().empty());
  const environment_variable off("HAL_CACHE", "off");
  CHECK(here.load(code) == 1);
  CHECK(here.files().empty());
}

TEST_CASE("cuda cache: what is damaged is compiled anew") {
  const machine here;
  const auto code = bundle_bytes();
  CHECK(here.load(code) == 1);
  const fs::path file = here.files().at(0);
  fs::resize_file(file, fs::file_size(file) / 2);
  CHECK(here.load(code) == 1);
  CHECK(here.load(code) == 0);
}

TEST_CASE("cuda cache: what the driver refuses is removed and compiled anew") {
  const machine here;
  const auto code = bundle_bytes();
  CHECK(here.load(code) == 1);
  // Whole under its key, and not what this driver takes: as when two builds of a driver call themselves
  // alike.
  {
    hal::runtime runtime(options());
    const hal::device device = runtime.open("cuda:0");
    const hal::rt::code_cache cache(here.home.path());
    const hal::bundle kernels = hal::bundle::from_memory(code);
    const hal::bundle_code ptx = kernels.code(0);
    const std::string key = hal::rt::code_key(*device.state(), "ptx", ptx.bytes());
    REQUIRE(cache.find(key));
    cache.keep(key, {"cubin", std::vector<std::byte>(100)});
  }
  CHECK(here.load(code) == 1);
  CHECK(here.load(code) == 0);
}

TEST_CASE("cuda cache: 16 threads compile once") {
  const machine here;
  const auto bytes = bundle_bytes();
  hal::runtime runtime(options());
  const hal::device device = runtime.open("cuda:0");
  const std::uint64_t before = compilations();
  const hal::program code = device.load(hal::bundle::from_memory(bytes));
  std::vector<std::thread> threads;
  std::vector<hal_kernel *> seen(16);
  for (std::size_t index = 0; index < seen.size(); ++index) {
    threads.emplace_back([&, index] {
      static_cast<void>(code["count"]);
      seen[index] = code["vector_add"].handle();
    });
  }
  for (std::thread &one : threads) one.join();
  for (hal_kernel *one : seen) CHECK(one == seen.front());
  CHECK(compilations() - before == 1);
  check_adds(device, code);
}

TEST_CASE("cuda cache: 16 programs of one process share what is kept") {
  const machine here;
  const auto bytes = bundle_bytes();
  hal::runtime runtime(options());
  const hal::device device = runtime.open("cuda:0");
  std::vector<std::thread> threads;
  std::vector<hal::program> programs;
  for (int i = 0; i < 16; ++i) programs.push_back(device.load(hal::bundle::from_memory(bytes)));
  for (const hal::program &one : programs)
    threads.emplace_back([&one] { static_cast<void>(one["vector_add"]); });
  for (std::thread &one : threads) one.join();
  for (const hal::program &one : programs) check_adds(device, one);
  CHECK(here.files().size() == 1);
}

TEST_CASE("cuda cache: 4 processes at once") {
  const machine here;
  const fs::path file = here.home.path() / "k.halb";
  const auto bytes = bundle_bytes();
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  for (int round = 0; round < 2; ++round) {
    std::vector<FILE *> children;
    for (int i = 0; i < 4; ++i)
      children.push_back(popen(("'" HAL_SIM_SELF "' load '" + file.string() + "'").c_str(), "r"));
    int compiled = 0;
    for (FILE *child : children) {
      REQUIRE(child != nullptr);
      int own = -1;
      CHECK(std::fscanf(child, "compiled %d", &own) == 1);
      compiled += own;
      CHECK(pclose(child) == 0);
    }
    CHECK(here.files().size() == 1);
    if (round == 0) CHECK((compiled >= 1 && compiled <= 4));
    if (round == 1) CHECK(compiled == 0);
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && std::strcmp(argv[1], "load") == 0) {
    doctest::Context context;  // CHECK needs one
    context.setAsDefaultForAssertsOutOfTestCases();
    return load_in_child(argv[2]);
  }
  return doctest::Context(argc, argv).run();
}
