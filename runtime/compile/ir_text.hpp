// What clang's intermediate code, as text, tells of kernels. The front end's text for any target has one
// parameter of the function for each of the kernel's, and the same metadata.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/bundle.hpp"

namespace hal::rt {

// A formal parameter as it stands in the function's line.
struct ir_parameter {
  std::string type;        // "i32", "<4 x float>", "ptr", "ptr addrspace(1)"
  std::string by_value;    // of a structure that a pointer stands for: its type; else empty
  std::string attributes;  // what follows the type
};

struct ir_kernel {
  std::string name;
  std::vector<ir_parameter> parameters;
  std::vector<std::string> references;  // metadata of the line: "kernel_arg_name !15"
};

// A variable of a block's shared memory.
struct ir_local {
  std::string name;  // "reverse_block.shared"
  std::uint64_t size = 0;
};

// Splits at commas outside of brackets and quotes.
std::vector<std::string_view> split_list(std::string_view list);

// "foo" for @foo and @"foo"; what stands at `at`, which is an @.
std::string_view symbol_at(std::string_view text, std::size_t at);

class ir_text {
 public:
  explicit ir_text(std::string_view text);

  // The kernels that are defined, in the text's order.
  const std::vector<ir_kernel> &kernels() const noexcept { return kernels_; }

  // Bytes that a value of the type takes, and how it is aligned, on a 64-bit machine. Throws hal::error,
  // unsupported, for a type that is no plain data.
  struct extent {
    std::uint64_t size = 0;
    std::uint64_t alignment = 1;
  };
  extent extent_of(std::string_view type) const;

  // What the bundle says of the kernel. Needs the text for SPIR-V, whose address spaces have numbers.
  // Throws unsupported for a parameter that no device takes, such as an image.
  bundle_kernel describe(const ir_kernel &kernel) const;

  // Variables in address space 3. Needs the text for SPIR-V.
  std::vector<ir_local> locals() const;

  // Names of the functions that the kernel calls, and those call.
  std::vector<std::string> called_by(const std::string &kernel) const;

 private:
  void read_function(const std::vector<std::string_view> &lines, std::size_t first);
  std::vector<std::string> metadata(const ir_kernel &kernel, std::string_view key) const;
  std::string_view definition_of(std::string_view name) const;

  struct function {
    std::string name;
    std::vector<std::string> uses;
  };

  std::vector<std::string_view> lines_;
  std::vector<ir_kernel> kernels_;
  std::vector<function> functions_;
};

}  // namespace hal::rt
