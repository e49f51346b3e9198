#include "plugins/hip/architecture.hpp"

#include <algorithm>
#include <iterator>

#include "hal/abi/description.h"

namespace hal::plugins::hip {
namespace {

// Vector rates, and matrix rates (dense) where those are higher, from the data sheets and whitepapers of the
// products; GPUOpen's table of operations in a clock for RDNA.
struct row {
  const char *prefix;
  throughput rates;
};
constexpr row rows[] = {
    {"gfx900", {4, 64, 128, 0, 0, 0}},
    {"gfx906", {32, 64, 128, 0, 0, 256}},
    {"gfx908", {32, 64, 512, 256, 0, 512}},
    {"gfx90a", {64, 64, 512, 512, 0, 512}},
    {"gfx942", {64, 128, 1024, 1024, 0, 2048}},
    {"gfx950", {64, 128, 2048, 2048, 4096, 4096}},
    {"gfx103", {8, 128, 256, 0, 0, 512}},
    {"gfx110", {8, 256, 512, 512, 0, 512}},
    {"gfx120", {4, 256, 1024, 1024, 2048, 2048}},
};

bool begins_with_any(std::string_view processor, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [processor](std::string_view one) { return processor.starts_with(one); });
}

}  // namespace

throughput throughput_of(std::string_view processor) noexcept {
  const auto *found = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const row &one) { return processor.starts_with(one.prefix); });
  return found == std::end(rows) ? throughput{} : found->rates;
}

std::uint64_t data_types_of(std::string_view processor) noexcept {
  if (!processor.starts_with("gfx")) return 0;
  std::uint64_t types = HAL_DATA_TYPE_F64 | HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_F16 | HAL_DATA_TYPE_I64 |
                        HAL_DATA_TYPE_I32 | HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;
  if (begins_with_any(processor, {"gfx908", "gfx90a", "gfx94", "gfx95", "gfx11", "gfx12"}))
    types |= HAL_DATA_TYPE_BF16;
  if (begins_with_any(processor, {"gfx94"})) types |= HAL_DATA_TYPE_TF32;
  if (begins_with_any(processor, {"gfx95", "gfx12"})) types |= HAL_DATA_TYPE_F8_E4M3 | HAL_DATA_TYPE_F8_E5M2;
  if (begins_with_any(processor, {"gfx95"})) types |= HAL_DATA_TYPE_F6 | HAL_DATA_TYPE_F4;
  if (begins_with_any(processor, {"gfx11", "gfx12"})) types |= HAL_DATA_TYPE_I4;
  return types;
}

std::uint32_t cache_line_of(std::string_view processor) noexcept {
  if (begins_with_any(processor, {"gfx90a", "gfx94", "gfx95", "gfx10", "gfx11", "gfx12"})) return 128;
  return processor.starts_with("gfx9") ? 64 : 0;
}

std::vector<std::string> targets_of(const target &device, int version) {
  if (device.processor.empty()) return {};
  std::vector<std::string> targets{device.text()};
  const auto add = [&targets](std::string text) {
    if (std::find(targets.begin(), targets.end(), text) == targets.end()) targets.push_back(std::move(text));
  };
  const auto add_weaker = [&add](const std::string &processor, const target &of) {
    add(target{processor, of.sramecc, of.xnack}.text());
    add(target{processor, of.sramecc, feature::any}.text());
    add(target{processor, feature::any, of.xnack}.text());
    add(processor);
  };
  add_weaker(device.processor, device);
  constexpr int first_with_generic = 6040;
  const std::string generic(generic_of(device.processor));
  if (!generic.empty() && version >= first_with_generic) add_weaker(generic, device);
  return targets;
}

}  // namespace hal::plugins::hip
