// The suite's kernels as PTX text.
#pragma once

#include <string_view>

namespace conformance {

extern const std::string_view ptx_kernels;

}  // namespace conformance
