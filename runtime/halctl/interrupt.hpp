// Ending early when the user asks for it.
#pragma once

namespace hal::ctl {

// While one lives, SIGINT and SIGTERM are noted instead of ending the program at once; a second one does.
class interruption {
 public:
  interruption();
  interruption(const interruption &) = delete;
  interruption &operator=(const interruption &) = delete;
  ~interruption();

  // The signal that came; 0: none.
  static int caught() noexcept;
};

// After a signal ends the program with 128 and its number, without waiting for a device: a destructor would.
// Returns when there was none.
void end_if_interrupted(const char *what);

}  // namespace hal::ctl
