#include "runtime/shared_object.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <string>
#include <string_view>

#include "hal/error.hpp"
#include "runtime/object_file.hpp"

namespace hal::rt {
namespace {

// The dynamic linker's own words; Boost.DLL wraps them into its own and adds an errno that means nothing.
std::string_view linker_text(std::string_view wrapped) {
  constexpr std::string_view begin = "(dlerror system message: ";
  const std::size_t first = wrapped.find(begin);
  const std::size_t last = wrapped.rfind(')');
  if (first == std::string_view::npos || last < first) return wrapped;
  return wrapped.substr(first + begin.size(), last - first - begin.size());
}

}  // namespace

struct shared_object::library {
  boost::dll::shared_library object;
};

shared_object::shared_object(const std::filesystem::path &file) : library_(std::make_unique<library>()) {
  using boost::dll::load_mode::type;
  check_object_file(file);
  constexpr auto mode = static_cast<type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  try {
    // The overloads with an error_code lose the dynamic linker's text.
    library_->object.load(file, mode);
  } catch (const std::exception &refused) {
    throw error(status::unavailable,
                fmt::format("{} cannot be loaded: {}.", file.string(), linker_text(refused.what())));
  }
}

shared_object::shared_object(shared_object &&) noexcept = default;
shared_object &shared_object::operator=(shared_object &&) noexcept = default;
shared_object::~shared_object() = default;

void *shared_object::symbol(const char *name) const noexcept {
  return ::dlsym(library_->object.native(), name);
}

}  // namespace hal::rt
