#include <hal/plugin/checks.hpp>
#include <hal/plugin/entry.hpp>
#include <hal/plugin/handles.hpp>

static_assert(HAL_ABI_MAJOR >= 1);
