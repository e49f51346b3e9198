// Where the conformance suite and the kernels for tests are.
#pragma once

#include <filesystem>
#include <string_view>

namespace hal::ctl {

// One of those files, in the build tree or as installed; empty when it is not there.
std::filesystem::path suite_file(std::string_view name);

}  // namespace hal::ctl
