// halctl cdi: Container Device Interface specifications, by which container runtimes hand devices to
// containers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "hal/error.hpp"
#include "runtime/halctl/cluster.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/new_files.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

// The first version whose device names may begin with a digit; nothing newer is used.
constexpr const char *cdi_version = "0.5.0";

struct arguments {
  std::string output;
  std::string domain = "hal.internal";
  std::string kind;
};

json nodes_of(const std::vector<std::string> &files) {
  json nodes = json::array();
  for (const std::string &file : files) nodes.push_back({{"path", file}, {"permissions", "rw"}});
  return nodes;
}

json device(const std::string &name, const std::vector<std::string> &files) {
  return {{"name", name}, {"containerEdits", {{"deviceNodes", nodes_of(files)}}}};
}

// By index within the kind, by address, and all at once. A device that has only its driver's files gets
// these: a device without edits is not allowed.
json specification(const std::string &kind, const std::vector<const cluster_device *> &devices) {
  json content = {{"cdiVersion", cdi_version}, {"kind", kind}, {"devices", json::array()}};
  std::vector<std::string> every;
  std::vector<std::string> shared;
  const auto add_to = [](std::vector<std::string> &all, const std::vector<std::string> &some) {
    for (const std::string &file : some) {
      if (std::find(all.begin(), all.end(), file) == all.end()) all.push_back(file);
    }
  };
  for (std::size_t index = 0; index < devices.size(); ++index) {
    const device_files &files = devices[index]->files;
    const std::vector<std::string> &own = files.own.empty() ? files.shared : files.own;
    content["devices"].push_back(device(std::to_string(index), own));
    content["devices"].push_back(device(to_string(files.address), own));
    add_to(every, own);
    add_to(shared, files.shared);
  }
  content["devices"].push_back(device("all", every));
  if (!shared.empty()) content["containerEdits"] = {{"deviceNodes", nodes_of(shared)}};
  return content;
}

std::map<std::string, std::vector<const cluster_device *>> by_kind(const std::vector<cluster_device> &devices,
                                                                   const std::string &domain) {
  std::map<std::string, std::vector<const cluster_device *>> kinds;
  for (const cluster_device &one : devices) {
    if (one.files.own.empty() && one.files.shared.empty()) {
      warn(fmt::format("{} ({}) is left out: no file in /dev is known to belong to it.",
                       to_string(one.files.address), one.entry.name));
      continue;
    }
    kinds[fmt::format("{}.{}/{}", vendor_label(one.entry), domain, to_string(one.entry.type))].push_back(
        &one);
  }
  return kinds;
}

std::string text_of(const json &content) {
  return content.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

exit_code run(const arguments &given, const session &with) {
  if (!is_dns_subdomain(given.domain)) {
    throw error(status::invalid_argument,
                fmt::format("'{}' is no domain: lower-case letters, digits and dashes, parted by dots.",
                            given.domain));
  }
  runtime rt(with.options());
  const std::vector<cluster_device> devices = cluster_devices(rt);
  auto kinds = by_kind(devices, given.domain);
  if (!given.kind.empty()) {
    std::erase_if(kinds, [&given](const auto &entry) { return entry.first != given.kind; });
  }
  if (kinds.empty()) {
    throw error(status::not_found,
                given.kind.empty() ? "There is no accelerator that a container could be given."
                                   : fmt::format("There is no accelerator of the kind '{}'.", given.kind));
  }
  if (given.output.empty()) {
    if (kinds.size() > 1) {
      std::vector<std::string> names;
      for (const auto &[kind, members] : kinds) names.push_back(kind);
      throw error(status::invalid_argument, fmt::format("There are {} kinds of devices, and a specification "
                                                        "has one: choose with --kind, or give --output "
                                                        "DIR for all. {}.",
                                                        names.size(), fmt::join(names, ", ")));
    }
    write_out(text_of(specification(kinds.begin()->first, kinds.begin()->second)));
    return exit_code::ok;
  }
  std::map<std::string, std::string> files;
  std::string written;
  for (const auto &[kind, members] : kinds) {
    std::string name = kind + ".json";
    name.replace(name.find('/'), 1, "-");
    written += fmt::format("{}  {}\n", (std::filesystem::path(given.output) / name).string(), kind);
    files.emplace(std::move(name), text_of(specification(kind, members)));
  }
  write_new_files(given.output, files);
  write_out(written);
  return exit_code::ok;
}

}  // namespace

void add_cdi(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("cdi", "Write Container Device Interface specifications");
  verb.option("--output", given->output, "folder for one file per vendor and type, such as /etc/cdi");
  verb.option("--kind", given->kind, "only this one, as nvidia.hal.internal/gpu");
  verb.option("--domain", given->domain, "what follows the vendor's name in a kind").show_default();
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
