#include "runtime/halctl/new_plugin.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
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

void add_new_plugin(CLI::App &app, session &with) {
  const auto given = std::make_shared<arguments>();
  CLI::App *verb = app.add_subcommand("new-plugin", "Write the source of a new plugin to start from");
  verb->add_option("NAME", given->wanted.name, "lower case letters, digits and underscores")->required();
  verb->add_option("DIR", given->folder, "folder to make; its parent exists")->required();
  const CLI::Option *id = verb->add_option(
      "--vendor-id", given->vendor_id,
      "PCI vendor of the devices, as 0x10de; without it the plugin is asked on every machine");
  verb->add_option("--vendor", given->wanted.vendor, "the vendor's name")->capture_default_str();
  verb->callback([given, id, &with] {
    given->has_vendor_id = id->count() != 0;
    with.chosen = [given] { return run(*given); };
  });
}

}  // namespace hal::ctl
