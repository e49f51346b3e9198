// What a call of the stand-in for libOpenCL.so.1 does: what was planned for it, or what the real library
// does, and counts what was made and given back.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "plugins/opencl/api.hpp"

#define SIM_EXPORT extern "C" __attribute__((visibility("default")))

namespace sim {

namespace driver = hal::plugins::opencl::driver;

// The real library's entries. A machine without one ends the process: the test is not for it.
const driver::entries &real();
// One of the real library's entries that the plugin does not call itself; NULL when it has none.
void *real_entry(const char *symbol);

// Counts a call and waits as planned; the planned code, or 0.
int planned(const char *symbol);

// References that the caller holds.
void add_made(std::int64_t references);

template <typename Returned, typename... Arguments>
Returned failed(int code, Arguments... arguments) {
  if constexpr (std::is_same_v<Returned, driver::result>) {
    return static_cast<driver::result>(code);
  } else if constexpr (!std::is_void_v<Returned>) {
    const auto last = std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...));
    if constexpr (std::is_same_v<std::remove_const_t<decltype(last)>, driver::result *>) {
      if (last != nullptr) *last = static_cast<driver::result>(code);
    }
    return nullptr;
  }
}

// Of a call that succeeded.
template <typename... Arguments>
std::int64_t references_of(std::string_view symbol, Arguments... arguments) {
  if (symbol.starts_with("clCreate") || symbol.starts_with("clRetain") || symbol == "clSVMAlloc") return 1;
  if (symbol.starts_with("clRelease") || symbol == "clSVMFree") return -1;
  if constexpr (sizeof...(Arguments) > 1) {
    if (symbol.starts_with("clEnqueue")) {
      const auto all = std::tuple(arguments...);
      constexpr std::size_t place = sizeof...(Arguments) - 1;
      using last = std::tuple_element_t<place, std::tuple<Arguments...>>;
      using before = std::tuple_element_t<place - 1, std::tuple<Arguments...>>;
      if constexpr (std::is_same_v<last, driver::event *>) return std::get<place>(all) != nullptr ? 1 : 0;
      if constexpr (std::is_same_v<before, driver::event *>)
        return std::get<place - 1>(all) != nullptr ? 1 : 0;
    }
  }
  return 0;
}

template <auto Member, typename... Arguments>
auto call(const char *symbol, Arguments... arguments) {
  using returned = decltype((real().*Member)(arguments...));
  if (const int code = planned(symbol)) return failed<returned>(code, arguments...);
  if constexpr (std::is_void_v<returned>) {
    add_made(references_of(symbol, arguments...));
    (real().*Member)(arguments...);
  } else {
    const returned answer = (real().*Member)(arguments...);
    bool good = true;
    if constexpr (std::is_same_v<returned, driver::result>)
      good = answer == driver::CL_SUCCESS;
    else
      good = answer != nullptr;
    if (good) add_made(references_of(symbol, arguments...));
    return answer;
  }
}

}  // namespace sim
