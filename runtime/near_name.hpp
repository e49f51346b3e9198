// What a name that does not exist was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hal::rt {

// The one that `given` was probably meant to be; empty when none is close.
std::string nearest(std::string_view given, std::span<const std::string> names);

}  // namespace hal::rt
