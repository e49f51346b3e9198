// The fixtures heap_a and heap_b (tests/fixtures/plugins/heap.c) from the inside.
#pragma once

#include <string_view>

#include "tests/fixtures/plugins/heap.h"

namespace hal::test {

// The counters of a fixture that some runtime has loaded, or loads it.
heap_facts_record &heap_facts(std::string_view fixture);

}  // namespace hal::test
