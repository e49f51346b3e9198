#include "runtime/bundle/code_resources.hpp"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace hal::rt {
namespace {

using bytes = std::span<const std::byte>;

template <typename Record>
std::optional<Record> read(bytes from, std::uint64_t at) {
  if (at > from.size() || from.size() - at < sizeof(Record)) return std::nullopt;
  Record found;
  std::memcpy(&found, from.data() + at, sizeof found);
  return found;
}

bytes part(bytes from, std::uint64_t at, std::uint64_t size) {
  if (at > from.size() || size > from.size() - at) return {};
  return from.subspan(at, size);
}

// NT_AMDGPU_METADATA among the notes of a segment (LLVM, "User Guide for AMDGPU Backend", Code Object).
bytes find_metadata(bytes notes) {
  constexpr std::uint32_t metadata = 32;
  constexpr std::string_view owner("AMDGPU", sizeof "AMDGPU");
  const auto padded = [](std::uint64_t size) { return (size + 3) / 4 * 4; };
  while (const auto note = read<Elf64_Nhdr>(notes, 0)) {
    const std::uint64_t text_at = sizeof *note + padded(note->n_namesz);
    const bytes name = part(notes, sizeof *note, note->n_namesz);
    const bytes text = part(notes, text_at, note->n_descsz);
    if (note->n_type == metadata && name.size() == owner.size() &&
        std::memcmp(name.data(), owner.data(), owner.size()) == 0)
      return text;
    notes = notes.subspan(std::min<std::uint64_t>(text_at + padded(note->n_descsz), notes.size()));
  }
  return {};
}

bytes metadata_of(bytes code) {
  const auto header = read<Elf64_Ehdr>(code, 0);
  constexpr std::uint16_t amdgpu = 224;
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != amdgpu) return {};
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = read<Elf64_Phdr>(code, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return {};
    if (segment->p_type != PT_NOTE) continue;
    if (const bytes found = find_metadata(part(code, segment->p_offset, segment->p_filesz)); !found.empty())
      return found;
  }
  return {};
}

// The maps below "amdhsa.kernels", without building a tree: what is deep is given up, not followed.
class metadata_reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  kernel_resources take() { return std::move(found_); }

  bool start_object(std::size_t) override { return ++depth_ <= deepest; }
  bool end_object() override {
    if (is_kernel() && !name_.empty()) found_[std::exchange(name_, {})] = std::exchange(now_, {});
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return ++depth_ <= deepest; }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(std::string &text) override {
    if (depth_ == 1) section_ = text;
    if (is_kernel()) key_ = text;
    return true;
  }
  bool string(std::string &text) override {
    if (is_kernel() && key_ == ".name") name_ = text;
    return true;
  }
  bool number_unsigned(std::uint64_t number) override {
    if (!is_kernel()) return true;
    // Where vector and accumulation registers are one file, the first counts both.
    if (key_ == ".vgpr_count") now_.registers_per_item = static_cast<std::uint32_t>(number);
    if (key_ == ".group_segment_fixed_size") now_.static_shared_memory = number;
    if (key_ == ".private_segment_fixed_size") now_.local_memory_per_item = number;
    return true;
  }
  bool number_integer(std::int64_t number) override {
    return number < 0 || number_unsigned(static_cast<std::uint64_t>(number));
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_float(double, const std::string &) override { return true; }
  bool binary(nlohmann::json::binary_t &) override { return true; }
  bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override {
    return false;
  }

 private:
  static constexpr int deepest = 16;
  // In a map of the array of kernels, not in one of its parts.
  bool is_kernel() const { return depth_ == 3 && section_ == "amdhsa.kernels"; }

  int depth_ = 0;
  std::string section_, key_, name_;
  bundle_resources now_;
  kernel_resources found_;
};

}  // namespace

kernel_resources resources_of(std::string_view format, std::span<const std::byte> code) {
  if (format != "hsaco") return {};
  const bytes metadata = metadata_of(code);
  const auto *begin = reinterpret_cast<const std::uint8_t *>(metadata.data());
  metadata_reader reader;
  const bool whole = !metadata.empty() && nlohmann::json::sax_parse(begin, begin + metadata.size(), &reader,
                                                                    nlohmann::json::input_format_t::msgpack);
  return whole ? reader.take() : kernel_resources();
}

}  // namespace hal::rt
