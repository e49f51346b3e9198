// One vendor's device fails in the middle of everything. A suite of its own, which doctest runs last.
#include <doctest/doctest.h>

#include <optional>

#include "hal/error.hpp"
#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

// Ends the device's context by a kernel that faults; false where its kernels cannot.
bool lose(const hal::device &device) {
  try {
    const hal::program code = device.load(kernels());
    hal::stream on = device.create_stream();
    on.launch(code["fail_block"], {.grid = 4, .block = 1}, std::uint32_t{2});
    on.synchronize();
  } catch (const hal::error &failed) {
    return failed.status() == hal::status::launch_failed || failed.status() == hal::status::device_lost;
  }
  return false;
}

bool has_failed(const hal::device &device) {
  try {
    return !works(device);
  } catch (const hal::error &) {
    return true;
  }
}

}  // namespace

TEST_SUITE("zz lost") {
  TEST_CASE("together: one vendor lost in the middle leaves the others working [negative]") {
    const std::vector<std::string> names = plugin_names();
    for (const std::string &name : names) {
      CAPTURE(name);
      const std::vector<hal::device> devices = open_all();
      const hal::device *lost = nullptr;
      for (const hal::device &device : devices) {
        if (device.info().plugin == name && lost == nullptr) lost = &device;
      }
      REQUIRE(lost != nullptr);
      if (!lose(*lost)) {
        MESSAGE(name, " has no kernel that can fail");
        continue;
      }
      CHECK(has_failed(*lost));
      for (const hal::device &device : devices) {
        CAPTURE(device.info().selector());
        if (&device != lost) CHECK(works(device));
      }
    }
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
      if (!lose(lost)) continue;
      std::optional<hal::error> told;
      try {
        on.copy(destination, source);
      } catch (const hal::error &failed) {
        told = failed;
      }
      REQUIRE(told);
      CHECK((told->status() == hal::status::launch_failed || told->status() == hal::status::device_lost));
      CHECK(told->device() == lost.info().selector());
      CHECK(works(from));
    }
  }
}
