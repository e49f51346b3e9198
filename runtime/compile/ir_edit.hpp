// Changes to clang's intermediate code, as text, between its front end and its back end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/compile/ir_text.hpp"
#include "runtime/compile/target.hpp"

namespace hal::rt {

// What the back end for the target needs otherwise than the front end writes it:
// - the copy of each kernel that clang keeps for calls by other kernels becomes internal, so that it goes
// away;
// - PTX: constant memory of arguments is global memory, for that is where a device's allocations are;
// - AMDGPU: blocks of up to 1024 items, not 256;
// - host: variables of a block's shared memory (`locals`) become thread-local, since one thread runs a block;
//   built-in functions lose the address spaces in their names, since there is one; what the front end was
//   told to compile for goes, for it was not this target.
// `defined_too`: functions that the text defines lose them as well, as a library's must.
std::string edited_for(const compile_target &target, std::string_view text,
                       const std::vector<ir_local> &locals, bool defined_too = false);

// Host: the text with calls of the mathematical functions of builtins_math.cl in place of those that the
// library is not exact in.
std::string with_safe_functions(std::string text);

// The functions that run a kernel's items, to be appended to the text for a host target:
//   hal_items_N(arguments, extents of the block): every item in turn, hal_set_item before each
//   hal_item_N(arguments): the item that is set
//   hal_regions_N(arguments, extents of the block): every item, for the compiler's plugin to make loops of
// N counts the kernels of the text.
std::string host_entries(const ir_text &text);

}  // namespace hal::rt
