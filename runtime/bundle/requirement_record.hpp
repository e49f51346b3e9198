// Requirements as a bundle keeps them.
#pragma once

#include <string>

#include "bundle_generated.h"
#include "hal/requirement.hpp"

namespace hal::rt {

// A clause about what is wrong with it, such as a number compared with a text; empty: nothing.
std::string fault_of(const halb::Requirement &need);

requirement read_requirement(const halb::Requirement &need);
flatbuffers::Offset<halb::Requirement> write_requirement(flatbuffers::FlatBufferBuilder &into,
                                                         const requirement &need);

}  // namespace hal::rt
