#include "tests/support/fixture_device.hpp"

namespace hal::test {

device open_fixture(std::string_view selector) {
  const plugin_folder folder;
  folder.add(selector.substr(0, selector.find(':')));
  runtime from(folder.options());
  return from.open(selector);
}

}  // namespace hal::test
