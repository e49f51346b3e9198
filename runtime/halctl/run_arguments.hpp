// The arguments of a kernel as words on a command line:
//
//   [NAME=]VALUE            NAME: a parameter's name or its number from 0; without one they go in order
//   5, -1, 0x1f             an integer as wide as the parameter
//   2.0, 1e-3               a real as wide as the parameter
//   TYPE:N[,N...]           a value of one or more numbers: f32:2.0, u32:1,2,3,4
//   bytes:HEX               a value of any kind, byte by byte
//   zeros:TYPE:SHAPE        memory: 1024, 16x64
//   iota:TYPE:SHAPE         memory that holds 0, 1, 2 ...
//   random:TYPE:SHAPE[:seed=N][:low=N][:high=N]
//                           memory: reals from low (-1) up to high (1), integers from low (0) to high (99),
//                           the same ones for the same seed (0) everywhere
//   npy:[TYPE:[SHAPE:]]FILE memory that holds the file's elements; with a type and a shape they must be those
//   shared:SIZE             shared memory of each block: 4KiB; or shared:TYPE:COUNT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/bundle.hpp"
#include "runtime/npy.hpp"

namespace hal::ctl {

enum class content { number, bytes, zeros, iota, random, npy, shared };

struct run_argument {
  std::string text;  // as given
  std::string name;  // of the parameter, or its number; empty: in order
  content from = content::number;
  std::optional<rt::element> type;
  std::vector<std::uint64_t> shape;
  bool has_shape = false;
  std::vector<std::string> numbers;  // of a value
  std::vector<std::byte> bytes;      // of a value, once its type is known
  std::uint64_t size = 0;            // of shared memory
  std::string file;
  std::uint64_t seed = 0;
  double low = 0;
  double high = 0;

  bool is_memory() const noexcept {
    return from == content::zeros || from == content::iota || from == content::random || from == content::npy;
  }
  hal_argument_kind kind() const noexcept {
    return is_memory()               ? HAL_ARGUMENT_MEMORY
           : from == content::shared ? HAL_ARGUMENT_SHARED
                                     : HAL_ARGUMENT_VALUE;
  }
};

// All of the grammar but what the kernel decides. Throws hal::error, invalid_argument, naming the text.
run_argument parse_argument(const std::string &text);

// A kernel's parameters, and how much they say.
struct run_parameters {
  std::string kernel;
  std::optional<std::vector<bundle_parameter>> list;  // nothing: not known
  bool kinds_known = true;                            // false: what is a value of 8 bytes may be an address
};

// "2" or "2 (sum)", for messages.
std::string place_text(std::size_t place, const run_parameters &parameters);
// The place that a parameter's name or number stands for. Throws hal::error, invalid_argument.
std::size_t place_of(const std::string &name, std::size_t count, const run_parameters &parameters);

// The arguments in the order of the parameters, numbers as bytes; number, kinds and sizes agree with the
// parameters where those are known. Throws hal::error, invalid_argument.
std::vector<run_argument> bind_arguments(std::vector<run_argument> given, const run_parameters &parameters);

// What the memory of an argument holds at first. Throws hal::error for a file that cannot be read or is not
// what the argument says.
rt::array contents_of(const run_argument &argument);

// "1024", "16x64". Nothing when it is none.
std::optional<std::vector<std::uint64_t>> parse_shape(std::string_view text);

}  // namespace hal::ctl
