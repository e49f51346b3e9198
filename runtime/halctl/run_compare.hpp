// Whether two devices made the same of a kernel's memory.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "runtime/npy.hpp"

namespace hal::ctl {

// How far two numbers may lie apart: at most absolute + relative * the larger magnitude. Integers: not at
// all, unless it was said.
class tolerances {
 public:
  tolerances();
  // "RELATIVE", "RELATIVE,ABSOLUTE" for every real type, or with "TYPE=" before for one. Throws hal::error,
  // invalid_argument.
  void set(const std::string &text);

  struct bound {
    double relative = 0;
    double absolute = 0;
  };
  const bound &of(rt::element type) const { return bounds_[static_cast<std::size_t>(type)]; }

 private:
  std::array<bound, 12> bounds_;
};

struct difference {
  std::uint64_t count = 0;      // elements that differ by more than they may
  std::uint64_t first = 0;      // the first of them
  double largest_absolute = 0;  // of all elements
  double largest_relative = 0;
  std::string left;  // the first one's numbers
  std::string right;
};

// Two NaNs are equal, and so are two infinities of one sign. Both arrays are of one type and shape.
difference compare(const rt::array &left, const rt::array &right, const tolerances &within);

}  // namespace hal::ctl
