#include "runtime/bundle/content.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "hal/error.hpp"
#include "runtime/bundle/file_layout.hpp"
#include "runtime/bundle/names.hpp"
#include "runtime/bundle/requirement_record.hpp"

namespace hal {
namespace layout = rt::bundle_file;
namespace {

bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte one) { return one == std::byte{0}; });
}

bool is_power_of_two(std::uint32_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

std::string_view view(const flatbuffers::String *text) {
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

bool is_partly_zero(const halb::Extents *block) {
  if (block == nullptr) return false;
  const bool all = block->x() == 0 && block->y() == 0 && block->z() == 0;
  return !all && (block->x() == 0 || block->y() == 0 || block->z() == 0);
}

}  // namespace

bundle::content::content(std::shared_ptr<const void> keeper, std::span<const std::byte> bytes,
                         std::string name)
    : keeper_(std::move(keeper)), bytes_(bytes), name_(std::move(name)) {
  check_header();
  check_description();
  check_images();
  check_kernels();
}

void bundle::content::damaged(const std::string &what) const {
  throw error(status::invalid_module, fmt::format("The bundle '{}' is damaged: {}.", name_, what));
}

void bundle::content::check_header() {
  layout::header header;
  if (bytes_.size() >= sizeof layout::magic &&
      std::memcmp(bytes_.data(), layout::magic, sizeof layout::magic) != 0) {
    throw error(status::invalid_module,
                fmt::format("'{}' is no bundle: it does not begin with a bundle's mark.", name_));
  }
  if (bytes_.size() < sizeof header) {
    damaged(fmt::format("it has {} bytes, and a bundle's header {}", bytes_.size(), sizeof header));
  }
  std::memcpy(&header, bytes_.data(), sizeof header);
  if (XXH3_64bits(&header, offsetof(layout::header, header_checksum)) != header.header_checksum) {
    damaged("the header's checksum is wrong");
  }
  if (header.version_major != layout::version_major) {
    throw error(status::incompatible_version,
                fmt::format("The bundle '{}' has format version {}.{}; this library reads version {}.", name_,
                            header.version_major, header.version_minor, layout::version_major));
  }
  if (header.header_size != sizeof header || header.reserved != 0 ||
      header.description_offset != sizeof header) {
    damaged("its header has other parts than this version's");
  }
  if (header.file_size != bytes_.size()) {
    damaged(fmt::format("it should have {} bytes and has {}", header.file_size, bytes_.size()));
  }
  if (header.description_size > layout::most_description ||
      header.description_size > bytes_.size() - sizeof header) {
    damaged(fmt::format("its description of {} bytes does not fit", header.description_size));
  }
  description_ = bytes_.subspan(sizeof header, header.description_size);
  if (XXH3_64bits(description_.data(), description_.size()) != header.description_checksum) {
    damaged("the description's checksum is wrong");
  }
}

void bundle::content::check_description() {
  // FlatBuffers counts alignment from the buffer's start, which therefore must be aligned itself.
  const std::byte *data = description_.data();
  if (reinterpret_cast<std::uintptr_t>(data) % sizeof(std::uint64_t) != 0) {
    aligned_copy_.resize(description_.size() / sizeof(std::uint64_t) + 1);
    std::memcpy(aligned_copy_.data(), data, description_.size());
    data = reinterpret_cast<const std::byte *>(aligned_copy_.data());
  }
  const auto *begin = reinterpret_cast<const std::uint8_t *>(data);
  flatbuffers::Verifier verifier(begin, description_.size());
  if (!halb::VerifyBundleBuffer(verifier)) damaged("its description is no sound FlatBuffer");
  root_ = halb::GetBundle(begin);
}

void bundle::content::check_images() const {
  std::uint64_t end = sizeof(layout::header) + description_.size();
  for (flatbuffers::uoffset_t index = 0; index < images().size(); ++index) {
    const halb::Image &image = *images()[index];
    check_image(index, image);
    if (image.offset() != layout::aligned(end) || image.offset() > bytes_.size() ||
        image.stored() > bytes_.size() - image.offset()) {
      damaged(fmt::format("image {} takes {} bytes at {}, which is not where it can be", index,
                          image.stored(), image.offset()));
    }
    if (!is_zero(bytes_.subspan(end, image.offset() - end))) {
      damaged(fmt::format("the bytes before image {} are not 0", index));
    }
    end = image.offset() + image.stored();
  }
  if (end != bytes_.size()) damaged(fmt::format("{} bytes follow the last image", bytes_.size() - end));
}

void bundle::content::check_image(std::size_t index, const halb::Image &image) const {
  const std::string fault = rt::fault_of_image_names(view(image.format()), view(image.target()));
  if (!fault.empty()) damaged(fmt::format("image {}: {}", index, fault));
  if (image.size() == 0 || image.stored() == 0) damaged(fmt::format("image {} is empty", index));
  if (image.compression() > 1) {
    damaged(fmt::format("image {} is compressed by method {}; 1, zstd, is the only one", index,
                        image.compression()));
  }
  if (image.compression() == 0 && image.size() != image.stored()) {
    damaged(fmt::format("image {} has {} bytes and stores {}", index, image.size(), image.stored()));
  }
  if (image.compression() != 0 && image.size() > layout::most_unpacked) {
    damaged(fmt::format("image {} unpacks to {} bytes; {} is the most", index, image.size(),
                        layout::most_unpacked));
  }
  if (image.needs() == nullptr) return;
  for (const halb::Requirement *need : *image.needs()) {
    const std::string wrong = rt::fault_of(*need);
    if (!wrong.empty()) damaged(fmt::format("image {}: {}", index, wrong));
  }
}

void bundle::content::check_kernels() const {
  std::string_view before;
  for (const halb::Kernel *kernel : kernels()) {
    const std::string_view name = view(kernel->name());
    const std::string fault = rt::fault_of_name(name);
    if (!fault.empty()) damaged("the name of a kernel " + fault);
    if (name <= before) {
      damaged(fmt::format("kernel '{}' is named twice or out of order", name));
    }
    before = name;
    check_kernel(*kernel);
  }
}

void bundle::content::check_kernel(const halb::Kernel &kernel) const {
  const std::string_view name = view(kernel.name());
  if (is_partly_zero(kernel.required_block()) || is_partly_zero(kernel.preferred_block())) {
    damaged(fmt::format("kernel '{}' has a block with an extent of 0", name));
  }
  if (kernel.parameters() != nullptr) {
    for (const halb::Parameter *parameter : *kernel.parameters()->all()) {
      if (parameter->kind() > HAL_ARGUMENT_SHARED || !is_power_of_two(parameter->alignment()) ||
          parameter->space() > static_cast<unsigned>(address_space::private_) ||
          parameter->access() > static_cast<unsigned>(parameter_access::read_write) ||
          !rt::is_printable(view(parameter->name()))) {
        damaged(fmt::format("kernel '{}' has a parameter that cannot be", name));
      }
    }
  }
  if (kernel.variants()->size() == 0) damaged(fmt::format("kernel '{}' has no variant", name));
  std::vector<bool> seen(images().size());
  for (const halb::Variant *variant : *kernel.variants()) {
    if (variant->image() >= images().size()) {
      damaged(fmt::format("kernel '{}' is said to be in image {} of {}", name, variant->image(),
                          images().size()));
    }
    if (seen[variant->image()]) {
      damaged(fmt::format("kernel '{}' has two variants in image {}", name, variant->image()));
    }
    seen[variant->image()] = true;
    if (variant->entry() != nullptr && !rt::fault_of_name(view(variant->entry())).empty()) {
      damaged(fmt::format("kernel '{}' has a variant whose name {}", name,
                          rt::fault_of_name(view(variant->entry()))));
    }
  }
}

}  // namespace hal
