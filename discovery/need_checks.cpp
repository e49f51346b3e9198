#include "discovery/need_checks.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace hal::discovery {
namespace fs = std::filesystem;
namespace {

bool may_use(const system_view &system, const fs::path &node) {
  const fs::path file = system.at(node);
  return system.may_use ? system.may_use(file) : ::access(file.c_str(), R_OK | W_OK) == 0;
}

// By /etc/group alone: a directory service may ask the network.
std::string group_name(const system_view &system, gid_t id) {
  const std::string all = small_file(system.at("/etc/group"));
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t name_end = line.find(':');
    const std::size_t id_begin = line.find(':', std::min(name_end, line.size() - 1) + 1);
    if (name_end == std::string_view::npos || id_begin == std::string_view::npos) continue;
    gid_t found = 0;
    const char *end = line.data() + line.size();
    if (std::from_chars(line.data() + id_begin + 1, end, found).ec == std::errc{} && found == id)
      return std::string(line.substr(0, name_end));
  }
  return std::to_string(id);
}

reason not_usable(const system_view &system, const manifest &plugin, const fs::path &node) {
  reason_facts facts{.plugin = plugin.name, .subject = node.string()};
  struct stat about {};
  if (::stat(system.at(node).c_str(), &about) == 0) {
    const std::string group = group_name(system, about.st_gid);
    const bool group_helps = (about.st_mode & 060) == 060 && about.st_gid != 0;
    facts.detail = fmt::format("it belongs to the group {}, with mode {:04o}", group, about.st_mode & 07777);
    if (group_helps) facts.expected = group;
  }
  return make_reason(cause::node_not_readable, facts);
}

struct faulty_library {
  std::string file;
  library_fault fault;
};

// Nothing when the library or one of its others will do. One that is there and will not do tells more than
// those that are not there.
std::optional<faulty_library> first_fault(const library_search &search, const system_view &system,
                                          const vendor_library &library,
                                          const std::vector<std::string> &runpath) {
  std::optional<faulty_library> told;
  vendor_library candidate = library;
  for (std::size_t i = 0; i <= library.others.size(); ++i) {
    if (i > 0) candidate.file = library.others[i - 1];
    auto fault = check_library(search, system, candidate, runpath);
    if (!fault) return std::nullopt;
    if (!told || (told->fault.what == library_fault::kind::not_found && fault->what != told->fault.what))
      told = faulty_library{candidate.file, std::move(*fault)};
  }
  return told;
}

bool hides_everything(const std::string &value) {
  return value.empty() || value == "-1" || value.starts_with("-1,");
}

}  // namespace

std::optional<reason> check_nodes(const system_view &system, const manifest &plugin,
                                  const plugin_outcome &outcome) {
  std::error_code ignored;
  // A recorded machine's files may end at /sys.
  if (system.recorded && !fs::is_directory(system.at("/dev"), ignored)) return std::nullopt;
  const bool works = outcome.state == plugin_state::probed;
  for (const std::string &pattern : plugin.needs.device_nodes) {
    const std::vector<fs::path> nodes = matching_files(system, pattern);
    if (nodes.empty()) {
      if (works) continue;
      return make_reason(cause::node_missing, {.plugin = plugin.name, .subject = pattern});
    }
    // Whose user would it be?
    if (system.recorded && !system.may_use) continue;
    const auto usable = [&system](const fs::path &node) { return may_use(system, node); };
    const auto closed = std::find_if_not(nodes.begin(), nodes.end(), usable);
    const bool all_closed = std::none_of(nodes.begin(), nodes.end(), usable);
    if (closed != nodes.end() && (works || all_closed)) return not_usable(system, plugin, *closed);
  }
  return std::nullopt;
}

std::optional<reason> check_libraries(const system_view &system, const library_search &search,
                                      const manifest &plugin, const plugin_outcome &outcome,
                                      const std::vector<std::string> &runpath) {
  if (outcome.state == plugin_state::probed || !search.can_tell()) return std::nullopt;
  for (const vendor_library &library : plugin.needs.libraries) {
    const auto faulty = first_fault(search, system, library, runpath);
    if (!faulty) continue;
    reason_facts facts{.plugin = plugin.name, .subject = faulty->file, .detail = faulty->fault.detail};
    const auto what = faulty->fault.what;
    if (what == library_fault::kind::not_found) return make_reason(cause::library_not_found, facts);
    if (what == library_fault::kind::unusable) return make_reason(cause::library_unusable, facts);
    facts.expected = library.minimum_version;
    return make_reason(cause::library_too_old, facts);
  }
  return std::nullopt;
}

std::optional<reason> check_variables(const system_view &system, const manifest &plugin,
                                      const plugin_outcome &outcome) {
  if (outcome.state != plugin_state::probed && outcome.state != plugin_state::probe_failed)
    return std::nullopt;
  for (const std::string &name : plugin.needs.visibility_variables) {
    const auto value = system.variable(name);
    if (!value || (outcome.state == plugin_state::probe_failed && !hides_everything(*value))) continue;
    return make_reason(cause::hidden,
                       {.plugin = plugin.name, .subject = name, .detail = fmt::format("'{}'", *value)});
  }
  return std::nullopt;
}

std::optional<reason> check_power(const system_view &system, const manifest &plugin,
                                  const plugin_outcome &outcome, const pci_function &function) {
  if (outcome.state != plugin_state::probed) return std::nullopt;
  const fs::path power = fs::path("/sys/bus/pci/devices") / to_string(function.address) / "power";
  std::string status =
      function.runtime_status ? *function.runtime_status : small_file(system.at(power / "runtime_status"));
  while (status.ends_with('\n')) status.pop_back();
  if (status != "suspended") return std::nullopt;
  return make_reason(cause::suspended, {.plugin = plugin.name, .subject = (power / "control").string()});
}

std::vector<further_check> need_checks(const system_view &system, const library_search &search,
                                       std::function<std::vector<std::string>(const manifest &)> runpath_of) {
  return {
      [&system](const manifest &plugin, const plugin_outcome &outcome, const pci_function &) {
        return check_nodes(system, plugin, outcome);
      },
      [&system, &search, runpath_of = std::move(runpath_of)](
          const manifest &plugin, const plugin_outcome &outcome, const pci_function &) {
        return check_libraries(system, search, plugin, outcome,
                               runpath_of ? runpath_of(plugin) : std::vector<std::string>());
      },
      [&system](const manifest &plugin, const plugin_outcome &outcome, const pci_function &) {
        return check_variables(system, plugin, outcome);
      },
      [&system](const manifest &plugin, const plugin_outcome &outcome, const pci_function &function) {
        return check_power(system, plugin, outcome, function);
      },
  };
}

}  // namespace hal::discovery
