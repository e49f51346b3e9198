// For plugins over an API that has all of the HAL's objects itself, as CUDA's driver and HIP have: devices
// that are current to a thread, streams, events, pools, graphs by capture. The headers of this folder hold
// the objects and the entries once; a plugin adds what its API calls them and what it alone does. An entry
// that it does otherwise stands in a group of its own that derives from the one here.
//
// A vendor is a type with these members; every header names the others that it needs.
//
// device, memory, stream, event, module, kernel, graph, executable: the plugin's objects. Each derives from
// the template of that name.
//
// api: the loaded entries, function pointers with the names that are used here. Their parameters are those of
// CUDA's driver, unless a header says otherwise.
//
// names: the same members as texts, for messages.
//
// result: the type of the API's codes, with the constants success, not_ready and out_of_memory.
//
// ends_device(result): whether the device has failed with it.
//
// failed(const api &, result, call): the failure to throw. `call` says what was tried.
//
// forget(const api &): takes back what the API keeps of a refusal that was foreseen.
//
// current, current_or_none: make a device the thread's current one while they live. The first is made of a
// device and throws; the second is made of an ending and converts to bool.
//
// deviceptr, native_stream and the like: the API's own types.
#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace hal::plugin::native {

// An entry's name without the number of its version, which no documentation has: "cuMemAlloc_v2".
constexpr std::string_view entry_name(std::string_view symbol) noexcept {
  const std::size_t length = symbol.size();
  const bool has_version = length > 3 && symbol.substr(length - 3, 2) == "_v";
  return has_version ? symbol.substr(0, length - 3) : symbol;
}

// An address as an API takes it that has numbers or pointers for addresses, and the other way round.
template <typename Address>
Address to_address(std::uint64_t address) noexcept {
  if constexpr (std::is_pointer_v<Address>) {
    return reinterpret_cast<Address>(static_cast<std::uintptr_t>(address));
  } else {
    return address;
  }
}
inline std::uint64_t from_address(std::uint64_t address) noexcept {
  return address;
}
inline std::uint64_t from_address(const void *address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}
// For messages.
inline std::string hexadecimal(std::uint64_t address) {
  char digits[2 + 16 + 1];
  return {digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "0x%" PRIx64, address))};
}

}  // namespace hal::plugin::native
