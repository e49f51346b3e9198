// What a name that does not exist was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hal::rt {

// The one that `given` was probably meant to be; empty when none is close.
std::string nearest(std::string_view given, std::span<const std::string> names);

// "The bundle holds no kernel 'axpi' (is 'axpy' meant?)."
std::string no_kernel(std::string_view given, std::span<const std::string> kernels);

}  // namespace hal::rt
