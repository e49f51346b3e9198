#include "tests/sim/together/machine.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

#include "tests/conformance/ptx_kernels.hpp"

namespace together {
namespace {

std::vector<std::byte> file_bytes(const std::filesystem::path &path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
  const auto *begin = reinterpret_cast<const std::byte *>(bytes.data());
  return {begin, begin + bytes.size()};
}

constexpr std::string_view opencl_c_text =
#include "tests/conformance/kernels_cl.inc"
    ;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto *begin = reinterpret_cast<const std::byte *>(text.data());
  return {begin, begin + text.size()};
}

// Native code for the host, the suite's own text for the devices that take it, and what the build's compiler
// made of the same kernels for the others, as far as there was one.
std::vector<std::byte> make_bundle() {
  hal::bundle_builder builder;
  std::vector<std::uint32_t> images;
  const std::filesystem::path native = HAL_TEST_KERNELS;
  images.push_back(builder.add_image("elf", "", {}, file_bytes(native)));
  images.push_back(builder.add_image("ptx", "sm_60", {}, bytes_of(conformance::ptx_kernels)));
  images.push_back(builder.add_image("opencl-c", "", {}, bytes_of(opencl_c_text)));
  constexpr struct {
    const char *file, *format, *target;
  } compiled[] = {{"conformance-kernels-gfx90a.hsaco", "hsaco", "gfx90a"},
                  {"conformance-kernels-gfx942.hsaco", "hsaco", "gfx942"},
                  {"conformance-kernels-gfx1100.hsaco", "hsaco", "gfx1100"},
                  {"conformance-kernels-spirv1.2.spirv", "spirv", "spirv1.2"}};
  for (const auto &[file, format, target] : compiled) {
    const std::filesystem::path path = native.parent_path() / file;
    if (std::filesystem::exists(path))
      images.push_back(builder.add_image(format, target, {}, file_bytes(path)));
  }
  for (const char *name : {"vector_add", "fill_index", "count", "fail_block"}) {
    hal::bundle_kernel kernel;
    kernel.name = name;
    for (const std::uint32_t image : images) kernel.variants.push_back({image, {}, {}});
    builder.add_kernel(kernel);
  }
  return builder.bytes();
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

std::vector<hal::device> one_of_each() {
  std::vector<hal::device> firsts;
  for (hal::device &device : open_all()) {
    const bool known = std::any_of(firsts.begin(), firsts.end(), [&](const hal::device &one) {
      return one.info().plugin == device.info().plugin;
    });
    if (!known) firsts.push_back(std::move(device));
  }
  return firsts;
}

const hal::bundle &kernels() {
  static const std::vector<std::byte> bytes = make_bundle();
  static const hal::bundle made = hal::bundle::from_memory(bytes);
  return made;
}

bool takes_kernels(const hal::device &device) {
  const auto &formats = device.info().module_formats;
  for (std::size_t image = 0; image < kernels().image_count(); ++image) {
    if (std::find(formats.begin(), formats.end(), kernels().image(image).format) != formats.end())
      return true;
  }
  return false;
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
