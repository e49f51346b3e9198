// The bundle's view of a kernel: sizes, address spaces and blocks from the text for SPIR-V.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "hal/error.hpp"
#include "runtime/compile/ir_text.hpp"

namespace hal::rt {
namespace {

// Of the SPIR-V target.
constexpr int space_global = 1;
constexpr int space_constant = 2;
constexpr int space_local = 3;

std::uint64_t number_in(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint64_t power_of_two(std::uint64_t size) {
  std::uint64_t power = 1;
  while (power < size) power *= 2;
  return power;
}

constexpr std::uint64_t rounded(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

struct scalar {
  std::string_view name;
  std::uint64_t size;
};
constexpr scalar scalars[] = {{"i1", 1},   {"i8", 1},     {"i16", 2},   {"i32", 4},   {"i64", 8},
                              {"half", 2}, {"bfloat", 2}, {"float", 4}, {"double", 8}};

// "<4 x float>" and "[64 x i8]" from the inside.
struct sequence {
  std::uint64_t count;
  std::string_view element;
};
sequence sequence_in(std::string_view inside) {
  const std::size_t at = inside.find(" x ");
  return {number_in(inside), inside.substr(at + 3)};
}

int space_of(std::string_view type) {
  constexpr std::string_view before = "ptr addrspace(";
  return type.starts_with(before) ? static_cast<int>(number_in(type.substr(before.size()))) : 0;
}

std::uint64_t alignment_in(std::string_view attributes) {
  const std::size_t at = attributes.find("align ");
  return at == std::string_view::npos ? 1 : std::max<std::uint64_t>(number_in(attributes.substr(at + 6)), 1);
}

std::array<std::uint32_t, 3> block_from(const std::vector<std::string> &numbers) {
  std::array<std::uint32_t, 3> block{};
  for (std::size_t axis = 0; axis < block.size() && axis < numbers.size(); ++axis)
    block[axis] = static_cast<std::uint32_t>(number_in(numbers[axis]));
  return block;
}

bool has(const std::string &text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

ir_text::extent ir_text::extent_of(std::string_view type) const {
  for (const scalar &known : scalars) {
    if (type == known.name) return {known.size, known.size};
  }
  if (type.starts_with("ptr")) return {8, 8};
  if (type.starts_with("%")) {
    std::string_view body = definition_of(type);
    if (body.starts_with("type ")) return extent_of(body.substr(5));
  }
  const bool packed = type.starts_with("<{");
  if (type.starts_with("{") || packed) {
    extent whole;
    std::string_view inside = type.substr(packed ? 2 : 1, type.size() - (packed ? 4 : 2));
    for (const std::string_view member : split_list(inside)) {
      const extent part = extent_of(member);
      const std::uint64_t alignment = packed ? 1 : part.alignment;
      whole.size = rounded(whole.size, alignment) + part.size;
      whole.alignment = std::max(whole.alignment, alignment);
    }
    whole.size = rounded(whole.size, whole.alignment);
    return whole;
  }
  if (type.starts_with("[")) {
    const sequence all = sequence_in(type.substr(1, type.size() - 2));
    const extent one = extent_of(all.element);
    return {all.count * one.size, one.alignment};
  }
  if (type.starts_with("<")) {
    // OpenCL C aligns a vector to its size, and one of three to that of four.
    const sequence all = sequence_in(type.substr(1, type.size() - 2));
    const std::uint64_t size = power_of_two(all.count * extent_of(all.element).size);
    return {size, size};
  }
  throw error(status::unsupported, fmt::format("a value of type {} cannot be handed to a kernel", type));
}

std::vector<std::string> ir_text::metadata(const ir_kernel &kernel, std::string_view key) const {
  for (const std::string &reference : kernel.references) {
    const std::size_t at = reference.find(" !");
    if (at == std::string::npos || std::string_view(reference).substr(0, at) != key) continue;
    std::string_view list = definition_of(std::string_view(reference).substr(at + 1));
    if (list.size() < 3) return {};
    std::vector<std::string> values;
    for (std::string_view part : split_list(list.substr(2, list.size() - 3))) {
      if (part.starts_with("i32 ")) part.remove_prefix(4);
      if (part.starts_with("!\"")) part = part.substr(2, part.size() - 3);
      values.emplace_back(part);
    }
    return values;
  }
  return {};
}

bundle_kernel ir_text::describe(const ir_kernel &kernel) const {
  const std::vector<std::string> names = metadata(kernel, "kernel_arg_name");
  const std::vector<std::string> qualifiers = metadata(kernel, "kernel_arg_type_qual");
  bundle_kernel told;
  told.name = kernel.name;
  told.required_block = block_from(metadata(kernel, "reqd_work_group_size"));
  told.preferred_block = block_from(metadata(kernel, "work_group_size_hint"));
  told.parameters.emplace();
  for (std::size_t index = 0; index < kernel.parameters.size(); ++index) {
    const ir_parameter &from = kernel.parameters[index];
    bundle_parameter to;
    if (index < names.size()) to.name = names[index];
    const bool constant = index < qualifiers.size() && has(qualifiers[index], "const");
    const int space = space_of(from.type);
    if (from.type.starts_with("target(")) {
      throw error(status::unsupported,
                  fmt::format("Parameter '{}' of kernel '{}' is an image, a sampler or a "
                              "pipe; kernels take values, memory and shared memory.",
                              to.name, kernel.name));
    }
    if (space == space_local) {
      to.kind = HAL_ARGUMENT_SHARED;
      to.alignment = static_cast<std::uint32_t>(alignment_in(from.attributes));
      to.space = address_space::local;
      to.access = parameter_access::read_write;
    } else if (space == space_global || space == space_constant) {
      to.kind = HAL_ARGUMENT_MEMORY;
      to.size = to.alignment = 8;
      to.space = space == space_global ? address_space::global : address_space::constant;
      to.access = constant || space == space_constant ? parameter_access::read : parameter_access::read_write;
    } else {
      extent room = extent_of(from.by_value.empty() ? from.type : from.by_value);
      if (!from.by_value.empty()) {
        room.alignment = alignment_in(from.attributes);
        room.size = rounded(room.size, room.alignment);
      }
      to.size = static_cast<std::uint32_t>(room.size);
      to.alignment = static_cast<std::uint32_t>(room.alignment);
      to.space = address_space::private_;
      to.access = parameter_access::read;
    }
    told.parameters->push_back(std::move(to));
  }
  return told;
}

std::vector<ir_local> ir_text::locals() const {
  std::vector<ir_local> all;
  for (const std::string_view line : lines_) {
    if (!line.starts_with("@")) continue;
    constexpr std::string_view mark = " addrspace(3) global ";
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view type = split_list(line.substr(at + mark.size())).front();
    // The initial value follows the type; of shared memory it is one word.
    type = type.substr(0, type.rfind(' '));
    all.push_back({std::string(symbol_at(line, 0)), extent_of(type).size});
  }
  return all;
}

}  // namespace hal::rt
