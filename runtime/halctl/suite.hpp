// Where the conformance suite and its kernels are.
#pragma once

#include <filesystem>
#include <string_view>

namespace hal::ctl {

// A file of the suite, in the build tree or as installed; empty when it is not there.
std::filesystem::path suite_file(std::string_view name);

}  // namespace hal::ctl
