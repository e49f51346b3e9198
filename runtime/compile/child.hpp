// Programs that this one runs: their words and how they ended.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hal::rt {

struct child_result {
  int status = 0;      // what it answered; 128 and the signal's number when a signal ended it
  std::string output;  // standard output, whole
  std::string errors;  // standard error, whole

  bool ok() const noexcept { return status == 0; }
};

// Runs `words[0]`, searched in PATH where it holds no slash, with nothing on its standard input, and waits
// for its end. `folder`: where it runs; empty: here. Safe from many threads. Throws hal::error, unavailable,
// when it cannot be started.
child_result run_child(const std::vector<std::string> &words, const std::filesystem::path &folder = {});

}  // namespace hal::rt
