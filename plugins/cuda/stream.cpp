#include "plugins/cuda/stream.hpp"

#include <memory>

#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

void stream_entries::stream_adopt(hal_device *device, void *native, hal_stream **out_stream) {
  hal_device &open = plugin::open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = static_cast<driver::stream>(native);
  const current_context current(open);
  // NULL is CUDA's default stream, of whatever context is current.
  if (given != nullptr) {
    driver::context owner = nullptr;
    open.check(open.api.stream_get_ctx(given, &owner), "cuStreamGetCtx of the stream to adopt");
    if (owner != open.context) {
      throw plugin::failure(HAL_STATUS_INVALID_ARGUMENT,
                            "The stream to adopt belongs to another context than the device's.");
    }
  }
  made = open.streams.insert(std::make_unique<hal_stream>(open, given, false));
}

}  // namespace hal::plugins::cuda
