// halctl labels: what a node has, as labels of Kubernetes nodes.
#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>

#include "hal/error.hpp"
#include "runtime/halctl/cluster.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  std::string prefix = "hal.internal";
};

// The rule for both halves behind the prefix: at most 63 characters.
constexpr std::size_t longest = 63;

std::string value_of(std::string_view text) {
  return reduced(text, '-', "-_.", longest);
}

// The one value that all devices of a type share; nothing where they differ.
class common_value {
 public:
  void add(std::string value) { all_.insert(std::move(value)); }
  std::string text() const { return all_.size() == 1 ? *all_.begin() : std::string(); }

 private:
  std::set<std::string> all_;
};

struct facts {
  std::size_t count = 0;
  std::map<std::string, std::size_t> models;
  common_value vendor, model, memory, driver, driver_version;
};

std::map<std::string, std::string> labels_of(const std::vector<cluster_device> &devices) {
  std::map<std::string, facts> types;
  for (const cluster_device &device : devices) {
    const device_entry &entry = device.entry;
    facts &one = types[std::string(to_string(entry.type))];
    ++one.count;
    ++one.models[value_of(model_of(entry))];
    one.vendor.add(value_of(entry.vendor));
    one.model.add(value_of(model_of(entry)));
    one.driver.add(value_of(entry.kernel_driver));
    const std::uint64_t memory = entry.usable() ? entry.ways_in.front().memory_total : 0;
    one.memory.add(memory == 0 ? std::string() : std::to_string(memory >> 20));
    one.driver_version.add(entry.usable() ? value_of(entry.ways_in.front().driver_version) : std::string());
  }
  std::map<std::string, std::string> labels;
  for (const auto &[type, one] : types) {
    labels[type + ".count"] = std::to_string(one.count);
    const auto add = [&labels, &type = type](const char *name, const std::string &value) {
      if (!value.empty()) labels[type + "." + name] = value;
    };
    add("vendor", one.vendor.text());
    add("model", one.model.text());
    add("memory-mib", one.memory.text());
    add("driver", one.driver.text());
    add("driver-version", one.driver_version.text());
    for (const auto &[model, count] : one.models) {
      const std::string name = reduced(fmt::format("{}.model.{}", type, model), '-', "-_.", longest);
      if (!model.empty()) labels[name] = std::to_string(count);
    }
  }
  return labels;
}

exit_code run(const arguments &given, const session &with) {
  if (!is_dns_subdomain(given.prefix)) {
    throw error(
        status::invalid_argument,
        fmt::format("'{}' is no prefix of a label: lower-case letters, digits and dashes, parted by dots.",
                    given.prefix));
  }
  runtime rt(with.options());
  const auto labels = labels_of(cluster_devices(rt));
  json content = {{"labels", json::object()}};
  std::string text;
  for (const auto &[name, value] : labels) {
    content["labels"][given.prefix + "/" + name] = value;
    text += fmt::format("{}/{}={}\n", given.prefix, name, value);
  }
  write_out(given.as_json ? document(content) : text);
  return exit_code::ok;
}

}  // namespace

void add_labels(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("labels", "Write labels of a Kubernetes node");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.option("--prefix", given->prefix, "what stands before the slash").show_default();
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
