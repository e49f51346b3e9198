#include "runtime/halctl/run_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "hal/error.hpp"

namespace hal::ctl {
namespace {

using rt::element;

std::optional<double> bound_of(std::string_view text) {
  double value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0) || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

tolerances::tolerances() {
  // A few units of the last place for sums that are added up in another order.
  bounds_[static_cast<std::size_t>(element::f64)] = {1e-12, 1e-14};
  bounds_[static_cast<std::size_t>(element::f32)] = {1e-5, 1e-6};
  bounds_[static_cast<std::size_t>(element::f16)] = {1e-2, 1e-3};
  bounds_[static_cast<std::size_t>(element::bf16)] = {5e-2, 1e-2};
}

void tolerances::set(const std::string &text) {
  std::string_view rest = text;
  std::optional<element> only;
  if (const std::size_t at = rest.find('='); at != std::string_view::npos) {
    only = rt::parse_element(rest.substr(0, at));
    if (!only) {
      throw error(status::invalid_argument,
                  fmt::format("--tolerance is '{}'; known types are {}.", text, rt::element_names()));
    }
    rest.remove_prefix(at + 1);
  }
  const std::size_t comma = std::min(rest.find(','), rest.size());
  const auto relative = bound_of(rest.substr(0, comma));
  const auto absolute = comma == rest.size() ? std::optional<double>(0) : bound_of(rest.substr(comma + 1));
  if (!relative || !absolute) {
    throw error(
        status::invalid_argument,
        fmt::format("--tolerance is '{}'; it is [TYPE=]RELATIVE[,ABSOLUTE], both finite and not below 0.",
                    text));
  }
  for (std::size_t index = 0; index < bounds_.size(); ++index) {
    const auto type = static_cast<element>(index);
    if (only ? type == *only : rt::is_real(type)) bounds_[index] = {*relative, *absolute};
  }
}

difference compare(const rt::array &left, const rt::array &right, const tolerances &within) {
  difference found;
  const std::size_t size = rt::size_of(left.type);
  const tolerances::bound &allowed = within.of(left.type);
  for (std::size_t at = 0; at < left.bytes.size(); at += size) {
    const std::byte *one = left.bytes.data() + at;
    const std::byte *other = right.bytes.data() + at;
    if (std::memcmp(one, other, size) == 0) continue;
    const double a = rt::real_of(left.type, one);
    const double b = rt::real_of(left.type, other);
    if (std::isnan(a) && std::isnan(b)) continue;
    const double apart = std::fabs(a - b);
    const double scale = std::max(std::fabs(a), std::fabs(b));
    if (std::isfinite(apart)) {
      found.largest_absolute = std::max(found.largest_absolute, apart);
      if (scale > 0) found.largest_relative = std::max(found.largest_relative, apart / scale);
    }
    // 64-bit integers may differ where their nearest reals do not.
    const bool exact = allowed.relative == 0 && allowed.absolute == 0 && !rt::is_real(left.type);
    if (!exact && std::isfinite(apart) && apart <= allowed.absolute + allowed.relative * scale) continue;
    if (found.count++ != 0) continue;
    found.first = at / size;
    found.left = rt::number_text(left.type, one);
    found.right = rt::number_text(left.type, other);
  }
  return found;
}

}  // namespace hal::ctl
