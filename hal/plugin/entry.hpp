// The entry adapter: makes table entries of ordinary C++ functions, and the exported query of a plugin type.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {
namespace detail {

template <auto Function>
struct adapter;

template <typename Result, typename... Arguments, Result (*Function)(Arguments...)>
struct adapter<Function> {
  static_assert(std::is_void_v<Result> || std::is_same_v<Result, hal_status>,
                "an entry returns nothing (and throws when it fails) or a hal_status");

  static hal_status call(Arguments... arguments, hal_error *error) noexcept {
    try {
      if constexpr (std::is_void_v<Result>) {
        Function(arguments...);
        return HAL_STATUS_OK;
      } else {
        return Function(arguments...);
      }
    } catch (...) {
      return fill_error_from_exception(error);
    }
  }
};

}  // namespace detail

// A table entry made of `void function(arguments...)` or `hal_status function(arguments...)`: the same
// parameters without the hal_error. Exceptions become a status and a message. A status that is returned
// instead of thrown carries no message, which only HAL_STATUS_OK and HAL_STATUS_NOT_READY may do.
//   .memory_free = entry<&memory_free>,
template <auto Function>
inline constexpr auto entry = &detail::adapter<Function>::call;

// A plugin is a type with static members:
//   constexpr char name[], version[]
//   std::uint32_t probe(const hal_host &)
//   void describe(std::uint32_t index, hal_device_description &out)      out is zeroed, struct_size set
//   hal_device *open(const hal_host &, std::uint32_t index, const hal_open_options &)
//   const hal_device_table device_table
// and, if it has them:
//   std::vector<hal_property> properties(std::uint32_t index)
//   void metrics(std::uint32_t index, hal_metrics &out)                  out is zeroed, struct_size set
// Each throws `failure` when it cannot. The kit checks pointers and sizes, so these see complete records
// only.
namespace detail {

inline const hal_host &checked_host(const hal_host *host) {
  if (host == nullptr || host->struct_size < sizeof(hal_host) || host->log == nullptr) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host record is NULL, too short, or has no log function.");
  }
  return *host;
}

template <typename Plugin>
void probe(const hal_host *host, std::uint32_t *out_count) {
  output(out_count, "out_count") = Plugin::probe(checked_host(host));
}

template <typename Plugin>
void describe(std::uint32_t index, hal_device_description *out) {
  hal_device_description full{};
  full.struct_size = sizeof full;
  Plugin::describe(index, full);
  write_record(out, full, "The description");
}

template <typename Plugin>
void properties(std::uint32_t index, hal_property *out, std::uint32_t room, std::uint32_t *out_count) {
  std::uint32_t &count = output(out_count, "out_count");
  if (out == nullptr && room != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The property array is NULL, but has room for " + std::to_string(room) + " properties.");
  }
  const std::vector<hal_property> all = Plugin::properties(index);
  count = static_cast<std::uint32_t>(all.size());
  std::copy_n(all.begin(), std::min<std::size_t>(room, all.size()), out);
}

template <typename Plugin>
void metrics(std::uint32_t index, hal_metrics *out) {
  hal_metrics full{};
  full.struct_size = sizeof full;
  Plugin::metrics(index, full);
  write_record(out, full, "The metrics");
}

template <typename Plugin>
void open(const hal_host *host, std::uint32_t index, const hal_open_options *options,
          hal_device **out_device) {
  hal_device *&device = output(out_device, "out_device");
  const auto complete = input_record<hal_open_options>::or_zeros(options, "The options");
  check_no_flags(complete->flags, "The open flags");
  device = Plugin::open(checked_host(host), index, *complete);
}

template <typename Plugin>
constexpr hal_plugin make_table() {
  hal_plugin table{};
  table.struct_size = sizeof table;
  table.abi_major = HAL_ABI_MAJOR;
  table.abi_minor = HAL_ABI_MINOR;
  table.name = Plugin::name;
  table.version = Plugin::version;
  table.probe = entry<&probe<Plugin>>;
  table.describe = entry<&describe<Plugin>>;
  if constexpr (requires { &Plugin::properties; }) table.properties = entry<&properties<Plugin>>;
  if constexpr (requires { &Plugin::metrics; }) table.metrics = entry<&metrics<Plugin>>;
  table.open = entry<&open<Plugin>>;
  table.device = &Plugin::device_table;
  return table;
}

template <typename Plugin>
inline constexpr hal_plugin plugin_table = make_table<Plugin>();

}  // namespace detail
}  // namespace hal::plugin

// Exports the query of a plugin type; once, in a namespace-less place of one source file. It fills in every
// version and size, so that none can be filled in wrongly.
#define HAL_PLUGIN_ENTRY(plugin_type)                                                 \
  extern "C" HAL_PLUGIN_EXPORT const hal_plugin *hal_plugin_query(const hal_host *) { \
    return &hal::plugin::detail::plugin_table<plugin_type>;                           \
  }
