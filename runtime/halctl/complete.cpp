// halctl complete: words for the shell's completion. Not shown in the help.
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

std::string lines(const std::vector<std::string> &words) {
  std::string all;
  for (const std::string &word : words) all += word + "\n";
  return all;
}

}  // namespace

void add_complete(command halctl, session &with) {
  const auto what = std::make_shared<std::string>();
  command verb = halctl.add("complete", "Words for the shell's completion").hide();
  verb.option("WHAT", *what, "verbs, devices or plugins").required().one_of({"verbs", "devices", "plugins"});
  verb.runs([what, halctl, &with] {
    write_out(*what == "verbs"     ? lines(halctl.names())
              : *what == "devices" ? device_names(with)
                                   : plugin_names(with));
    return exit_code::ok;
  });
}

}  // namespace hal::ctl
