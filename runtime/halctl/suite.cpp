#include "runtime/halctl/suite.hpp"

#include <system_error>

#include "runtime/search_path.hpp"

namespace hal::ctl {
namespace fs = std::filesystem;

fs::path suite_file(std::string_view name) {
  const fs::path here = rt::library_folder();
  std::error_code ignored;
  for (const fs::path &folder :
       {here / ".." / "tests" / "conformance", here / "halctl", here / HAL_LIBEXEC_FROM_LIB}) {
    const fs::path file = folder / name;
    if (fs::exists(file, ignored)) return file.lexically_normal();
  }
  return {};
}

}  // namespace hal::ctl
