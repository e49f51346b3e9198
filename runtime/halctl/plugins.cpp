// halctl plugins: every plugin that was found, and what became of it.
#include <fmt/format.h>

#include <memory>

#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/search_path.hpp"

namespace hal::ctl {
namespace {

style look_of(plugin_state state) {
  switch (state) {
    case plugin_state::available:
      return style::good;
    case plugin_state::refused:
    case plugin_state::failed:
      return style::bad;
    case plugin_state::excluded:
    case plugin_state::idle:
      break;
  }
  return style::faint;
}

std::string as_text(const inventory &listing, const std::vector<rt::search_folder> &folders,
                    const painter &paint) {
  table rows({{"NAME"}, {"VERSION", false, 8}, {"STATE"}, {"DEVICES", true}, {"DESCRIPTION", false, 16}});
  for (const plugin_entry &plugin : listing.plugins) {
    const bool asked = plugin.state == plugin_state::available;
    rows.add({{printable(plugin.name)},
              {printable(plugin.version)},
              {std::string(to_string(plugin.state)), look_of(plugin.state)},
              {asked ? std::to_string(plugin.device_count) : std::string()},
              {printable(plugin.description)}});
  }
  std::string text = listing.plugins.empty() ? "There is no plugin.\n" : rows.text(page_width(), paint);
  for (const plugin_entry &plugin : listing.plugins) {
    text += fmt::format("\n{}\n  manifest {}\n", paint(style::heading, printable(plugin.name)),
                        printable(plugin.manifest.string()));
    if (!plugin.library.empty()) text += fmt::format("  library  {}\n", printable(plugin.library.string()));
    if (plugin.why) {
      text += fmt::format("  {}\n", wrap(printable(plugin.why->text), page_width() - 2, 2));
    }
  }
  text += fmt::format("\n{}\n", paint(style::heading, "searched"));
  for (const rt::search_folder &folder : folders) {
    text += fmt::format("  {} ({})\n", printable(folder.path.string()), folder.origin);
  }
  return text;
}

exit_code run(bool as_json, const session &with) {
  const painter paint(with.color);
  const runtime_options options = with.options();
  const std::vector<rt::search_folder> folders = rt::search_path(options);
  runtime rt(options);
  const auto listing = rt.look();
  if (as_json) {
    json content = {{"plugins", json::array()}, {"searched", json::array()}};
    for (const plugin_entry &plugin : listing->plugins) content["plugins"].push_back(to_json(plugin));
    for (const rt::search_folder &folder : folders) {
      content["searched"].push_back({{"path", folder.path.string()}, {"origin", folder.origin}});
    }
    write_out(document(content));
    return exit_code::ok;
  }
  for (const std::string &text : listing->warnings) warn(text);
  write_out(as_text(*listing, folders, paint));
  return exit_code::ok;
}

}  // namespace

void add_plugins(command halctl, session &with) {
  const auto as_json = std::make_shared<bool>(false);
  command verb = halctl.add("plugins", "List every plugin, accepted or refused, and why");
  verb.flag("--json", *as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([as_json, &with] { return run(*as_json, with); });
}

}  // namespace hal::ctl
