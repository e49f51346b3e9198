// The header of a bundle's file, and its checksums made right again after a change, so that what lies behind
// them is reached.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "runtime/bundle/file_layout.hpp"

namespace hal::test {

inline rt::bundle_file::header header_of(const std::vector<std::byte> &file) {
  rt::bundle_file::header header;
  std::memcpy(&header, file.data(), sizeof header);
  return header;
}

inline void put_header(std::vector<std::byte> &file, rt::bundle_file::header header, bool sealed = true) {
  if (sealed)
    header.header_checksum = XXH3_64bits(&header, offsetof(rt::bundle_file::header, header_checksum));
  std::memcpy(file.data(), &header, sizeof header);
}

// `file` holds a header at least.
inline void seal(std::vector<std::byte> &file) {
  rt::bundle_file::header header = header_of(file);
  if (header.description_size <= file.size() - sizeof header)
    header.description_checksum = XXH3_64bits(file.data() + sizeof header, header.description_size);
  put_header(file, header);
}

}  // namespace hal::test
