// A thread that may read no more than an ordinary user, also where the tests run as root.
#pragma once

#include <sys/fsuid.h>
#include <unistd.h>

namespace hal::test {

// As long as it lives, this thread reaches files as the user "nobody" would, when it is root's. Make
// everything that the test needs beforehand, and open its folders to everybody.
class ordinary_user {
 public:
  ordinary_user() noexcept {
    if (::geteuid() == 0) ::setfsuid(nobody);
  }
  ordinary_user(const ordinary_user &) = delete;
  ordinary_user &operator=(const ordinary_user &) = delete;
  ~ordinary_user() {
    if (::geteuid() == 0) ::setfsuid(0);
  }

  // False where the system does not allow it: the test is skipped then.
  explicit operator bool() const noexcept {
    return ::geteuid() != 0 || ::setfsuid(static_cast<uid_t>(-1)) == static_cast<int>(nobody);
  }

 private:
  static constexpr uid_t nobody = 65534;
};

}  // namespace hal::test
