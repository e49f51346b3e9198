// halctl list: every accelerator of the machine, and why those that cannot be used cannot.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
};

std::string ways_in(const device_entry &entry) {
  std::string all;
  for (const device_info &info : entry.ways_in) all.append(all.empty() ? "" : " ").append(info.selector());
  return all;
}

std::string memory_of(const device_entry &entry) {
  if (!entry.usable() || entry.ways_in.front().memory_total == 0) return {};
  return human_bytes(entry.ways_in.front().memory_total);
}

// Each sentence once, behind the devices that it is about.
std::string reasons(const inventory &listing) {
  std::vector<std::pair<std::string, std::string>> groups;  // indices, sentence
  for (const device_entry &entry : listing.devices) {
    if (!entry.unusable) continue;
    const std::string index = std::to_string(entry.index);
    const auto known = std::find_if(groups.begin(), groups.end(), [&entry](const auto &group) {
      return group.second == entry.unusable->text;
    });
    if (known == groups.end()) {
      groups.emplace_back(index, entry.unusable->text);
    } else {
      known->first.append(", ").append(index);
    }
  }
  std::string text;
  for (const auto &[indices, sentence] : groups) {
    text += "\n" + wrap(fmt::format("{}: {}", indices, printable(sentence)), page_width(), 3);
  }
  return text.empty() ? text : text + "\n";
}

std::string as_table(const inventory &listing, const painter &paint) {
  if (listing.devices.empty()) return "There is no accelerator in this machine.\n";
  table rows({{"#", true},
              {"ADDRESS"},
              {"TYPE"},
              {"NAME", false, 16},
              {"MEMORY", true},
              {"DRIVER", false, 8},
              {"WAYS IN", false, 10},
              {"STATE"}});
  for (const device_entry &entry : listing.devices) {
    std::string address = entry.identity.pci ? to_string(*entry.identity.pci) : std::string();
    if (entry.identity.partition) address += fmt::format("/{}", *entry.identity.partition);
    const cell state = entry.usable() ? cell{"usable", style::good} : cell{entry.unusable->id, style::bad};
    rows.add({{std::to_string(entry.index)},
              {address},
              {std::string(to_string(entry.type))},
              {(entry.parent ? "+ " : "") + printable(entry.name)},
              {memory_of(entry)},
              {printable(entry.kernel_driver)},
              {printable(ways_in(entry))},
              state});
  }
  std::string text = rows.text(page_width(), paint);
  return text + reasons(listing);
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  runtime rt(with.options());
  const auto listing = rt.look();
  if (given.as_json) {
    json content = {{"devices", json::array()}, {"warnings", listing->warnings}};
    for (const device_entry &entry : listing->devices) content["devices"].push_back(to_json(entry));
    write_out(document(content));
    return exit_code::ok;
  }
  for (const std::string &text : listing->warnings) warn(text);
  write_out(as_table(*listing, paint));
  return exit_code::ok;
}

}  // namespace

void add_list(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("list", "List every accelerator of the machine");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
