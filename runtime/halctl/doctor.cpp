// halctl doctor: what is the matter, and what to do.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "discovery/system_checks.hpp"
#include "runtime/diagnosis.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

using discovery::check_result;
using discovery::system_check;

struct arguments {
  std::string selector;
  bool as_json = false;
};

// A device that is divided is used by its parts.
bool is_fine(const device_entry &entry) {
  return entry.usable() || entry.unusable->id == "partitioned" || entry.unusable->id == "not_probed";
}

std::string state_of(const device_entry &entry) {
  return entry.usable() ? "usable" : entry.unusable->id;
}

style look_of(check_result result) {
  return result == check_result::ok        ? style::good
         : result == check_result::warning ? style::heading
                                           : style::bad;
}

std::string as_text(const std::vector<device_entry> &devices, const std::vector<system_check> &checks,
                    const painter &paint) {
  std::string text = fmt::format("{}\n", paint(style::heading, "devices"));
  if (devices.empty()) text += "  There is no accelerator in this machine.\n";
  for (const device_entry &entry : devices) {
    const std::string place = entry.identity.pci ? " " + to_string(*entry.identity.pci) : std::string();
    text += fmt::format("  {}{} {}: {}\n", entry.index, place, printable(entry.name),
                        paint(is_fine(entry) ? style::good : style::bad, state_of(entry)));
    if (entry.unusable) text += "    " + wrap(printable(entry.unusable->text), page_width() - 4, 4) + "\n";
  }
  if (checks.empty()) return text;
  text += fmt::format("\n{}\n", paint(style::heading, "system"));
  for (const system_check &check : checks) {
    const std::string_view result = to_string(check.result);
    text += fmt::format("  {} {}\n", paint(look_of(check.result), result),
                        wrap(std::string(result.size() + 1, '.') + printable(check.text), page_width() - 2, 4)
                            .substr(result.size() + 1));
  }
  return text;
}

json as_json(const std::vector<device_entry> &devices, const std::vector<system_check> &checks,
             bool healthy) {
  json content = {{"healthy", healthy}, {"devices", json::array()}, {"checks", json::array()}};
  for (const device_entry &entry : devices) {
    json device = {{"index", entry.index}, {"name", entry.name}};
    if (entry.identity.pci) device["pci"] = to_string(*entry.identity.pci);
    device["state"] = state_of(entry);
    if (entry.unusable) device["reason"] = {{"id", entry.unusable->id}, {"text", entry.unusable->text}};
    content["devices"].push_back(device);
  }
  for (const system_check &check : checks)
    content["checks"].push_back(
        {{"id", check.id}, {"result", to_string(check.result)}, {"text", check.text}});
  return content;
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  const runtime_options options = with.options();
  runtime rt(options);
  const auto listing = rt.look();
  std::vector<device_entry> devices = listing->devices;
  std::vector<system_check> checks;
  if (given.selector.empty()) {
    checks = rt::diagnose(options, *listing);
  } else {
    devices = {rt.find(given.selector)};
  }
  const bool healthy = std::all_of(devices.begin(), devices.end(), is_fine) &&
                       std::none_of(checks.begin(), checks.end(), [](const system_check &check) {
                         return check.result == check_result::failure;
                       });
  if (given.as_json) {
    write_out(document(as_json(devices, checks, healthy)));
  } else {
    for (const std::string &text : listing->warnings) warn(text);
    write_out(as_text(devices, checks, paint));
  }
  return healthy ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_doctor(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("doctor", "Say what is the matter with devices and system, and what to do");
  verb.option("DEVICE", given->selector, "index, PCI address, UUID or plugin:index; all by default");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
