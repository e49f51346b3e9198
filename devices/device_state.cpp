#include "hal/detail/device_state.hpp"

#include <fmt/format.h>

#include <string>

#include "devices/text.hpp"
#include "hal/error.hpp"

namespace hal::detail {
namespace {

// A number that no header of ours lists counts as unknown.
hal::status listed(hal_status code) {
  const auto value = static_cast<hal::status>(code);
  return to_string(value) == to_string(status::unknown) ? status::unknown : value;
}

}  // namespace

void raise(hal_status code, const hal_error &record, const device_state *device) {
  // A plugin that fails without a word, or with another status than it returns, is not believed blindly.
  const bool told = record.status == code && record.message[0] != '\0';
  const hal::status known = listed(code);
  const std::string message =
      told ? devices::printable(record.message)
           : fmt::format("The plugin answered {} ({}) and said nothing more.", to_string(known), code);
  throw error(known, message, device == nullptr ? std::string() : device->info.selector(),
              told ? record.native_code : 0);
}

device_state::~device_state() {
  if (handle == nullptr) return;
  error_record ignored;
  table->device_close(handle, ignored.get());
}

}  // namespace hal::detail
