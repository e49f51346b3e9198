// Which names a bundle may hold.
#pragma once

#include <string>
#include <string_view>

namespace hal::rt {

// UTF-8 without control characters.
bool is_printable(std::string_view text);

// "is empty", "has 2000 bytes; 1024 are the most" ..., to follow a subject; empty: it may be used.
std::string fault_of_name(std::string_view name);

// A full clause about the first of both that cannot be; empty: both can.
std::string fault_of_image_names(std::string_view format, std::string_view target);

}  // namespace hal::rt
