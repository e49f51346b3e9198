// An opened bundle's bytes, checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle_generated.h"
#include "hal/bundle.hpp"

namespace hal {

class bundle::content {
 public:
  // Throws invalid_module. `keeper` is what the bytes live by, nothing when the caller keeps them. `name` is
  // for messages.
  content(std::shared_ptr<const void> keeper, std::span<const std::byte> bytes, std::string name);
  content(const content &) = delete;
  content &operator=(const content &) = delete;

  const flatbuffers::Vector<flatbuffers::Offset<halb::Image>> &images() const { return *root_->images(); }
  const flatbuffers::Vector<flatbuffers::Offset<halb::Kernel>> &kernels() const { return *root_->kernels(); }
  std::span<const std::byte> stored(const halb::Image &image) const {
    return bytes_.subspan(image.offset(), image.stored());
  }

  // "The bundle 'saxpy.halb' is damaged: <what>."
  [[noreturn]] void damaged(const std::string &what) const;

 private:
  void check_header();
  void check_description();
  void check_images() const;
  void check_image(std::size_t index, const halb::Image &image) const;
  void check_kernels() const;
  void check_kernel(const halb::Kernel &kernel) const;

  std::shared_ptr<const void> keeper_;
  std::span<const std::byte> bytes_;
  std::string name_;
  std::span<const std::byte> description_;
  std::vector<std::uint64_t> aligned_copy_;  // of the description, when the bytes lie askew in memory
  const halb::Bundle *root_ = nullptr;
};

}  // namespace hal
