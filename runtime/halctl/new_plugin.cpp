// halctl new-plugin NAME DIR: a plugin to start from.
#include <fmt/format.h>

#include <memory>

#include "runtime/halctl/plugin_template.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  new_plugin wanted;
  std::string vendor_id;
  bool has_vendor_id = false;
  std::string folder;
};

exit_code run(const arguments &given) {
  new_plugin wanted = given.wanted;
  if (given.has_vendor_id) wanted.vendor_id = parse_vendor_id(given.vendor_id);
  const folder_content content = render_plugin(wanted);
  write_folder(given.folder, content);
  write_out(
      fmt::format("The plugin {} is in {}: {} files. Build and judge it there:\n"
                  "  meson setup build\n"
                  "  meson test -C build\n",
                  wanted.name, given.folder, content.size()));
  return exit_code::ok;
}

}  // namespace

void add_new_plugin(command halctl, session &) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("new-plugin", "Write the source of a new plugin to start from");
  verb.option("NAME", given->wanted.name, "lower case letters, digits and underscores").required();
  verb.option("DIR", given->folder, "folder to make; its parent exists").required();
  const command_option id =
      verb.option("--vendor-id", given->vendor_id,
                  "PCI vendor of the devices, as 0x10de; without it the plugin is asked on every machine");
  verb.option("--vendor", given->wanted.vendor, "the vendor's name").show_default();
  verb.runs([given, id] {
    given->has_vendor_id = id.given();
    return run(*given);
  });
}

}  // namespace hal::ctl
