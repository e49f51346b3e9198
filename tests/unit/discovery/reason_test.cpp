#include "discovery/reason.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace {

using namespace hal::discovery;

pci_function gpu(std::optional<std::string> driver = "nvidia") {
  pci_function function;
  function.address = {0, 0x17, 0, 0};
  function.vendor = 0x10de;
  function.device = 0x2335;
  function.class_code = 0x030200;
  function.driver = std::move(driver);
  return function;
}

manifest plugin(std::string name, std::vector<std::string> drivers = {"nvidia", "nvidia-open"}) {
  manifest out;
  out.name = std::move(name);
  out.matches = {{0x10de, {}, {}, 0xffff00}};
  out.needs.kernel_drivers = std::move(drivers);
  return out;
}

plugin_outcome outcome(plugin_state state, std::string detail = {},
                       std::vector<hal::pci_address> reported = {}) {
  return {state, std::move(detail), std::move(reported)};
}

std::optional<cause> cause_for(const pci_function &function, const std::vector<manifest> &plugins,
                               const std::vector<plugin_outcome> &outcomes) {
  const auto found = first_cause(function, plugins, outcomes);
  return found ? std::optional(found->why) : std::nullopt;
}

std::optional<reason> node_is_missing(const manifest &by, const plugin_outcome &, const pci_function &) {
  return make_reason(cause::node_missing, {.plugin = by.name, .subject = "/dev/nvidia0"});
}

std::optional<reason> library_is_missing(const manifest &by, const plugin_outcome &, const pci_function &) {
  return make_reason(cause::library_not_found, {.plugin = by.name, .subject = "libcuda.so.1"});
}

}  // namespace

TEST_CASE("reason: ids are stable, distinct and read back") {
  const std::vector<std::string> expected = {
      "no_plugin",         "driver_not_bound", "driver_wrong",    "node_missing", "node_not_readable",
      "library_not_found", "library_unusable", "library_too_old", "hidden",       "plugin_refused",
      "probe_failed",      "probe_crashed",    "probe_timed_out", "suspended",    "not_reported"};
  std::vector<std::string> found;
  for (const cause value : all_causes()) {
    found.emplace_back(id(value));
    CHECK(parse_cause(id(value)) == value);
  }
  CHECK(found == expected);
  CHECK_FALSE(parse_cause("No_Plugin"));
  CHECK_FALSE(parse_cause(""));
}

TEST_CASE("reason: sentences are whole with every fact and with none") {
  const reason_facts full = {.plugin = "cuda",
                             .subject = "libcuda.so.1",
                             .expected = "525.60",
                             .detail = "cannot open shared object file"};
  std::set<std::string> all;
  for (const cause value : all_causes()) {
    for (const reason_facts &facts : {full, reason_facts{}}) {
      const std::string text = sentence(value, facts);
      CAPTURE(text);
      CHECK(text.front() >= 'A');
      CHECK(text.front() <= 'Z');
      CHECK(text.ends_with('.'));
      for (const char *slip : {"  ", " .", " ,", "..", "()", ".;", " ;"})
        CHECK(text.find(slip) == std::string::npos);
      all.insert(text);
    }
  }
  CHECK(all.size() == 2 * all_causes().size() - 1);
}

TEST_CASE("reason: sentences name the values") {
  CHECK(sentence(cause::driver_wrong, {.plugin = "cuda", .subject = "nouveau", .expected = "nvidia"}) ==
        "The kernel driver nouveau is bound to this device; the cuda plugin needs nvidia. Keep nouveau from "
        "being "
        "loaded (a blacklist line in /etc/modprobe.d), install or load nvidia, and restart.");
  CHECK(sentence(cause::driver_wrong, {.plugin = "cuda", .subject = "vfio-pci", .expected = "nvidia"}) ==
        "The kernel driver vfio-pci is bound to this device; the cuda plugin needs nvidia. It keeps the "
        "device for a "
        "virtual machine or another program: unbind it there and bind nvidia.");
  CHECK(sentence(cause::node_not_readable,
                 {.subject = "/dev/dri/renderD128", .expected = "render", .detail = "it is render's"}) ==
        "The device node /dev/dri/renderD128 cannot be opened by this user: it is render's. Join the group "
        "render "
        "(as root: usermod -a -G render USER) and log in anew.");
  CHECK(sentence(cause::library_too_old,
                 {.plugin = "cuda", .subject = "libcuda.so.1", .expected = "525.60", .detail = "470.57"}) ==
        "The vendor library libcuda.so.1 is too old (470.57); the cuda plugin needs 525.60 or newer. Update "
        "the vendor's user-space driver.");
  CHECK(sentence(cause::probe_failed, {.plugin = "cuda", .detail = "CUDA_ERROR_NO_DEVICE (100)."}) ==
        "The cuda plugin could not start: CUDA_ERROR_NO_DEVICE (100).");
}

TEST_CASE("reason: the kernel driver against the plugin's needs") {
  CHECK_FALSE(check_driver(plugin("cuda"), gpu("nvidia-open")));
  CHECK_FALSE(check_driver(plugin("cuda", {}), gpu("vfio-pci")));
  CHECK_FALSE(check_driver(plugin("cuda"), gpu(std::nullopt)));
  const auto none = check_driver(plugin("cuda"), gpu(""));
  REQUIRE(none);
  CHECK(none->why == cause::driver_not_bound);
  CHECK(none->plugin == "cuda");
  CHECK(none->text.find("the cuda plugin needs nvidia or nvidia-open") != std::string::npos);
  const auto wrong = check_driver(plugin("cuda"), gpu("vfio-pci"));
  REQUIRE(wrong);
  CHECK(wrong->why == cause::driver_wrong);
  CHECK(wrong->text.find("vfio-pci") != std::string::npos);
}

TEST_CASE("reason: exactly one first cause") {
  CHECK(cause_for(gpu(), {}, {}) == cause::no_plugin);
  CHECK(cause_for(gpu(""), {plugin("cuda")}, {outcome(plugin_state::refused)}) == cause::driver_not_bound);
  CHECK(cause_for(gpu("nouveau"), {plugin("cuda")}, {outcome(plugin_state::probe_failed)}) ==
        cause::driver_wrong);
  CHECK(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::refused)}) == cause::plugin_refused);
  CHECK(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::probe_failed)}) == cause::probe_failed);
  CHECK(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::probe_crashed)}) == cause::probe_crashed);
  CHECK(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::probe_timed_out)}) ==
        cause::probe_timed_out);
  CHECK(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::probed, {}, {{0, 0x18, 0, 0}})}) ==
        cause::not_reported);
}

TEST_CASE("reason: nothing is said of a device that is reported or not yet probed") {
  CHECK_FALSE(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::probed, {}, {gpu().address})}));
  CHECK_FALSE(
      cause_for(gpu("nouveau"), {plugin("cuda")}, {outcome(plugin_state::probed, {}, {gpu().address})}));
  CHECK_FALSE(cause_for(gpu(), {plugin("cuda")}, {outcome(plugin_state::not_probed)}));
  CHECK_FALSE(cause_for(gpu(), {plugin("cuda")}, {}));
}

TEST_CASE("reason: among several plugins the one that gets furthest speaks, then the closest claim") {
  const std::vector<manifest> two = {plugin("first"), plugin("second", {})};
  const auto found = first_cause(
      gpu(""), two,
      std::vector{outcome(plugin_state::probe_failed), outcome(plugin_state::refused, "wrong ABI")});
  REQUIRE(found);
  CHECK(found->plugin == "second");
  CHECK(found->text == "The second plugin was refused: wrong ABI.");

  std::vector<manifest> close = {plugin("loose", {}), plugin("exact", {})};
  close[1].matches[0].device = 0x2335;
  const auto equal =
      first_cause(gpu(), close, std::vector{outcome(plugin_state::refused), outcome(plugin_state::refused)});
  REQUIRE(equal);
  CHECK(equal->plugin == "exact");
  CHECK_FALSE(cause_for(
      gpu(), two, {outcome(plugin_state::probe_failed), outcome(plugin_state::probed, {}, {gpu().address})}));
}

TEST_CASE("reason: further checks come between the driver and the plugin") {
  const std::vector<manifest> plugins = {plugin("cuda")};
  const std::vector<plugin_outcome> failed = {outcome(plugin_state::probe_failed)};
  const std::vector<further_check> checks = {library_is_missing, node_is_missing};
  CHECK(first_cause(gpu(), plugins, failed, checks)->why == cause::node_missing);
  CHECK(first_cause(gpu("nouveau"), plugins, failed, checks)->why == cause::driver_wrong);
}
