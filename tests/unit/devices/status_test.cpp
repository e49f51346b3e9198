#include "hal/status.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

namespace {

using hal::status;

constexpr std::pair<status, std::string_view> all[] = {
    {status::ok, "ok"},
    {status::not_ready, "not_ready"},
    {status::timed_out, "timed_out"},
    {status::unsupported, "unsupported"},
    {status::unavailable, "unavailable"},
    {status::invalid_argument, "invalid_argument"},
    {status::invalid_handle, "invalid_handle"},
    {status::out_of_range, "out_of_range"},
    {status::invalid_state, "invalid_state"},
    {status::busy, "busy"},
    {status::not_found, "not_found"},
    {status::permission_denied, "permission_denied"},
    {status::out_of_host_memory, "out_of_host_memory"},
    {status::out_of_device_memory, "out_of_device_memory"},
    {status::resource_exhausted, "resource_exhausted"},
    {status::invalid_module, "invalid_module"},
    {status::incompatible_target, "incompatible_target"},
    {status::compilation_failed, "compilation_failed"},
    {status::launch_failed, "launch_failed"},
    {status::device_lost, "device_lost"},
    {status::incompatible_version, "incompatible_version"},
    {status::internal, "internal"},
    {status::unknown, "unknown"},
};

TEST_CASE("status: every code has its own name") {
  std::set<std::string_view> names;
  for (const auto &[value, name] : all) {
    CHECK(to_string(value) == name);
    CHECK(names.insert(to_string(value)).second);
  }
}

TEST_CASE("status: a number that nobody knows is unknown") {
  // Everything that is named is in the list above.
  std::set<int> known;
  for (const auto &[value, name] : all) known.insert(static_cast<int>(value));
  for (int number = -2; number < 200; ++number) {
    if (!known.contains(number)) CHECK(to_string(static_cast<status>(number)) == "unknown");
  }
}

}  // namespace
