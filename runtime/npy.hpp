// NumPy's .npy files: arrays of numbers with their shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/element.hpp"

namespace hal::rt {

// Elements in C order: the last extent runs fastest. No extents: one element.
struct array {
  element type = element::f32;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;
};

// "3x4"; "1" for one element without extents.
std::string shape_text(std::span<const std::uint64_t> shape);
// The elements of a shape times their size. Throws hal::error, invalid_argument, when that is 2^62 or more.
std::uint64_t byte_size_of(std::span<const std::uint64_t> shape, element type);

// Versions 1 to 3 of the format, little-endian, C order, and as whole as the shape says. Throws hal::error,
// invalid_argument with what was found, or what opening the file throws.
array read_npy(const std::filesystem::path &file);
// The same from memory; `name` is for messages.
array parse_npy(std::span<const std::byte> bytes, std::string_view name);

// As version 1. NumPy has no bf16: it is written as the u16 of its bits.
std::vector<std::byte> npy_bytes(const array &from);

}  // namespace hal::rt
