// A fixture's device, opened as a program would.
#pragma once

#include <string_view>

#include "hal/device.hpp"
#include "tests/support/heap_plugin.hpp"
#include "tests/support/plugin_folder.hpp"

namespace hal::test {

// "heap_a:0": the runtime that opened it is gone when this returns.
device open_fixture(std::string_view selector);

}  // namespace hal::test
