// halctl complete: words for the shell's completion. Not shown in the help.
#include <CLI/CLI.hpp>
#include <memory>

#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

// Every way to name a device, one each line.
std::string device_names(const session &with) {
  std::string words;
  runtime rt(with.options());
  for (const device_entry &entry : rt.look()->devices) {
    words += std::to_string(entry.index) + "\n";
    if (entry.identity.pci) words += to_string(*entry.identity.pci) + "\n";
    for (const device_info &info : entry.ways_in) words += info.selector() + "\n";
  }
  return words;
}

std::string plugin_names(const session &with) {
  std::string words;
  runtime rt(with.options());
  for (const plugin_entry &entry : rt.look()->plugins) words += entry.name + "\n";
  return words;
}

std::string verb_names(const CLI::App &app) {
  std::string words;
  for (const CLI::App *verb : app.get_subcommands({})) {
    if (!verb->get_group().empty()) words += verb->get_name() + "\n";
  }
  return words;
}

}  // namespace

void add_complete(CLI::App &app, session &with) {
  const auto what = std::make_shared<std::string>();
  CLI::App *verb = app.add_subcommand("complete", "Words for the shell's completion")->group("");
  verb->add_option("WHAT", *what, "verbs, devices or plugins")
      ->required()
      ->check(CLI::IsMember({"verbs", "devices", "plugins"}));
  verb->callback([what, &app, &with] {
    with.chosen = [what, &app, &with] {
      write_out(*what == "verbs"     ? verb_names(app)
                : *what == "devices" ? device_names(with)
                                     : plugin_names(with));
      return exit_code::ok;
    };
  });
}

}  // namespace hal::ctl
