#include "plugins/level_zero/operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/kernel.hpp"
#include "plugins/level_zero/staged_copy.hpp"

namespace hal::plugins::level_zero {
namespace {

// From here on a copy between host and device goes by the copy engine: 1 MiB takes some 40 us over PCIe 4.0
// x16, at which the commands around it are a small part.
constexpr std::uint64_t worth_an_engine = 1ull << 20;

std::byte *moved(void *from, std::uint64_t by) {
  return static_cast<std::byte *>(from) + by;
}
const std::byte *moved(const void *from, std::uint64_t by) {
  return static_cast<const std::byte *>(from) + by;
}

// The driver's rectangles are counted in 32 bits.
bool fits_region(const operation &work) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return work.width <= most && work.height <= most && work.to_pitch <= most && work.from_pitch <= most;
}

driver::result append_copy(const api &api, driver::command_list list, const operation &work) {
  return api.append_memory_copy(list, work.to, work.from, work.width, nullptr, 0, nullptr);
}

driver::result append_rows(const api &api, driver::command_list list, const operation &work) {
  if (fits_region(work)) {
    const driver::copy_region region{
        0, 0, 0, static_cast<std::uint32_t>(work.width), static_cast<std::uint32_t>(work.height), 1};
    return api.append_memory_copy_region(list, work.to, &region, static_cast<std::uint32_t>(work.to_pitch), 0,
                                         work.from, &region, static_cast<std::uint32_t>(work.from_pitch), 0,
                                         nullptr, 0, nullptr);
  }
  driver::result result = driver::ZE_RESULT_SUCCESS;
  for (std::uint64_t row = 0; row < work.height && result == driver::ZE_RESULT_SUCCESS; ++row) {
    result = api.append_memory_copy(list, moved(work.to, row * work.to_pitch),
                                    moved(work.from, row * work.from_pitch), work.width, nullptr, 0, nullptr);
  }
  return result;
}

driver::result append_fill(const api &api, driver::command_list list, const operation &work) {
  const bool is_one = work.to_pitch == work.width;
  const std::uint64_t rows = is_one ? 1 : work.height;
  const std::uint64_t size = is_one ? work.width * work.height : work.width;
  driver::result result = driver::ZE_RESULT_SUCCESS;
  for (std::uint64_t row = 0; row < rows && result == driver::ZE_RESULT_SUCCESS; ++row) {
    result = api.append_memory_fill(list, moved(work.to, row * work.to_pitch), &work.value, work.value_width,
                                    size, nullptr, 0, nullptr);
  }
  return result;
}

// Of a copy or a fill.
driver::result append_plain(const api &api, driver::command_list list, const operation &work) {
  switch (work.what) {
    case operation::kind::copy:
      return append_copy(api, list, work);
    case operation::kind::rows:
      return append_rows(api, list, work);
    default:
      return append_fill(api, list, work);
  }
}

std::string name_of(const operation &work) {
  switch (work.what) {
    case operation::kind::copy:
      return fmt::format("zeCommandListAppendMemoryCopy of {} bytes", work.width);
    case operation::kind::rows:
      return fmt::format("zeCommandListAppendMemoryCopyRegion of {} rows of {} bytes", work.height,
                         work.width);
    default:
      return fmt::format("zeCommandListAppendMemoryFill of {} rows of {} bytes", work.height, work.width);
  }
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
    case operation::kind::launch:
      return launch_recorded(on, *work.launch);
    case operation::kind::host:
      return on.call_host({nullptr, {}, work.function, work.user, {}});
    case operation::kind::staged_copy:
      return copy_staged(on, work);
    default:
      break;
  }
  if (work.crosses && work.width >= worth_an_engine && on.copy_aside(work)) return;
  on.submit([&](driver::command_list list) { return append_plain(on.device.api, list, work); },
            [&] { return name_of(work); });
}

void append(hal_device &device, driver::command_list list, const operation &command) {
  if (command.what == operation::kind::launch) return append_recorded(list, *command.launch);
  const driver::result result = append_plain(device.api, list, command);
  if (result != driver::ZE_RESULT_SUCCESS) device.fail(result, name_of(command));
}

}  // namespace hal::plugins::level_zero
