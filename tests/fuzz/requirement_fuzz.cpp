// Any text to the reader of requirements.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hal/error.hpp"
#include "hal/requirement.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

hal::device_info device() {
  hal::device_info info;
  info.plugin = "any";
  info.type = hal::device_type::gpu;
  info.vendor = "AMD";
  info.memory_total = 1 << 30;
  info.data_types = HAL_DATA_TYPE_F16;
  info.targets = {"gfx942:xnack-", "gfx9-4-generic"};
  return info;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  try {
    const hal::requirements needs = hal::parse_requirements(text);
    // What is written is read as the same again.
    std::string written;
    for (const hal::requirement &need : needs) written += (written.empty() ? "" : ",") + to_string(need);
    check(hal::parse_requirements(written) == needs);
    static const hal::device_info any = device();
    const auto missing = hal::unmet(any, needs);
    check(!missing || !missing->empty());
  } catch (const hal::error &refused) {
    check(refused.status() == hal::status::invalid_argument);
    check(std::string_view(refused.what()).ends_with('.'));
  }
  return 0;
}
