// Any bytes to the reader of .npy files.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "hal/error.hpp"
#include "runtime/npy.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    const hal::rt::array read = hal::rt::parse_npy(std::as_bytes(std::span(data, size)), "input");
    check(read.bytes.size() == hal::rt::byte_size_of(read.shape, read.type));
    // What is written is read as the same again.
    const hal::rt::array again = hal::rt::parse_npy(hal::rt::npy_bytes(read), "written");
    check(again.type == read.type && again.shape == read.shape && again.bytes == read.bytes);
  } catch (const hal::error &refused) {
    check(refused.status() == hal::status::invalid_argument);
    check(std::string_view(refused.what()).ends_with('.'));
  }
  return 0;
}
