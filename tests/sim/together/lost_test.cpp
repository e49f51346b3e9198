// One vendor's device fails in the middle of everything. A suite of its own, which doctest runs last.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "hal/error.hpp"
#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

bool is_loss(const hal::error &failed) {
  return failed.status() == hal::status::launch_failed || failed.status() == hal::status::device_lost;
}

// Ends the device's context: by a copy of rows where its stand-in was told so, else by a kernel that faults.
bool lose(const hal::device &device) {
  try {
    hal::stream on = device.create_stream();
    const hal::buffer rows = device.allocate(64);
    on.copy_2d({rows.handle(), 0, nullptr, 8}, {rows.handle(), 32, nullptr, 8}, {.width = 4, .height = 2});
    on.synchronize();
    const hal::program code = device.load(kernels());
    on.launch(code["fail_block"], {.grid = 4, .block = 1}, std::uint32_t{2});
    on.synchronize();
  } catch (const hal::error &failed) {
    return is_loss(failed);
  }
  return false;
}

bool has_failed(const hal::device &device) {
  try {
    works(device);
  } catch (const hal::error &failed) {
    return is_loss(failed);
  }
  return false;
}

// A thread on each device that uses it again and again.
class use_of_all {
 public:
  explicit use_of_all(const std::vector<hal::device> &devices) : rounds_(devices.size()) {
    for (std::size_t i = 0; i < devices.size(); ++i)
      threads_.emplace_back([this, i, &device = devices[i]] { use(device, rounds_[i]); });
  }
  use_of_all(const use_of_all &) = delete;
  use_of_all &operator=(const use_of_all &) = delete;
  ~use_of_all() { finish(); }

  void wait_for_rounds(int more) {
    for (const std::atomic<int> &rounds : rounds_) {
      const int from = rounds;
      while (wrong_ == 0 && rounds < from + more) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // How many of the devices stopped working.
  int finish() {
    ended_ = true;
    for (std::thread &one : threads_) one.join();
    threads_.clear();
    return wrong_;
  }

 private:
  void use(const hal::device &device, std::atomic<int> &rounds) {
    while (!ended_) {
      bool right = false;
      try {
        right = works(device);
      } catch (const hal::error &) {
      }
      if (!right) {
        ++wrong_;
        return;
      }
      ++rounds;
    }
  }

  std::vector<std::atomic<int>> rounds_;
  std::atomic<bool> ended_ = false;
  std::atomic<int> wrong_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_SUITE("zz lost") {
  TEST_CASE("together: one vendor lost in the middle leaves the others working [negative]") {
    int losses = 0;
    for (const std::string &name : plugin_names()) {
      CAPTURE(name);
      std::vector<hal::device> others = open_all();
      const auto first = std::find_if(others.begin(), others.end(),
                                      [&](const hal::device &one) { return one.info().plugin == name; });
      REQUIRE(first != others.end());
      const hal::device lost = *first;
      others.erase(first);
      if (!takes_kernels(lost)) {
        MESSAGE(name, " has no kernel that can fail: there was no compiler for it");
        continue;
      }
      use_of_all use(others);
      use.wait_for_rounds(1);
      CHECK(lose(lost));
      use.wait_for_rounds(2);
      CHECK(use.finish() == 0);
      CHECK(has_failed(lost));
      ++losses;
    }
    CHECK(losses >= 2);
    // All are closed by now: each can be opened anew.
    for (const hal::device &device : open_all()) {
      CAPTURE(device.info().selector());
      CHECK(works(device));
    }
  }

  TEST_CASE("together: a copy to a device that is lost names it, and its source goes on [negative]") {
    for (const std::string &name : plugin_names()) {
      CAPTURE(name);
      hal::device lost;
      hal::device from;
      for (const hal::device &one : open_all()) (one.info().plugin == name ? lost : from) = one;
      REQUIRE(lost);
      REQUIRE(from);
      const hal::buffer destination = lost.allocate(8 << 20);
      const hal::buffer source = from.allocate(8 << 20);
      hal::stream on = from.create_stream();
      on.fill(source, std::uint8_t{1});
      if (!takes_kernels(lost)) continue;
      REQUIRE(lose(lost));
      std::optional<hal::error> told;
      try {
        on.copy(destination, source);
      } catch (const hal::error &failed) {
        told = failed;
      }
      REQUIRE(told);
      CHECK(is_loss(*told));
      CHECK(told->device() == lost.info().selector());
      CHECK(works(from));
    }
  }
}
