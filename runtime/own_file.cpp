#include "runtime/own_file.hpp"

#include <system_error>

#include "runtime/search_path.hpp"

namespace hal::rt {
namespace fs = std::filesystem;

fs::path own_file(const fs::path &folder, const fs::path &name) {
  const fs::path here = library_folder();
  if (here.empty()) return {};
  const fs::path built = here.parent_path() / folder / name;
  std::error_code ignored;
  return here.filename() == "runtime" && fs::exists(built, ignored) ? built : here / "hal" / name;
}

}  // namespace hal::rt
