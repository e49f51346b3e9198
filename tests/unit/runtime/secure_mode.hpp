// Secure-execution mode without a set-user-ID program: this program has a secure_getenv of its own, which
// behaves as the C library's would.
#pragma once

namespace hal::test {

// As long as it lives, the process seems to run in secure-execution mode. One at a time; one thread.
class secure_mode {
 public:
  secure_mode() noexcept;
  ~secure_mode();
  secure_mode(const secure_mode &) = delete;
  secure_mode &operator=(const secure_mode &) = delete;
};

}  // namespace hal::test
