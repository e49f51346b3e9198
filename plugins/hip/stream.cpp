#include "plugins/hip/stream.hpp"

#include <fmt/format.h>

#include <memory>

#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {

void stream_entries::stream_adopt(hal_device *device, void *native, hal_stream **out_stream) {
  hal_device &open = plugin::open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = static_cast<driver::stream>(native);
  const current_device current(open);
  // NULL is the current device's default stream.
  if (given != nullptr) {
    unsigned flags = 0;
    open.check(open.api.stream_get_flags(given, &flags), "hipStreamGetFlags of the stream to adopt");
    driver::device owner = open.native;
    if (open.api.stream_get_device != nullptr)
      open.check(open.api.stream_get_device(given, &owner), "hipStreamGetDevice of the stream to adopt");
    if (owner != open.native) {
      throw plugin::failure(
          HAL_STATUS_INVALID_ARGUMENT,
          fmt::format("The stream to adopt belongs to device {}; this is device {}.", owner, open.native));
    }
  }
  made = open.streams.insert(std::make_unique<hal_stream>(open, given, false));
}

}  // namespace hal::plugins::hip
