#include "tests/support/heap_plugin.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include "tests/support/plugin_folder.hpp"

namespace hal::test {

heap_facts_record &heap_facts(std::string_view fixture) {
  void *const object = ::dlopen(fixture_library(fixture).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  REQUIRE((object != nullptr));
  const auto facts = reinterpret_cast<heap_facts_function>(::dlsym(object, "heap_facts"));
  ::dlclose(object);
  REQUIRE((facts != nullptr));
  return *facts();
}

}  // namespace hal::test
