// halctl slurm: the lines of gres.conf, by which Slurm knows a node's accelerators.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>
#include <tuple>

#include "runtime/halctl/cluster.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/topology/topology.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
};

// Devices that differ in nothing but their file.
struct group {
  std::string name;
  std::string type;
  std::string cores;  // empty: any will do, or they are not known
  std::vector<std::string> files;
  std::size_t count = 0;
};

// The one file that a job's device is held by: what computes rather than what displays.
std::string file_of(const cluster_device &device) {
  const auto &own = device.files.own;
  const auto begins = [](std::string_view with) {
    return [with](const std::string &name) { return name.starts_with(with); };
  };
  auto at = std::find_if(own.begin(), own.end(), begins("/dev/dri/renderD"));
  if (at == own.end()) at = std::find_if_not(own.begin(), own.end(), begins("/dev/dri/"));
  if (at == own.end()) at = own.begin();
  return at == own.end() ? std::string() : *at;
}

std::vector<group> groups_of(const std::vector<cluster_device> &devices, const topology &machine,
                             const discovery::processors &processors) {
  std::vector<group> groups;
  for (const cluster_device &device : devices) {
    group wanted{std::string(to_string(device.entry.type)),
                 lower_case(reduced(model_of(device.entry), '_', "-", 63)),
                 rt::cores_near(processors, machine.nearest_cpus(device.files.address)),
                 {},
                 0};
    auto at = std::find_if(groups.begin(), groups.end(), [&wanted](const group &one) {
      return std::tie(one.name, one.type, one.cores) == std::tie(wanted.name, wanted.type, wanted.cores);
    });
    if (at == groups.end()) at = groups.insert(groups.end(), wanted);
    ++at->count;
    if (const std::string file = file_of(device); !file.empty()) at->files.push_back(file);
  }
  return groups;
}

// Of one name either all lines have files or none has: where some devices have one, the others are left out.
void agree_on_files(std::vector<group> &groups) {
  std::set<std::string> with_files;
  for (const group &one : groups) {
    if (!one.files.empty()) with_files.insert(one.name);
  }
  std::set<std::string> without;
  for (group &one : groups) {
    const std::size_t missing = one.count - one.files.size();
    if (missing == 0) continue;
    if (with_files.contains(one.name)) {
      warn(fmt::format("{} of type {} {} left out: no file in /dev is known.", missing, one.type,
                       missing == 1 ? "is" : "are"));
      one.count = one.files.size();
    } else if (without.insert(one.name).second) {
      warn(
          fmt::format("No file in /dev is known for any {}; Slurm counts them, and cannot keep a job from "
                      "those of another.",
                      one.name));
    }
  }
  std::erase_if(groups, [](const group &one) { return one.count == 0; });
}

// "/dev/nvidia[0-3],/dev/other7", as Slurm's host lists: numbers without leading zeros.
std::string file_list(const std::vector<std::string> &files) {
  std::vector<std::pair<std::string, std::vector<unsigned>>> stems;
  for (const std::string &file : files) {
    const std::size_t digits = file.find_last_not_of("0123456789") + 1;
    const std::string_view text = std::string_view(file).substr(digits);
    unsigned number = 0;
    const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool plain = code == std::errc{} && std::to_string(number) == text;
    const std::string stem = plain ? file.substr(0, digits) : file;
    auto at =
        std::find_if(stems.begin(), stems.end(), [&stem](const auto &one) { return one.first == stem; });
    if (at == stems.end()) at = stems.insert(stems.end(), {stem, {}});
    if (plain) at->second.push_back(number);
  }
  std::vector<std::string> parts;
  for (auto &[stem, numbers] : stems) {
    std::sort(numbers.begin(), numbers.end());
    const std::string list = rt::number_list(numbers);
    parts.push_back(numbers.size() > 1 ? fmt::format("{}[{}]", stem, list) : stem + list);
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string line_of(const group &one) {
  std::string line = fmt::format("Name={}", one.name);
  if (!one.type.empty()) line += fmt::format(" Type={}", one.type);
  line +=
      one.files.empty() ? fmt::format(" Count={}", one.count) : fmt::format(" File={}", file_list(one.files));
  if (!one.cores.empty()) line += fmt::format(" Cores={}", one.cores);
  return line + "\n";
}

json to_json(const group &one) {
  json content = {{"name", one.name}, {"type", one.type}, {"count", one.count}};
  if (!one.files.empty()) content["files"] = one.files;
  if (!one.cores.empty()) content["cores"] = one.cores;
  return content;
}

exit_code run(const arguments &given, const session &with) {
  const runtime_options options = with.options();
  runtime host(options);
  const std::vector<cluster_device> devices = cluster_devices(host);
  std::vector<group> groups = groups_of(devices, host.topology(), rt::read_processors(options.machine));
  agree_on_files(groups);
  if (given.as_json) {
    json content = {{"gres", json::array()}};
    for (const group &one : groups) content["gres"].push_back(to_json(one));
    write_out(document(content));
    return exit_code::ok;
  }
  std::string text = groups.empty() ? "# No accelerator on a PCI bus.\n" : "";
  for (const group &one : groups) text += line_of(one);
  write_out(text);
  return exit_code::ok;
}

}  // namespace

void add_slurm(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("slurm", "Write the lines of Slurm's gres.conf");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
