#include "tests/sim/together/machine.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/conformance/ptx_kernels.hpp"

namespace together {
namespace {

std::vector<std::byte> file_bytes(const char *path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
  const auto *begin = reinterpret_cast<const std::byte *>(bytes.data());
  return {begin, begin + bytes.size()};
}

// The bundle that a compiler made of them, where the build has one, has code for every plugin. Otherwise what
// needs none: native code for the host, and the suite's own text for the devices that take it.
hal::bundle make_bundle() {
  const char *made = std::getenv("HAL_TEST_KERNEL_BUNDLE");
  if (made != nullptr) return hal::bundle::open(made);
  hal::bundle_builder builder;
  const std::vector<std::byte> native = file_bytes(HAL_TEST_KERNELS);
  builder.add_image("elf", "", {}, native);
  const auto *text = reinterpret_cast<const std::byte *>(conformance::ptx_kernels.data());
  builder.add_image("ptx", "sm_60", {}, std::vector(text, text + conformance::ptx_kernels.size()));
  for (const char *name : {"vector_add", "fill_index", "count", "fail_block"}) {
    hal::bundle_kernel kernel;
    kernel.name = name;
    kernel.variants = {{0, {}, {}}, {1, {}, {}}};
    builder.add_kernel(kernel);
  }
  static const std::vector<std::byte> bytes = builder.bytes();
  return hal::bundle::from_memory(bytes);
}

}  // namespace

std::vector<std::string> plugin_names() {
  std::istringstream words(HAL_TEST_VENDORS);
  std::vector<std::string> names{std::istream_iterator<std::string>(words), {}};
  names.emplace_back("host");
  return names;
}

hal::runtime &all_plugins() {
  static hal::runtime runtime([] {
    hal::runtime_options options;
    options.plugin_path = {HAL_TEST_PLUGINS, HAL_TEST_HOST_PLUGIN};
    options.only_plugin_path = true;
    options.cache = false;
    return options;
  }());
  return runtime;
}

std::vector<hal::device> open_all() {
  std::vector<hal::device> opened;
  for (const hal::device_entry &entry : all_plugins().look()->devices) {
    if (entry.usable()) opened.push_back(all_plugins().open(entry.ways_in.front()));
  }
  return opened;
}

const hal::bundle &kernels() {
  static const hal::bundle made = make_bundle();
  return made;
}

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  std::uint32_t state = seed * 2654435761u + 1;
  for (std::byte &one : bytes) {
    state = state * 1664525u + 1013904223u;
    one = static_cast<std::byte>(state >> 24);
  }
  return bytes;
}

void upload(hal::stream &on, const hal::buffer_view &memory, const std::vector<std::byte> &bytes) {
  on.copy(memory, bytes);
  on.synchronize();
}

std::vector<std::byte> download(hal::stream &on, const hal::buffer_view &memory) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(memory.size()));
  on.copy(bytes, memory);
  on.synchronize();
  return bytes;
}

bool works(const hal::device &device) {
  hal::stream on = device.create_stream();
  const hal::buffer memory = device.allocate(4096);
  const std::vector<std::byte> bytes = pattern(4096, 5);
  upload(on, memory, bytes);
  if (download(on, memory) != bytes) return false;
  on.fill(memory, std::uint8_t{0x5a});
  return download(on, memory) == std::vector<std::byte>(4096, std::byte{0x5a});
}

}  // namespace together
