// Writing bundles.
#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "bundle_generated.h"
#include "hal/bundle.hpp"
#include "hal/error.hpp"
#include "runtime/bundle/file_layout.hpp"
#include "runtime/bundle/names.hpp"
#include "runtime/bundle/requirement_record.hpp"
#include "runtime/whole_file.hpp"

namespace hal {
namespace layout = rt::bundle_file;
namespace {

// Of the zstd library's 1 to 22: the best that still takes less than a second for 10 MB.
constexpr int compression_level = 12;

[[noreturn]] void refuse(const std::string &sentence) {
  throw error(status::invalid_argument, sentence);
}

std::vector<std::byte> packed(std::span<const std::byte> code) {
  std::vector<std::byte> out(ZSTD_compressBound(code.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), code.data(), code.size(), compression_level);
  if (ZSTD_isError(size)) throw error(status::internal, "The code could not be compressed.");
  out.resize(size);
  return out;
}

bool is_possible(const std::array<std::uint32_t, 3> &block) {
  const auto zeros = std::count(block.begin(), block.end(), 0u);
  return zeros == 0 || zeros == 3;
}

bool is_possible(const bundle_parameter &parameter) {
  return parameter.kind <= HAL_ARGUMENT_SHARED && parameter.alignment != 0 &&
         (parameter.alignment & (parameter.alignment - 1)) == 0 && rt::is_printable(parameter.name);
}

void check(const bundle_kernel &kernel, std::size_t images) {
  const std::string fault = rt::fault_of_name(kernel.name);
  if (!fault.empty()) refuse("The name of a kernel " + fault + ".");
  if (!is_possible(kernel.required_block) || !is_possible(kernel.preferred_block))
    refuse(fmt::format("Kernel '{}' has a block with an extent of 0.", kernel.name));
  if (kernel.parameters) {
    for (const bundle_parameter &parameter : *kernel.parameters) {
      if (!is_possible(parameter)) {
        refuse(fmt::format("Kernel '{}' has a parameter '{}' of kind {} and alignment {}, which cannot be.",
                           kernel.name, parameter.name, parameter.kind, parameter.alignment));
      }
    }
  }
  if (kernel.variants.empty()) refuse(fmt::format("Kernel '{}' has no variant.", kernel.name));
  for (const bundle_variant &variant : kernel.variants) {
    if (variant.image >= images) {
      refuse(fmt::format("Kernel '{}' is said to be in image {}; there are {}.", kernel.name, variant.image,
                         images));
    }
    if (!variant.entry.empty() && !rt::fault_of_name(variant.entry).empty())
      refuse(fmt::format("Kernel '{}' has a variant whose name {}.", kernel.name,
                         rt::fault_of_name(variant.entry)));
  }
}

void check_distinct_images(const bundle_kernel &kernel) {
  std::vector<std::uint32_t> images;
  for (const bundle_variant &variant : kernel.variants) images.push_back(variant.image);
  std::sort(images.begin(), images.end());
  const auto twice = std::adjacent_find(images.begin(), images.end());
  if (twice == images.end()) return;
  refuse(fmt::format("Kernel '{}' has two variants in image {}.", kernel.name, *twice));
}

const halb::Extents *record_of(const std::array<std::uint32_t, 3> &block, halb::Extents &room) {
  if (block[0] == 0) return nullptr;
  room = halb::Extents(block[0], block[1], block[2]);
  return &room;
}

template <typename Value>
flatbuffers::Optional<Value> record_of(const std::optional<Value> &value) {
  return value ? flatbuffers::Optional<Value>(*value) : flatbuffers::nullopt;
}

flatbuffers::Offset<halb::Kernel> write(flatbuffers::FlatBufferBuilder &into, const bundle_kernel &kernel) {
  flatbuffers::Offset<halb::Parameters> parameters;
  if (kernel.parameters) {
    std::vector<flatbuffers::Offset<halb::Parameter>> all;
    for (const bundle_parameter &one : *kernel.parameters) {
      all.push_back(halb::CreateParameter(
          into, into.CreateString(one.name), static_cast<std::uint8_t>(one.kind), one.size, one.alignment,
          static_cast<std::uint8_t>(one.space), static_cast<std::uint8_t>(one.access)));
    }
    parameters = halb::CreateParameters(into, into.CreateVector(all));
  }
  std::vector<flatbuffers::Offset<halb::Variant>> variants;
  for (const bundle_variant &one : kernel.variants) {
    const auto entry = one.entry.empty() ? 0 : into.CreateString(one.entry);
    variants.push_back(halb::CreateVariant(
        into, one.image, entry, record_of(one.resources.registers_per_item),
        record_of(one.resources.static_shared_memory), record_of(one.resources.local_memory_per_item)));
  }
  const auto name = into.CreateString(kernel.name);
  const auto list = into.CreateVector(variants);
  halb::Extents required;
  halb::Extents preferred;
  return halb::CreateKernel(into, name, parameters, record_of(kernel.required_block, required),
                            record_of(kernel.preferred_block, preferred), list);
}

// Offsets are counted from the end of the description.
flatbuffers::Offset<halb::Image> write(flatbuffers::FlatBufferBuilder &into, const bundle_image &image,
                                       bool compressed, std::uint64_t offset) {
  std::vector<flatbuffers::Offset<halb::Requirement>> needs;
  for (const requirement &need : image.needs) needs.push_back(rt::write_requirement(into, need));
  const auto format = into.CreateString(image.format);
  const auto target = into.CreateString(image.target);
  const auto list = needs.empty() ? 0 : into.CreateVector(needs);
  return halb::CreateImage(into, format, target, list, offset, image.stored, image.size, compressed ? 1 : 0,
                           image.checksum);
}

}  // namespace

std::uint32_t bundle_builder::add_image(std::string format, std::string target, requirements needs,
                                        std::span<const std::byte> code, bundle_compression compression) {
  const std::string wrong = rt::fault_of_image_names(format, target);
  if (!wrong.empty()) refuse(fmt::format("The image of format '{}' cannot be added: {}.", format, wrong));
  // Reads back what it writes: a key that does not exist or a value of the wrong kind is refused here.
  for (const requirement &need : needs) static_cast<void>(parse_requirements(to_string(need)));
  const std::string fault = fault_of_code(format, target, code);
  if (!fault.empty()) {
    throw error(status::invalid_module, fmt::format("The code for {} cannot be added as {}: {}.",
                                                    target.empty() ? "any target" : target, format, fault));
  }
  stored_image image;
  image.facts = {std::move(format), std::move(target), std::move(needs), code.size(), 0, 0};
  if (compression == bundle_compression::zstd && code.size() <= layout::most_unpacked) {
    image.bytes = packed(code);
    image.compressed = image.bytes.size() < code.size();
  }
  if (!image.compressed) image.bytes.assign(code.begin(), code.end());
  image.facts.stored = image.bytes.size();
  image.facts.checksum = XXH3_64bits(image.bytes.data(), image.bytes.size());
  images_.push_back(std::move(image));
  return static_cast<std::uint32_t>(images_.size() - 1);
}

void bundle_builder::add_kernel(const bundle_kernel &kernel) {
  check(kernel, images_.size());
  const auto at =
      std::lower_bound(kernels_.begin(), kernels_.end(), kernel.name,
                       [](const bundle_kernel &known, const std::string &name) { return known.name < name; });
  if (at == kernels_.end() || at->name != kernel.name) {
    check_distinct_images(kernel);
    kernels_.insert(at, kernel);
    return;
  }
  if (at->parameters && kernel.parameters && at->parameters != kernel.parameters)
    refuse(fmt::format("Kernel '{}' has other parameters than before.", kernel.name));
  if (at->required_block != kernel.required_block)
    refuse(fmt::format("Kernel '{}' requires another block than before.", kernel.name));
  bundle_kernel both = *at;
  if (!both.parameters) both.parameters = kernel.parameters;
  if (both.preferred_block[0] == 0) both.preferred_block = kernel.preferred_block;
  both.variants.insert(both.variants.end(), kernel.variants.begin(), kernel.variants.end());
  check_distinct_images(both);
  *at = std::move(both);
}

void bundle_builder::add(const bundle &other) {
  std::vector<std::uint32_t> places;
  for (std::size_t index = 0; index < other.image_count(); ++index) {
    const bundle_image facts = other.image(index);
    const bundle_code code = other.code(index);
    places.push_back(
        add_image(facts.format, facts.target, facts.needs, code.bytes(),
                  facts.stored < facts.size ? bundle_compression::zstd : bundle_compression::none));
  }
  for (std::size_t index = 0; index < other.kernel_count(); ++index) {
    bundle_kernel kernel = other.kernel(index);
    for (bundle_variant &variant : kernel.variants) variant.image = places[variant.image];
    add_kernel(kernel);
  }
}

std::vector<std::byte> bundle_builder::bytes() const {
  if (kernels_.empty()) refuse("A bundle without a kernel would be of no use.");
  // Offsets are absolute and the description's size does not depend on them: it is built twice.
  std::uint64_t start = 0;
  flatbuffers::FlatBufferBuilder description;
  description.ForceDefaults(true);
  for (int round = 0; round < 2; ++round) {
    description.Clear();
    std::uint64_t offset = start;
    std::vector<flatbuffers::Offset<halb::Image>> images;
    for (const stored_image &image : images_) {
      images.push_back(hal::write(description, image.facts, image.compressed, offset));
      offset = layout::aligned(offset + image.bytes.size());
    }
    std::vector<flatbuffers::Offset<halb::Kernel>> kernels;
    for (const bundle_kernel &kernel : kernels_) kernels.push_back(hal::write(description, kernel));
    const auto image_list = description.CreateVector(images);
    const auto kernel_list = description.CreateVector(kernels);
    halb::FinishBundleBuffer(description, halb::CreateBundle(description, image_list, kernel_list));
    start = layout::aligned(sizeof(layout::header) + description.GetSize());
  }
  std::uint64_t end = sizeof(layout::header) + description.GetSize();
  if (description.GetSize() > layout::most_description) refuse("The bundle has too many kernels.");

  std::vector<std::byte> file(end);
  for (const stored_image &image : images_) {
    file.resize(layout::aligned(file.size()));
    file.insert(file.end(), image.bytes.begin(), image.bytes.end());
  }
  layout::header header{};
  std::memcpy(header.magic, layout::magic, sizeof header.magic);
  header.version_major = layout::version_major;
  header.version_minor = layout::version_minor;
  header.header_size = sizeof header;
  header.file_size = file.size();
  header.description_offset = sizeof header;
  header.description_size = description.GetSize();
  header.description_checksum = XXH3_64bits(description.GetBufferPointer(), description.GetSize());
  header.header_checksum = XXH3_64bits(&header, offsetof(layout::header, header_checksum));
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, description.GetBufferPointer(), description.GetSize());
  return file;
}

void bundle_builder::write(const std::filesystem::path &file) const {
  rt::write_whole_file(file, bytes());
}

}  // namespace hal
