#include "plugins/level_zero/operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/kernel.hpp"
#include "plugins/level_zero/staged_copy.hpp"

namespace hal::plugins::level_zero {
namespace {

std::byte *moved(void *from, std::uint64_t by) {
  return static_cast<std::byte *>(from) + by;
}
const std::byte *moved(const void *from, std::uint64_t by) {
  return static_cast<const std::byte *>(from) + by;
}

void run_copy(hal_stream &on, const operation &work) {
  const api &api = on.device.api;
  on.submit(
      [&](driver::command_list list) {
        return api.append_memory_copy(list, work.to, work.from, work.width, nullptr, 0, nullptr);
      },
      [&] { return fmt::format("zeCommandListAppendMemoryCopy of {} bytes", work.width); });
}

// The driver's rectangles are counted in 32 bits.
bool fits_region(const operation &work) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return work.width <= most && work.height <= most && work.to_pitch <= most && work.from_pitch <= most;
}

void run_rows(hal_stream &on, const operation &work) {
  const api &api = on.device.api;
  const auto name = [&] {
    return fmt::format("zeCommandListAppendMemoryCopyRegion of {} rows of {} bytes", work.height, work.width);
  };
  if (fits_region(work)) {
    const driver::copy_region region{
        0, 0, 0, static_cast<std::uint32_t>(work.width), static_cast<std::uint32_t>(work.height), 1};
    on.submit(
        [&](driver::command_list list) {
          return api.append_memory_copy_region(
              list, work.to, &region, static_cast<std::uint32_t>(work.to_pitch), 0, work.from, &region,
              static_cast<std::uint32_t>(work.from_pitch), 0, nullptr, 0, nullptr);
        },
        name);
    return;
  }
  on.submit(
      [&](driver::command_list list) {
        driver::result result = driver::ZE_RESULT_SUCCESS;
        for (std::uint64_t row = 0; row < work.height && result == driver::ZE_RESULT_SUCCESS; ++row) {
          result = api.append_memory_copy(list, moved(work.to, row * work.to_pitch),
                                          moved(work.from, row * work.from_pitch), work.width, nullptr, 0,
                                          nullptr);
        }
        return result;
      },
      name);
}

void run_fill(hal_stream &on, const operation &work) {
  const api &api = on.device.api;
  const bool is_one = work.to_pitch == work.width;
  const std::uint64_t rows = is_one ? 1 : work.height;
  const std::uint64_t size = is_one ? work.width * work.height : work.width;
  on.submit(
      [&](driver::command_list list) {
        driver::result result = driver::ZE_RESULT_SUCCESS;
        for (std::uint64_t row = 0; row < rows && result == driver::ZE_RESULT_SUCCESS; ++row) {
          result = api.append_memory_fill(list, moved(work.to, row * work.to_pitch), &work.value,
                                          work.value_width, size, nullptr, 0, nullptr);
        }
        return result;
      },
      [&] {
        return fmt::format("zeCommandListAppendMemoryFill of {} rows of {} bytes", work.height, work.width);
      });
}

}  // namespace

bool operation::is_like(const operation &other) const noexcept {
  if (what != other.what) return false;
  return what != kind::launch || launch->kernel == other.launch->kernel;
}

void submit(hal_stream &on, operation work) {
  if (on.capturing.load(std::memory_order_relaxed)) {
    on.recording->operations.push_back(std::move(work));
    return;
  }
  run(on, work);
}

void run(hal_stream &on, const operation &work) {
  switch (work.what) {
    case operation::kind::copy:
      return run_copy(on, work);
    case operation::kind::rows:
      return run_rows(on, work);
    case operation::kind::fill:
    case operation::kind::fill_rows:
      return run_fill(on, work);
    case operation::kind::launch:
      return launch_recorded(on, *work.launch);
    case operation::kind::host:
      return on.call_host({nullptr, {}, work.function, work.user, {}});
    case operation::kind::staged_copy:
      return copy_staged(on, work);
  }
}

}  // namespace hal::plugins::level_zero
