// What compilers wrote into their code of the resources that each kernel takes.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "hal/bundle.hpp"

namespace hal::rt {

using kernel_resources = std::map<std::string, bundle_resources, std::less<>>;

// By the kernel's name in the code. "hsaco" tells them; for other formats, and for code that cannot be read:
// nothing. The bytes need not be sound.
kernel_resources resources_of(std::string_view format, std::span<const std::byte> code);

}  // namespace hal::rt
