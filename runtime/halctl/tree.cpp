// halctl tree: how the accelerators and what they work with hang on the machine's buses.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>

#include "hal/topology.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/topology_text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  bool as_dot = false;
  bool all = false;
};

// What is shown of a topology: everything, or what is of interest with the bridges at which ways part.
class selection {
 public:
  selection(const topology &machine, bool all) : machine_(machine), all_(all) {
    for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
      if (!machine.nodes[i].parent) roots_[key(i)].push_back(i);
    }
    for (auto &[root, tops] : roots_) tops = shown(tops);
    std::erase_if(roots_, [](const auto &entry) { return entry.second.empty(); });
  }

  // Host bridges, by domain and bus; last the functions whose host bridge is not known.
  using root_key = std::pair<std::uint64_t, std::optional<pci_root_bus>>;
  struct earlier {
    bool operator()(const root_key &a, const root_key &b) const { return a.first < b.first; }
  };
  const std::map<root_key, std::vector<std::size_t>, earlier> &roots() const { return roots_; }
  std::vector<std::size_t> below(std::size_t index) const { return shown(machine_.nodes[index].children); }

 private:
  root_key key(std::size_t index) const {
    const auto root = machine_.nodes[index].root;
    if (!root) return {~std::uint64_t{0}, {}};
    return {std::uint64_t{root->domain} << 8 | root->bus, root};
  }

  static bool of_interest(const topology_node &node) {
    if (node.kind == node_kind::accelerator) return true;
    return node.kind != node_kind::bridge && node.kind != node_kind::other && !node.physical_function;
  }

  // A bridge with one branch is passed over, one with none is left out. Deep chains take no stack.
  std::vector<std::size_t> shown(const std::vector<std::size_t> &from) const {
    if (all_) return from;
    std::vector<std::size_t> found;
    for (const std::size_t start : from) {
      if (const auto at = first_of_interest(start)) found.push_back(*at);
    }
    return found;
  }

  std::optional<std::size_t> first_of_interest(std::size_t start) const {
    count_interest();
    if (interest_[start] == 0) return std::nullopt;
    std::size_t at = start;
    while (!of_interest(machine_.nodes[at])) {
      std::optional<std::size_t> only;
      std::size_t branches = 0;
      for (const std::size_t child : machine_.nodes[at].children) {
        if (interest_[child] == 0) continue;
        ++branches;
        only = child;
      }
      if (branches != 1) break;
      at = *only;
    }
    return at;
  }

  // How much of interest there is at a node and below it.
  void count_interest() const {
    if (!interest_.empty() || machine_.nodes.empty()) return;
    interest_.resize(machine_.nodes.size());
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
      if (!machine_.nodes[i].parent) order.push_back(i);
    }
    for (std::size_t next = 0; next < order.size(); ++next) {
      const auto &children = machine_.nodes[order[next]].children;
      order.insert(order.end(), children.begin(), children.end());
    }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      interest_[*at] += of_interest(machine_.nodes[*at]);
      if (const auto above = machine_.nodes[*at].parent) interest_[*above] += interest_[*at];
    }
  }

  const topology &machine_;
  bool all_;
  std::map<root_key, std::vector<std::size_t>, earlier> roots_;
  mutable std::vector<std::size_t> interest_;
};

std::string root_name(const std::optional<pci_root_bus> &root) {
  return root ? to_string(*root) : "host bridge not known";
}

std::string numa_text(const std::optional<int> &id) {
  return id ? std::to_string(*id) : std::string();
}

std::string name_of(const topology_node &node) {
  // A name that is a pair of ids needs no vendor; nor does what is no accelerator, to keep the lines short.
  std::string name = node.name;
  if (node.kind == node_kind::accelerator && !node.vendor.empty() && !name.starts_with(node.vendor) &&
      name.find(':') != 4)
    name = node.vendor + " " + name;
  const auto virtual_functions = node.kind == node_kind::accelerator ? 0 : node.children.size();
  if (node.kind != node_kind::bridge && virtual_functions != 0)
    name += fmt::format(" ({} virtual functions)", virtual_functions);
  return printable(name);
}

// One line to be written, with what stands before it.
struct pending {
  std::size_t index;
  std::string before;  // of the lines below it
  bool last;
  bool top;
};

std::string as_text(const topology &machine, bool all, const painter &paint) {
  const selection chosen(machine, all);
  if (chosen.roots().empty())
    return "There is no accelerator, network adapter or NVMe drive on a PCI bus of this machine.\n";
  table rows(
      {{"ADDRESS"}, {"KIND"}, {"NAME", false, 16}, {"LINK"}, {"NUMA", true}, {"INTERFACES", false, 8}});
  for (const auto &[key, tops] : chosen.roots()) {
    rows.add({{root_name(key.second), style::heading}, {}, {}, {}, {}, {}});
    std::vector<pending> open;
    for (auto at = tops.rbegin(); at != tops.rend(); ++at)
      open.push_back({*at, "", at == tops.rbegin(), true});
    while (!open.empty()) {
      const pending now = open.back();
      open.pop_back();
      const topology_node &node = machine.nodes[now.index];
      const bool slower = node.link.reduced() && node.kind != node_kind::bridge;
      rows.add({{now.before + (now.last ? "└─ " : "├─ ") + to_string(node.address)},
                {kind_text(node)},
                {name_of(node)},
                {link_text(node.link), slower ? style::bad : style::plain},
                {numa_text(machine.nearest_numa_node(node.address))},
                {printable(fmt::format("{}", fmt::join(node.interfaces, " ")))}});
      const std::vector<std::size_t> below = chosen.below(now.index);
      for (auto at = below.rbegin(); at != below.rend(); ++at)
        open.push_back({*at, now.before + (now.last ? "   " : "│  "), at == below.rbegin(), false});
    }
  }
  return rows.text(page_width(), paint);
}

std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char character : printable(text)) {
    if (character == '"' || character == '\\') out += '\\';
    out += character;
  }
  return out + '"';
}

// Graphviz wants a line end in a label as \n, which quoting would double.
std::string label(const std::string &first, const std::string &second) {
  std::string text = dot_string(first);
  if (!second.empty())
    text.insert(text.size() - 1, "\\n" + dot_string(second).substr(1, dot_string(second).size() - 2));
  return text;
}

std::string as_dot(const topology &machine, bool all) {
  const selection chosen(machine, all);
  std::string text =
      "digraph machine {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [dir=none];\n";
  for (const auto &[key, tops] : chosen.roots()) {
    const std::string root = dot_string(root_name(key.second));
    text += fmt::format("  {} [shape=ellipse];\n", root);
    std::vector<std::pair<std::size_t, std::string>> open;
    for (const std::size_t top : tops) open.emplace_back(top, root);
    for (std::size_t next = 0; next < open.size(); ++next) {
      const auto [index, above] = open[next];
      const topology_node &node = machine.nodes[index];
      const std::string name = dot_string(to_string(node.address));
      const bool shown_big = node.kind == node_kind::accelerator;
      text += fmt::format("  {} [label={}{}];\n", name,
                          label(to_string(node.address) + " " + kind_text(node), name_of(node)),
                          shown_big ? ", style=bold" : "");
      const std::string link = link_text(node.link);
      text += fmt::format("  {} -> {}{};\n", above, name,
                          link.empty() ? "" : fmt::format(" [label={}]", dot_string(link)));
      for (const std::size_t child : chosen.below(index)) open.emplace_back(child, name);
    }
  }
  return text + "}\n";
}

json as_json(const topology &machine) {
  json content = {{"functions", json::array()}, {"numa_nodes", json::array()}};
  for (const topology_node &node : machine.nodes) content["functions"].push_back(node_to_json(machine, node));
  for (const numa_node_info &node : machine.numa_nodes) {
    json one = {{"id", node.id}, {"cpus", node.cpus}};
    if (node.socket) one["socket"] = *node.socket;
    content["numa_nodes"].push_back(one);
  }
  content["warnings"] = machine.warnings;
  return content;
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  runtime rt(with.options());
  const topology machine = rt.topology();
  if (given.as_json) {
    write_out(document(as_json(machine)));
    return exit_code::ok;
  }
  for (const std::string &text : machine.warnings) warn(text);
  write_out(given.as_dot ? as_dot(machine, given.all) : as_text(machine, given.all, paint));
  return exit_code::ok;
}

}  // namespace

void add_tree(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("tree", "Show how devices are connected: buses, switches, links");
  const command_option as_json =
      verb.flag("--json", given->as_json,
                "for programs, with every function; docs/halctl-list-schema.md has the schema");
  verb.flag("--dot", given->as_dot, "for Graphviz: halctl tree --dot | dot -Tsvg").excludes(as_json);
  verb.flag("--all", given->all, "every PCI function, not only what is of interest");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
