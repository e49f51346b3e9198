#include "discovery/reason.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hal::discovery {
namespace {

constexpr std::array<cause, 15> causes = {
    cause::no_plugin,        cause::driver_not_bound,  cause::driver_wrong,
    cause::node_missing,     cause::node_not_readable, cause::library_not_found,
    cause::library_unusable, cause::library_too_old,   cause::hidden,
    cause::plugin_refused,   cause::probe_failed,      cause::probe_crashed,
    cause::probe_timed_out,  cause::suspended,         cause::not_reported,
};

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    text.append(index == 0 ? "" : index + 1 == words.size() ? " or " : ", ").append(words[index]);
  }
  return text;
}

// "the cuda plugin", or "the plugin" where no name is given.
std::string the_plugin(const reason_facts &facts, std::string_view article = "the") {
  return facts.plugin.empty() ? fmt::format("{} plugin", article)
                              : fmt::format("{} {} plugin", article, facts.plugin);
}

std::string begin_with_plugin(const reason_facts &facts) {
  return the_plugin(facts, "The");
}

// " nouveau", or nothing.
std::string spaced(const std::string &word) {
  return word.empty() ? "" : " " + word;
}

// ": the vendor's words.", or ".".
std::string with_detail(const reason_facts &facts) {
  if (facts.detail.empty()) return ".";
  return ": " + facts.detail + (facts.detail.ends_with('.') ? "" : ".");
}

std::string in_parentheses(std::string_view before, const std::string &text) {
  return text.empty() ? "" : fmt::format(" ({}{})", before, text);
}

// What helps depends on why the other driver is there.
std::string driver_wrong_sentence(const reason_facts &facts) {
  constexpr std::array<std::string_view, 5> for_guests = {"vfio-pci", "pci-stub", "uio_pci_generic",
                                                          "igb_uio", "pciback"};
  const bool reserved = std::find(for_guests.begin(), for_guests.end(), facts.subject) != for_guests.end();
  const std::string wanted = facts.expected.empty() ? "another" : facts.expected;
  const std::string fix =
      reserved ? fmt::format(
                     "It keeps the device for a virtual machine or another program: unbind it there and bind "
                     "{}.",
                     facts.expected.empty() ? "the other" : wanted)
               : fmt::format(
                     "Keep{} from being loaded (a blacklist line in /etc/modprobe.d), install or load {}, "
                     "and restart.",
                     facts.subject.empty() ? " it" : spaced(facts.subject),
                     facts.expected.empty() ? "the other" : wanted);
  return fmt::format("The kernel driver{} is bound to this device; {} needs {}. {}", spaced(facts.subject),
                     the_plugin(facts), wanted, fix);
}

std::optional<cause> cause_of(plugin_state state) {
  switch (state) {
    case plugin_state::refused:
      return cause::plugin_refused;
    case plugin_state::probe_failed:
      return cause::probe_failed;
    case plugin_state::probe_crashed:
      return cause::probe_crashed;
    case plugin_state::probe_timed_out:
      return cause::probe_timed_out;
    case plugin_state::not_probed:
    case plugin_state::probed:
      break;
  }
  return std::nullopt;
}

bool reports(const plugin_outcome &outcome, const pci_address &address) {
  return outcome.state == plugin_state::probed &&
         std::find(outcome.reported.begin(), outcome.reported.end(), address) != outcome.reported.end();
}

std::optional<reason> check(const manifest &plugin, const plugin_outcome &outcome,
                            const pci_function &function, std::span<const further_check> further) {
  if (auto found = check_driver(plugin, function)) return found;
  std::optional<reason> first;
  for (const further_check &look : further) {
    auto found = look(plugin, outcome, function);
    if (found && (!first || found->why < first->why)) first = std::move(found);
  }
  if (first && first->why < cause::plugin_refused) return first;
  if (const auto known = cause_of(outcome.state)) {
    return make_reason(*known, {.plugin = plugin.name, .detail = outcome.detail});
  }
  if (first) return first;
  if (outcome.state == plugin_state::probed) {
    return make_reason(cause::not_reported, {.plugin = plugin.name, .detail = outcome.detail});
  }
  return std::nullopt;
}

}  // namespace

std::string_view id(cause value) noexcept {
  switch (value) {
    case cause::no_plugin:
      return "no_plugin";
    case cause::driver_not_bound:
      return "driver_not_bound";
    case cause::driver_wrong:
      return "driver_wrong";
    case cause::node_missing:
      return "node_missing";
    case cause::node_not_readable:
      return "node_not_readable";
    case cause::library_not_found:
      return "library_not_found";
    case cause::library_unusable:
      return "library_unusable";
    case cause::library_too_old:
      return "library_too_old";
    case cause::hidden:
      return "hidden";
    case cause::plugin_refused:
      return "plugin_refused";
    case cause::probe_failed:
      return "probe_failed";
    case cause::probe_crashed:
      return "probe_crashed";
    case cause::probe_timed_out:
      return "probe_timed_out";
    case cause::suspended:
      return "suspended";
    case cause::not_reported:
      return "not_reported";
  }
  return "unknown";
}

std::optional<cause> parse_cause(std::string_view text) noexcept {
  const auto at =
      std::find_if(causes.begin(), causes.end(), [text](cause value) { return id(value) == text; });
  return at == causes.end() ? std::nullopt : std::optional(*at);
}

std::span<const cause> all_causes() noexcept {
  return causes;
}

std::string sentence(cause value, const reason_facts &facts) {
  switch (value) {
    case cause::no_plugin:
      return "No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.";
    case cause::driver_not_bound:
      return fmt::format("No kernel driver is bound to this device; {} needs{}. Install or load the driver.",
                         the_plugin(facts), facts.expected.empty() ? " one" : spaced(facts.expected));
    case cause::driver_wrong:
      return driver_wrong_sentence(facts);
    case cause::node_missing:
      return fmt::format(
          "The device node{} does not exist{} {} needs it. Load the kernel driver; in a container, pass the "
          "node "
          "in.",
          spaced(facts.subject), facts.detail.empty() ? ";" : " (" + facts.detail + ");", the_plugin(facts));
    case cause::node_not_readable:
      return fmt::format(
          "The device node{} cannot be opened by this user{} {}", spaced(facts.subject), with_detail(facts),
          facts.expected.empty()
              ? "Ask the administrator for the right to read and write it."
              : fmt::format("Join the group {} (as root: usermod -a -G {} USER) and log in anew.",
                            facts.expected, facts.expected));
    case cause::library_not_found:
      return fmt::format(
          "The vendor library{} was not found{} {} needs it. Install the vendor's user-space driver.",
          spaced(facts.subject), with_detail(facts), begin_with_plugin(facts));
    case cause::library_unusable:
      return fmt::format("The vendor library{} cannot be used{} Reinstall the vendor's user-space driver.",
                         spaced(facts.subject), with_detail(facts));
    case cause::library_too_old:
      return fmt::format(
          "The vendor library{} is too old{}; {} needs {} or newer. Update the vendor's user-space driver.",
          spaced(facts.subject), in_parentheses("", facts.detail), the_plugin(facts),
          facts.expected.empty() ? "another" : facts.expected);
    case cause::hidden:
      return fmt::format("The device is hidden by the environment variable{}{}. Unset it to see the device.",
                         spaced(facts.subject), in_parentheses("its value is ", facts.detail));
    case cause::plugin_refused:
      return fmt::format("{} was refused{}", begin_with_plugin(facts), with_detail(facts));
    case cause::probe_failed:
      return fmt::format("{} could not start{}", begin_with_plugin(facts), with_detail(facts));
    case cause::probe_crashed:
      return fmt::format(
          "{} crashed when it was asked for its devices{} Update the plugin or the vendor's driver.",
          begin_with_plugin(facts), with_detail(facts));
    case cause::probe_timed_out:
      return fmt::format("{} did not tell its devices in time{} Allow more time with HAL_PROBE_DEADLINE.",
                         begin_with_plugin(facts), with_detail(facts));
    case cause::suspended:
      return fmt::format(
          "The device is asleep (runtime power management), and {} does not report it{} Write 'on' to{} to "
          "wake it.",
          the_plugin(facts), with_detail(facts),
          facts.subject.empty() ? " its power/control in sysfs" : spaced(facts.subject));
    case cause::not_reported:
      return fmt::format("{} works but does not report this device{}", begin_with_plugin(facts),
                         with_detail(facts));
  }
  return "The cause is unknown.";
}

reason make_reason(cause value, const reason_facts &facts) {
  return {value, facts.plugin, sentence(value, facts)};
}

std::optional<reason> check_driver(const manifest &plugin, const pci_function &function) {
  const std::vector<std::string> &wanted = plugin.needs.kernel_drivers;
  if (wanted.empty() || !function.driver) return std::nullopt;
  if (std::find(wanted.begin(), wanted.end(), *function.driver) != wanted.end()) return std::nullopt;
  const cause value = function.driver->empty() ? cause::driver_not_bound : cause::driver_wrong;
  return make_reason(value, {.plugin = plugin.name, .subject = *function.driver, .expected = joined(wanted)});
}

std::optional<reason> first_cause(const pci_function &function, std::span<const manifest> plugins,
                                  std::span<const plugin_outcome> outcomes,
                                  std::span<const further_check> further) {
  const std::vector<claim> claimed = claims(plugins, function);
  const auto outcome_of = [&outcomes](const claim &by) {
    return by.plugin < outcomes.size() ? outcomes[by.plugin] : plugin_outcome{};
  };
  std::optional<reason> furthest;
  for (const claim &by : claimed) {
    if (reports(outcome_of(by), function.address)) return std::nullopt;
  }
  for (const claim &by : claimed) {
    auto found = check(plugins[by.plugin], outcome_of(by), function, further);
    if (!found) return std::nullopt;
    if (!furthest || found->why > furthest->why) furthest = std::move(found);
  }
  return furthest ? furthest : make_reason(cause::no_plugin, {});
}

}  // namespace hal::discovery
