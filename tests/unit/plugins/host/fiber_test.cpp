#include "plugins/host/fiber.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace hal::plugins::host {
namespace {

struct trace {
  fiber_group &group;
  unsigned count;
  unsigned rounds;
  std::vector<unsigned> arrivals;  // of each round
  bool in_step = true;
};

// Counts how many have come to each barrier, and looks behind it whether all have.
void march(void *context, unsigned) noexcept {
  trace &seen = *static_cast<trace *>(context);
  for (unsigned round = 0; round < seen.rounds; ++round) {
    ++seen.arrivals[round];
    seen.group.wait();
    seen.in_step = seen.in_step && seen.arrivals[round] == seen.count;
  }
}

unsigned march_all(fiber_group &group, unsigned count, unsigned rounds) {
  trace seen{group, count, rounds, std::vector<unsigned>(rounds)};
  const unsigned waiting = group.run(count, &march, &seen);
  CHECK(seen.in_step);
  CHECK(std::all_of(seen.arrivals.begin(), seen.arrivals.end(),
                    [&](unsigned arrived) { return arrived == count; }));
  return waiting;
}

struct uneven {
  fiber_group &group;
  unsigned after;  // rounds before the odd ones leave
  unsigned passed = 0;
};

void leave_when_odd(void *context, unsigned number) noexcept {
  uneven &seen = *static_cast<uneven *>(context);
  for (unsigned round = 0; round < seen.after; ++round) seen.group.wait();
  if (number % 2 != 0) return;
  seen.group.wait();
  ++seen.passed;
}

struct sorting {
  fiber_group &group;
  unsigned sorted = 0;
};

// Uses the stack in earnest, across a barrier.
void sort_on_stack(void *context, unsigned number) noexcept {
  sorting &seen = *static_cast<sorting *>(context);
  unsigned values[2000];
  for (unsigned index = 0; index < 2000; ++index) values[index] = (index * 7919 + number) % 2003;
  seen.group.wait();
  std::sort(std::begin(values), std::end(values));
  if (std::is_sorted(std::begin(values), std::end(values))) ++seen.sorted;
}

}  // namespace

TEST_SUITE("host/fiber") {
  TEST_CASE("all come to every barrier together") {
    fiber_group group;
    for (const unsigned count : {1u, 2u, 63u, 64u, 65u, 1024u}) CHECK(march_all(group, count, 5) == 0);
    CHECK(march_all(group, 7, 0) == 0);
  }

  TEST_CASE("those who wait in vain are counted and left, and the group goes on") {
    fiber_group group;
    for (const unsigned rounds : {0u, 1u, 3u}) {
      uneven seen{group, rounds};
      CHECK(group.run(9, &leave_when_odd, &seen) == 5);
      CHECK(seen.passed == 0);
      CHECK(march_all(group, 20, 3) == 0);
    }
  }

  TEST_CASE("a group moves from thread to thread between runs") {
    fiber_group group;
    march_all(group, 10, 2);
    std::thread([&] { CHECK(march_all(group, 30, 2) == 0); }).join();
    CHECK(march_all(group, 20, 2) == 0);
  }

  TEST_CASE("fibers have room for arrays on their stacks") {
    fiber_group group;
    sorting seen{group};
    CHECK(group.run(100, &sort_on_stack, &seen) == 0);
    CHECK(seen.sorted == 100);
  }
}

}  // namespace hal::plugins::host
