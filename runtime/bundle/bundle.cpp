#include "hal/bundle.hpp"

#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

#include "hal/error.hpp"
#include "runtime/bundle/content.hpp"
#include "runtime/bundle/file_mapping.hpp"
#include "runtime/bundle/program_section.hpp"
#include "runtime/bundle/requirement_record.hpp"

namespace hal {
namespace {

template <typename Value>
std::optional<Value> value_of(const flatbuffers::Optional<Value> &from) {
  return from ? std::optional<Value>(*from) : std::nullopt;
}

std::array<std::uint32_t, 3> extents_of(const halb::Extents *from) {
  if (from == nullptr) return {};
  return {from->x(), from->y(), from->z()};
}

std::string text_of(const flatbuffers::String *from) {
  return from == nullptr ? std::string() : from->str();
}

bundle_parameter parameter_of(const halb::Parameter &from) {
  return {text_of(from.name()),
          from.kind(),
          from.size(),
          from.alignment(),
          static_cast<address_space>(from.space()),
          static_cast<parameter_access>(from.access())};
}

bundle_variant variant_of(const halb::Variant &from) {
  return {from.image(),
          text_of(from.entry()),
          {value_of(from.registers_per_item()), value_of(from.static_shared_memory()),
           value_of(from.local_memory_per_item())}};
}

bundle_kernel kernel_of(const halb::Kernel &from) {
  bundle_kernel kernel;
  kernel.name = from.name()->str();
  if (from.parameters() != nullptr) {
    kernel.parameters.emplace();
    for (const halb::Parameter *parameter : *from.parameters()->all())
      kernel.parameters->push_back(parameter_of(*parameter));
  }
  kernel.required_block = extents_of(from.required_block());
  kernel.preferred_block = extents_of(from.preferred_block());
  for (const halb::Variant *variant : *from.variants()) kernel.variants.push_back(variant_of(*variant));
  return kernel;
}

void check_index(std::size_t index, std::size_t count, const char *what) {
  if (index < count) return;
  throw error(status::out_of_range, fmt::format("{} {} of {} was asked for.", what, index, count));
}

std::vector<std::byte> unpacked(std::span<const std::byte> stored, std::uint64_t size) {
  std::vector<std::byte> code(size);
  const std::size_t got = ZSTD_decompress(code.data(), code.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) || got != size) code.clear();
  return code;
}

}  // namespace

bundle bundle::open(const std::filesystem::path &file) {
  const auto mapping = std::make_shared<const rt::file_mapping>(file);
  return bundle(std::make_shared<const content>(mapping, mapping->bytes(), file.string()));
}

bundle bundle::from_memory(std::span<const std::byte> bytes) {
  return bundle(std::make_shared<const content>(nullptr, bytes, "in memory"));
}

bundle bundle::from_memory(std::vector<std::byte> &&bytes) {
  const auto kept = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return bundle(std::make_shared<const content>(kept, *kept, "in memory"));
}

bundle bundle::from_section(std::string_view name) {
  rt::program_section section = rt::find_program_section(name);
  const auto program = std::make_shared<const rt::file_mapping>(std::move(section.program));
  return bundle(std::make_shared<const content>(program, section.bytes, fmt::format("in section {}", name)));
}

const bundle::content &bundle::opened() const {
  if (content_ == nullptr) throw error(status::invalid_handle, "No bundle is opened.");
  return *content_;
}

std::size_t bundle::image_count() const noexcept {
  return content_ == nullptr ? 0 : content_->images().size();
}

bundle_image bundle::image(std::size_t index) const {
  check_index(index, opened().images().size(), "Image");
  const halb::Image &from = *content_->images()[static_cast<flatbuffers::uoffset_t>(index)];
  bundle_image image{from.format()->str(), from.target()->str(), {},
                     from.size(),          from.stored(),        from.checksum()};
  if (from.needs() != nullptr) {
    for (const halb::Requirement *need : *from.needs()) image.needs.push_back(rt::read_requirement(*need));
  }
  return image;
}

bundle_code bundle::code(std::size_t image) const {
  check_index(image, opened().images().size(), "Image");
  const halb::Image &from = *content_->images()[static_cast<flatbuffers::uoffset_t>(image)];
  const std::span<const std::byte> stored = content_->stored(from);
  if (XXH3_64bits(stored.data(), stored.size()) != from.checksum())
    content_->damaged(fmt::format("the checksum of image {} is wrong", image));
  bundle_code code;
  if (from.compression() == 0) {
    code = bundle_code(stored);
  } else {
    // What the frame says of itself is compared before memory is taken for it.
    if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != from.size())
      content_->damaged(fmt::format("image {} does not unpack to {} bytes", image, from.size()));
    code = bundle_code(unpacked(stored, from.size()));
    if (code.bytes().empty()) content_->damaged(fmt::format("image {} cannot be unpacked", image));
  }
  const std::string fault =
      fault_of_code(from.format()->string_view(), from.target()->string_view(), code.bytes());
  if (!fault.empty())
    content_->damaged(fmt::format("image {} should be {}, but {}", image, from.format()->str(), fault));
  return code;
}

std::size_t bundle::kernel_count() const noexcept {
  return content_ == nullptr ? 0 : content_->kernels().size();
}

bundle_kernel bundle::kernel(std::size_t index) const {
  check_index(index, opened().kernels().size(), "Kernel");
  return kernel_of(*content_->kernels()[static_cast<flatbuffers::uoffset_t>(index)]);
}

std::optional<bundle_kernel> bundle::find(std::string_view name) const {
  const auto &kernels = opened().kernels();
  flatbuffers::uoffset_t first = 0;
  flatbuffers::uoffset_t last = kernels.size();
  while (first < last) {
    const flatbuffers::uoffset_t middle = first + (last - first) / 2;
    const std::string_view here(kernels[middle]->name()->data(), kernels[middle]->name()->size());
    if (here == name) return kernel_of(*kernels[middle]);
    if (here < name)
      first = middle + 1;
    else
      last = middle;
  }
  return std::nullopt;
}

std::vector<std::string> bundle::kernel_names() const {
  std::vector<std::string> names;
  for (const halb::Kernel *kernel : opened().kernels()) names.push_back(kernel->name()->str());
  return names;
}

void bundle::verify() const {
  for (std::size_t index = 0; index < opened().images().size(); ++index) static_cast<void>(code(index));
}

}  // namespace hal
