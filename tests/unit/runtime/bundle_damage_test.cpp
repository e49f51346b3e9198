// Damaged bundles: every one is refused with a sentence, and none is followed into trouble.
#include <doctest/doctest.h>
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "bundle_generated.h"
#include "runtime/bundle/file_layout.hpp"
#include "tests/support/bundle_seal.hpp"
#include "tests/support/bundles.hpp"
#include "tests/support/thrown.hpp"

namespace {

namespace layout = hal::rt::bundle_file;
using bytes = std::vector<std::byte>;

using hal::test::header_of;
using hal::test::put_header;
using hal::test::seal;

// Opens it and looks at everything in it. Answers the sentence of the refusal; empty when nothing was
// refused.
std::string refusal_of(const bytes &file) {
  try {
    const hal::bundle opened = hal::bundle::from_memory(file);
    for (std::size_t index = 0; index < opened.image_count(); ++index) static_cast<void>(opened.image(index));
    for (std::size_t index = 0; index < opened.kernel_count(); ++index) {
      const hal::bundle_kernel kernel = opened.kernel(index);
      if (!opened.find(kernel.name)) return "a kernel is not found by its name";
    }
    opened.verify();
    return {};
  } catch (const hal::error &refused) {
    const bool known = refused.status() == hal::status::invalid_module ||
                       refused.status() == hal::status::incompatible_version;
    CHECK_MESSAGE(known, "refused with " << to_string(refused.status()) << ": " << refused.what());
    return refused.what();
  }
}

const bytes &sample() {
  static const bytes made = hal::test::sample_builder().bytes();
  return made;
}

}  // namespace

TEST_SUITE_BEGIN("runtime/bundle");

TEST_CASE("damage: the sample itself is sound") {
  CHECK(refusal_of(sample()) == "");
  bytes sealed = sample();
  seal(sealed);
  CHECK(sealed == sample());
}

TEST_CASE("damage: cut at every byte") {
  for (std::size_t size = 0; size < sample().size(); ++size) {
    const bytes cut(sample().begin(), sample().begin() + static_cast<std::ptrdiff_t>(size));
    if (refusal_of(cut).empty()) FAIL_CHECK("cut to " << size << " bytes and not refused");
  }
}

TEST_CASE("damage: a byte more") {
  bytes longer = sample();
  longer.push_back(std::byte{0});
  CHECK_NAMES(refusal_of(longer), "it should have");
}

TEST_CASE("damage: every byte changed, the checksums left alone") {
  bytes file = sample();
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const unsigned char mask : {0x01, 0x80, 0xff}) {
      file[at] ^= std::byte{mask};
      if (refusal_of(file).empty())
        FAIL_CHECK("byte " << at << " changed by " << static_cast<int>(mask) << ", not refused");
      file[at] ^= std::byte{mask};
    }
  }
}

TEST_CASE("damage: every byte of the description changed, the checksums made right") {
  // Many changes make another sound bundle; what matters is that every answer is an answer.
  const std::size_t end = sizeof(layout::header) + header_of(sample()).description_size;
  std::size_t refused = 0;
  std::size_t tried = 0;
  for (std::size_t at = sizeof(layout::header); at < end; ++at) {
    for (const unsigned char mask : {0x01, 0x40, 0x80, 0xff}) {
      bytes file = sample();
      file[at] ^= std::byte{mask};
      seal(file);
      refused += refusal_of(file).empty() ? 0 : 1;
      ++tried;
    }
  }
  MESSAGE(refused << " of " << tried << " changes were refused");
  CHECK(refused > tried / 3);
}

TEST_CASE("damage: random changes, the checksums made right") {
  std::mt19937 random(4711);
  const std::size_t end = sizeof(layout::header) + header_of(sample()).description_size;
  for (int round = 0; round < 3000; ++round) {
    bytes file = sample();
    const int changes = 1 + static_cast<int>(random() % 8);
    for (int change = 0; change < changes; ++change) {
      const std::size_t at = sizeof(layout::header) + random() % (end - sizeof(layout::header));
      file[at] = static_cast<std::byte>(random());
    }
    seal(file);
    static_cast<void>(refusal_of(file));
  }
}

TEST_CASE("damage: counts and offsets that are huge, none or lead back to themselves") {
  // A FlatBuffer is made of 32-bit counts and offsets: each word of it as each of these.
  const std::size_t end = sizeof(layout::header) + header_of(sample()).description_size;
  std::size_t refused = 0;
  std::size_t tried = 0;
  for (std::size_t at = sizeof(layout::header); at + 4 <= end; at += 4) {
    const auto here = static_cast<std::uint32_t>(at - sizeof(layout::header));
    for (const std::uint32_t word :
         {0u, 1u, 4u, 0x7fffffffu, 0x80000000u, 0xfffffffcu, 0xffffffffu, here, 0u - here}) {
      bytes file = sample();
      std::memcpy(file.data() + at, &word, sizeof word);
      seal(file);
      refused += refusal_of(file).empty() ? 0 : 1;
      ++tried;
    }
  }
  MESSAGE(refused << " of " << tried << " changes were refused");
  CHECK(refused > tried / 2);
}

TEST_CASE("damage: each field of the header") {
  const auto changed = [](const std::function<void(layout::header &)> &change, bool sealed = true) {
    bytes file = sample();
    layout::header header = header_of(file);
    change(header);
    put_header(file, header, sealed);
    return refusal_of(file);
  };
  using header = layout::header;
  CHECK_NAMES(changed([](header &h) { h.magic[0] = 'X'; }), "no bundle");
  CHECK_NAMES(changed([](header &h) { h.magic[5] = '\n'; }), "no bundle");
  CHECK_NAMES(changed([](header &h) { h.version_major = 2; }), "format version 2.0");
  CHECK(changed([](header &h) { h.version_minor = 7; }) == "");  // newer, and readable
  CHECK_NAMES(changed([](header &h) { h.header_size = 60; }), "other parts");
  CHECK_NAMES(changed([](header &h) { h.file_size += 1; }), "it should have");
  CHECK_NAMES(changed([](header &h) { h.description_offset = 0; }), "other parts");
  CHECK_NAMES(changed([](header &h) { h.description_offset = UINT64_MAX; }), "other parts");
  CHECK_NAMES(changed([](header &h) { h.description_size = UINT64_MAX; }), "does not fit");
  CHECK_NAMES(changed([](header &h) { h.description_size = 0; }), "checksum");
  CHECK_NAMES(changed([](header &h) { h.description_checksum ^= 1; }), "description's checksum");
  CHECK_NAMES(changed([](header &h) { h.reserved = 1; }), "other parts");
  CHECK_NAMES(changed([](header &h) { h.header_checksum ^= 1; }, false), "header's checksum");
}

TEST_CASE("damage: each field of an image") {
  using hal::halb::Image;
  const auto changed = [](flatbuffers::uoffset_t index, const auto &change) {
    bytes file = sample();
    auto *root = flatbuffers::GetMutableRoot<hal::halb::Bundle>(file.data() + sizeof(layout::header));
    auto *image = const_cast<Image *>(root->images()->Get(index));
    change(*reinterpret_cast<flatbuffers::Table *>(image));
    seal(file);
    return refusal_of(file);
  };
  const auto set = [](flatbuffers::voffset_t field, auto value) {
    return [field, value](flatbuffers::Table &table) {
      CHECK(table.SetField(field, value, static_cast<decltype(value)>(~value)));
    };
  };
  using u64 = std::uint64_t;
  for (const u64 offset : {u64{0}, u64{1}, u64{64}, sample().size() + 64, UINT64_MAX, UINT64_MAX - 63}) {
    CAPTURE(offset);
    CHECK_NAMES(changed(1, set(Image::VT_OFFSET, offset)), "not where it can be");
  }
  CHECK_NAMES(changed(0, set(Image::VT_STORED, u64{0})), "empty");
  CHECK_NAMES(changed(0, set(Image::VT_STORED, UINT64_MAX)), "stores");
  CHECK_NAMES(changed(0, set(Image::VT_SIZE, u64{0})), "empty");
  CHECK_NAMES(changed(0, set(Image::VT_SIZE, u64{255})), "stores");
  CHECK_NAMES(changed(2, set(Image::VT_SIZE, u64{4097})), "does not unpack to 4097");
  CHECK_NAMES(changed(2, set(Image::VT_SIZE, UINT64_MAX)), "is the most");
  CHECK_NAMES(changed(2, set(Image::VT_STORED, u64{1})), "before image 3 are not 0");
  CHECK_NAMES(changed(0, set(Image::VT_COMPRESSION, std::uint8_t{1})), "does not unpack to 256");
  CHECK_NAMES(changed(0, set(Image::VT_COMPRESSION, std::uint8_t{9})), "method 9");
  CHECK_NAMES(changed(2, set(Image::VT_COMPRESSION, std::uint8_t{0})), "stores");
  CHECK_NAMES(changed(3, set(Image::VT_CHECKSUM, u64{0})), "checksum of image 3");
}

TEST_CASE("damage: code of another format, with right checksums") {
  // Image 1 is PTX of the same length as this text.
  const auto ptx = hal::test::ptx_code();
  bytes file = sample();
  const auto *root = hal::halb::GetBundle(file.data() + sizeof(layout::header));
  auto *image = const_cast<hal::halb::Image *>(root->images()->Get(1));
  const std::size_t at = image->offset();
  std::memset(file.data() + at, 'x', ptx.size());
  CHECK(reinterpret_cast<flatbuffers::Table *>(image)->SetField<std::uint64_t>(
      hal::halb::Image::VT_CHECKSUM, XXH3_64bits(file.data() + at, ptx.size()), 0));
  seal(file);
  CHECK_NAMES(refusal_of(file), "image 1 should be ptx, but it is no PTX text");
}

TEST_CASE("damage: bytes between two images") {
  bytes file = sample();
  const auto *root = hal::halb::GetBundle(file.data() + sizeof(layout::header));
  file[root->images()->Get(2)->offset() - 1] = std::byte{1};
  CHECK_NAMES(refusal_of(file), "the bytes before image 2 are not 0");
}

TEST_CASE("damage: each field of kernels, parameters and variants") {
  using namespace hal::halb;
  const auto changed = [](const auto &change) {
    bytes file = sample();
    auto *root = flatbuffers::GetMutableRoot<Bundle>(file.data() + sizeof(layout::header));
    change(*const_cast<Kernel *>(root->kernels()->Get(0)), *const_cast<Kernel *>(root->kernels()->Get(2)));
    seal(file);
    return refusal_of(file);
  };
  const auto rename = [](const Kernel &kernel, char first) {
    const_cast<std::uint8_t *>(kernel.name()->Data())[0] = static_cast<std::uint8_t>(first);
  };
  CHECK_NAMES(changed([&](Kernel &axpy, Kernel &) { rename(axpy, 'z'); }), "out of order");
  CHECK_NAMES(changed([&](Kernel &axpy, Kernel &) { rename(axpy, '\n'); }), "control characters");
  CHECK_NAMES(changed([](Kernel &axpy, Kernel &) {
                std::memcpy(const_cast<std::uint8_t *>(axpy.name()->Data()), "fill", 4);
              }),
              "out of order");  // two of one name
  CHECK_NAMES(changed([&](Kernel &, Kernel &sum) { rename(sum, '\xff'); }), "no UTF-8");
  const auto table = [](const auto &of) {
    using plain = std::remove_cvref_t<decltype(of)>;
    return reinterpret_cast<flatbuffers::Table *>(const_cast<plain *>(&of));
  };
  const auto variant = [&](auto value) {
    return changed([&](Kernel &axpy, Kernel &) {
      table(*axpy.variants()->Get(1))->template SetField<std::uint32_t>(Variant::VT_IMAGE, value, ~value);
    });
  };
  CHECK_NAMES(variant(5u), "image 5 of 5");
  CHECK_NAMES(variant(0xffffffffu), "image 4294967295 of 5");
  CHECK_NAMES(variant(0u), "two variants in image 0");
  const auto parameter = [&](flatbuffers::voffset_t field, auto value) {
    return changed([&](Kernel &axpy, Kernel &) {
      table(*axpy.parameters()->all()->Get(0))->SetField(field, value, static_cast<decltype(value)>(~value));
    });
  };
  CHECK_NAMES(parameter(Parameter::VT_KIND, std::uint8_t{3}), "cannot be");
  CHECK_NAMES(parameter(Parameter::VT_SPACE, std::uint8_t{9}), "cannot be");
  CHECK_NAMES(parameter(Parameter::VT_ACCESS, std::uint8_t{4}), "cannot be");
  CHECK_NAMES(parameter(Parameter::VT_ALIGNMENT, 3u), "cannot be");
  CHECK_NAMES(parameter(Parameter::VT_ALIGNMENT, 0u), "cannot be");
  CHECK_NAMES(changed([](Kernel &, Kernel &sum) {
                auto *block = const_cast<Extents *>(sum.required_block());
                *block = Extents(block->x(), 0, block->z());
              }),
              "extent of 0");
}

TEST_SUITE_END();
