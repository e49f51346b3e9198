// Environment variables, as far as the process may trust them.
#pragma once

#include <optional>
#include <string>

namespace hal::rt {

// The variable's value; nothing when it is not set, and nothing at all in secure-execution mode (set-user-ID
// programs and the like), where whoever set it is not who the process runs for.
std::optional<std::string> environment(const char *name);

}  // namespace hal::rt
