#include "runtime/halctl/interrupt.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "runtime/halctl/output.hpp"

namespace hal::ctl {
namespace {

volatile sig_atomic_t signal_caught = 0;

extern "C" void note(int number) {
  signal_caught = number;
}

constexpr int wanted[] = {SIGINT, SIGTERM};

}  // namespace

interruption::interruption() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int number : wanted) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);
  }
}

interruption::~interruption() {
  for (const int number : wanted) {
    struct sigaction now {};
    ::sigaction(number, nullptr, &now);
    if (now.sa_handler == note) ::signal(number, SIG_DFL);
  }
}

int interruption::caught() noexcept {
  return signal_caught;
}

void end_if_interrupted(const char *what) {
  const int number = interruption::caught();
  if (number == 0) return;
  { const progress erased; }
  complain(
      fmt::format("{} {}; nothing was written.", what, number == SIGINT ? "was interrupted" : "was ended"));
  ::_exit(128 + number);
}

}  // namespace hal::ctl
