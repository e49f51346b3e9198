#include "runtime/compile/work_folder.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refused(const fs::path &file, const char *what) {
  throw error(status::unavailable, fmt::format("The file '{}' cannot be {}: {}.", file.string(), what,
                                               std::generic_category().message(errno)));
}

}  // namespace

work_folder::work_folder() {
  std::error_code code;
  fs::path base = fs::temp_directory_path(code);
  if (code) base = "/tmp";
  std::string name = (base / "hal-compile-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) refused(name, "made");
  path_ = name;
}

work_folder::~work_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void work_folder::write(const fs::path &name, std::string_view text) const {
  const fs::path file = path_ / name;
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) refused(file, "written");
}

std::vector<std::byte> work_folder::read(const fs::path &name) const {
  const fs::path file = path_ / name;
  std::ifstream in(file, std::ios::binary);
  if (!in) refused(file, "read");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto *from = reinterpret_cast<const std::byte *>(text.data());
  return {from, from + text.size()};
}

}  // namespace hal::rt
