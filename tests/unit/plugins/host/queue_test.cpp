#include "plugins/host/queue.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "opened_device.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/wait.hpp"

namespace hal::plugins::host {
namespace {

// Appends its number to a list, and counts how many of its kind live.
class numbered final : public command {
 public:
  numbered(std::vector<unsigned> &seen, unsigned number, std::atomic<int> &alive)
      : seen_(seen), number_(number), alive_(alive) {
    ++alive_;
  }
  ~numbered() override { --alive_; }
  void run(executor &) override {
    if (payload != nullptr) sound = sound && std::memchr(payload, 0, size) == nullptr;
    seen_.push_back(number_);
  }

  const std::byte *payload = nullptr;
  std::size_t size = 0;
  inline static bool sound = true;

 private:
  std::vector<unsigned> &seen_;
  const unsigned number_;
  std::atomic<int> &alive_;
};

}  // namespace

TEST_SUITE("host/queue") {
  TEST_CASE("deadlines") {
    CHECK(deadline(0).passed());
    CHECK(deadline::never().endless());
    CHECK_FALSE(deadline::never().passed());
    CHECK(deadline(HAL_NO_TIMEOUT - 1).endless());
    CHECK_FALSE(deadline(std::uint64_t{1} << 60).passed());
    const deadline soon(1);
    while (!soon.passed()) std::this_thread::yield();
  }

  TEST_CASE("commands run in order, also beyond one chunk and with large values behind them") {
    opened_device on;
    std::vector<unsigned> seen;
    std::atomic<int> alive = 0;
    constexpr unsigned many = 20000;
    {
      queue commands(*on.device);
      for (unsigned number = 0; number < many; ++number) {
        const std::size_t extra = number % 7 == 0 ? 4096 : number % 100;
        commands.submit<numbered>(
            extra,
            [&](numbered &made, std::byte *behind) {
              std::memset(behind, 1, extra);
              made.payload = behind;
              made.size = extra;
            },
            seen, number, alive);
      }
      CHECK(commands.submitted() == many);
      CHECK(commands.wait(many, deadline::never()));
      CHECK(commands.idle());
    }
    REQUIRE(seen.size() == many);
    bool ordered = true;
    for (unsigned number = 0; number < many; ++number) ordered = ordered && seen[number] == number;
    CHECK(ordered);
    CHECK(numbered::sound);
    CHECK(alive == 0);
  }

  TEST_CASE("a command that cannot be completed is not submitted") {
    opened_device on;
    std::vector<unsigned> seen;
    std::atomic<int> alive = 0;
    queue commands(*on.device);
    CHECK_THROWS_AS(commands.submit<numbered>(
                        0, [](numbered &, std::byte *) { throw std::bad_alloc(); }, seen, 1u, alive),
                    std::bad_alloc);
    CHECK(alive == 0);
    CHECK(commands.submitted() == 0);
    CHECK_THROWS_AS(commands.submit<numbered>(
                        std::size_t{1} << 20, [](numbered &, std::byte *) {}, seen, 1u, alive),
                    plugin::failure);
    commands.submit_simple<numbered>(seen, 2u, alive);
    CHECK(commands.wait(1, deadline::never()));
    CHECK(seen == std::vector<unsigned>{2});
  }

  TEST_CASE("progress wakes each sleeper when its number is reached") {
    progress steps;
    std::atomic<unsigned> awake = 0;
    std::vector<std::thread> sleepers;
    for (std::uint64_t target = 1; target <= 8; ++target) {
      sleepers.emplace_back([&, target] {
        CHECK(steps.wait(target, deadline::never(), [] { return false; }));
        CHECK(steps.reached(target));
        ++awake;
      });
    }
    for (std::uint64_t value = 1; value <= 8; ++value) {
      steps.advance(value);
      std::this_thread::yield();
    }
    for (std::thread &sleeper : sleepers) sleeper.join();
    CHECK(awake == 8);
    CHECK_FALSE(steps.wait(9, deadline(1000), [] { return false; }));
    CHECK_FALSE(steps.wait(9, deadline::never(), [] { return true; }));
  }

  TEST_CASE("a stop that comes while a thread sleeps ends its wait") {
    progress steps;
    std::atomic<bool> stop = false;
    std::thread sleeper([&] { CHECK_FALSE(steps.wait(1, deadline::never(), [&] { return stop.load(); })); });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop = true;
    steps.wake();
    sleeper.join();
  }

  TEST_CASE("uses of an object") {
    use_count uses;
    uses.wait_until_unused();
    uses.add();
    uses.add();
    CHECK_FALSE(uses.release());
    std::thread last([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      CHECK_FALSE(uses.release());
    });
    uses.wait_until_unused();
    last.join();
    use_count abandoned;
    abandoned.add();
    CHECK_FALSE(abandoned.abandon());
    CHECK(abandoned.release());
    use_count unused;
    CHECK(unused.abandon());
  }
}

}  // namespace hal::plugins::host
