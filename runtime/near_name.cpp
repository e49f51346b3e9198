#include "runtime/near_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace hal::rt {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view given, std::span<const std::string> names) {
  std::string best;
  std::size_t least = std::max<std::size_t>(1, given.size() / 2) + 1;
  for (const std::string &name : names) {
    const bool begins = given.size() >= 2 && name.starts_with(given);
    const std::size_t distance = begins ? 1 : edit_distance(given, name);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

std::string no_kernel(std::string_view given, std::span<const std::string> kernels) {
  const std::string near = nearest(given, kernels);
  return fmt::format("The bundle holds no kernel '{}'{}.", given,
                     near.empty() ? "" : fmt::format(" (is '{}' meant?)", near));
}

}  // namespace hal::rt
