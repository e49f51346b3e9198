// Element types of arrays: their names, and numbers as their bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hal::rt {

enum class element : std::uint8_t { i8, u8, i16, u16, i32, u32, i64, u64, f16, bf16, f32, f64 };

// "f32"; what to_string writes is what parse_element reads.
std::string_view to_string(element type) noexcept;
std::optional<element> parse_element(std::string_view text) noexcept;
// All names, for messages: "i8, u8, ...".
std::string element_names();

std::size_t size_of(element type) noexcept;  // bytes
bool is_real(element type) noexcept;

// Writes the number that `text` is ("5", "-3", "0x1f", "2.5e-3", "inf", "nan") in size_of(type) bytes. Reals
// are rounded to the nearest. Throws hal::error, invalid_argument, that names the text, when it is no number
// or does not fit.
void put_number(element type, std::string_view text, std::byte *to);
// The same with a number at hand: of a real type, of which it may be too large a one (then it is infinite);
// of any type by its low bits.
void put_real(element type, double value, std::byte *to) noexcept;
void put_integer(element type, std::uint64_t value, std::byte *to) noexcept;

// The number as a real; 64-bit integers beyond 2^53 lose their low bits.
double real_of(element type, const std::byte *from) noexcept;
// As people read it, exact.
std::string number_text(element type, const std::byte *from);

}  // namespace hal::rt
