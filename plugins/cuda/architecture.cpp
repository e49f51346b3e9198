#include "plugins/cuda/architecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "hal/abi/description.h"

namespace hal::plugins::cuda {
namespace {

// Single precision from the CUDA C++ programming guide's table of arithmetic throughput, tensor rates (dense)
// from the whitepapers of the architectures.
struct row {
  int capability;
  throughput rates;
};
constexpr row rows[] = {
    {50, {128, 0, 0, 0}},          {52, {128, 0, 0, 0}},          {53, {128, 256, 0, 0}},
    {60, {64, 128, 0, 0}},         {61, {128, 0, 0, 512}},        {62, {128, 256, 0, 0}},
    {70, {64, 512, 0, 0}},         {72, {64, 512, 0, 1024}},      {75, {64, 512, 0, 1024}},
    {80, {64, 1024, 0, 2048}},     {86, {128, 512, 0, 1024}},     {87, {128, 512, 0, 1024}},
    {89, {128, 512, 1024, 1024}},  {90, {128, 2048, 4096, 4096}}, {100, {128, 4096, 8192, 8192}},
    {120, {128, 512, 1024, 1024}},
};

// Boards with an integrated GPU, whose binaries run nowhere else.
constexpr int integrated[] = {53, 62, 72, 87, 101, 110};
constexpr int known[] = {50, 52, 53, 60, 61,  62,  70,  72,  75,  80,
                         86, 87, 89, 90, 100, 101, 103, 110, 120, 121};

bool is_integrated(int capability) {
  return std::find(std::begin(integrated), std::end(integrated), capability) != std::end(integrated);
}

}  // namespace

throughput throughput_of(compute_capability capability) noexcept {
  const auto *found = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const row &one) { return one.capability == capability.number(); });
  return found == std::end(rows) ? throughput{} : found->rates;
}

std::uint64_t data_types_of(compute_capability capability) noexcept {
  const int number = capability.number();
  std::uint64_t types = HAL_DATA_TYPE_F64 | HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_I64 | HAL_DATA_TYPE_I32 |
                        HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;
  if (number >= 53 && number != 61) types |= HAL_DATA_TYPE_F16;
  if (number >= 80) types |= HAL_DATA_TYPE_BF16 | HAL_DATA_TYPE_TF32;
  if (number >= 89) types |= HAL_DATA_TYPE_F8_E4M3 | HAL_DATA_TYPE_F8_E5M2;
  if (number >= 100) types |= HAL_DATA_TYPE_F6 | HAL_DATA_TYPE_F4;
  if (number >= 75 && number < 90) types |= HAL_DATA_TYPE_I4;
  return types;
}

std::vector<std::string> targets_of(compute_capability capability) {
  const int number = capability.number();
  std::vector<std::string> targets{fmt::format("sm_{}", number)};
  // Code with features of one architecture only, for exactly that one.
  if (number >= 90) targets.push_back(fmt::format("sm_{}a", number));
  if (is_integrated(number)) return targets;
  for (auto one = std::rbegin(known); one != std::rend(known); ++one) {
    if (*one / 10 == capability.major && *one < number && !is_integrated(*one))
      targets.push_back(fmt::format("sm_{}", *one));
  }
  return targets;
}

}  // namespace hal::plugins::cuda
