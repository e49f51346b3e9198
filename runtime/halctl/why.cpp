// halctl why: which device would run a kernel, in which variant, and why not every other.
#include <fmt/format.h>

#include <memory>

#include "hal/dispatch.hpp"
#include "hal/error.hpp"
#include "runtime/assumed.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/near_name.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  std::string file;
  std::string kernel;
  std::string device;
};

// What is known of a recorded machine's devices: drivers described none of them.
struct recorded_devices {
  std::vector<device_info> assumed;
  std::vector<device_entry> unknown;
};

recorded_devices recorded_devices_asked(runtime &rt, const std::string &selector) {
  const auto listing = rt.look();
  recorded_devices all;
  bool named = false;
  for (const rt::assumed_device &one : rt::assumed_devices(*listing)) {
    named = named || (one.info && one.info->selector() == selector);
    if (!selector.empty() && !(one.info && one.info->selector() == selector)) continue;
    if (one.info) all.assumed.push_back(*one.info);
    if (!one.info) all.unknown.push_back(listing->devices[one.entry]);
  }
  if (selector.empty() || named) return all;
  const device_entry entry = rt.find(selector);
  for (const rt::assumed_device &one : rt::assumed_devices(*listing)) {
    if (one.entry != entry.index) continue;
    if (one.info) return {{*one.info}, {}};
    return {{}, {entry}};
  }
  return {{}, {entry}};
}

std::vector<device_info> devices_asked(runtime &rt, const std::string &selector) {
  std::vector<device_info> all;
  if (!selector.empty()) {
    const device_entry entry = rt.find(selector);
    if (!entry.usable()) throw error(status::unavailable, entry.unusable->text);
    return entry.ways_in;
  }
  for (const device_entry &entry : rt.look()->devices)
    all.insert(all.end(), entry.ways_in.begin(), entry.ways_in.end());
  return all;
}

std::vector<bundle_kernel> kernels_asked(const bundle &from, const std::string &name) {
  std::vector<bundle_kernel> all;
  if (name.empty()) {
    for (std::size_t index = 0; index < from.kernel_count(); ++index) all.push_back(from.kernel(index));
    return all;
  }
  if (const auto found = from.find(name)) return {*found};
  throw error(status::not_found, rt::no_kernel(name, from.kernel_names()));
}

json to_json(const dispatch_verdict &pair, const device_info &device, const bundle &from) {
  const bundle_image image = from.image(pair.pair.image);
  json content = {{"device", device.selector()},
                  {"variant", pair.pair.variant},
                  {"image", pair.pair.image},
                  {"format", image.format},
                  {"target", image.target}};
  if (pair.rejected == dispatch_rule::none) {
    content["rank"] = pair.rank;
  } else {
    content["rejected"] = {{"rule", std::string(to_string(pair.rejected))}, {"why", pair.why}};
  }
  return content;
}

void add_rows(table &rows, const bundle_kernel &kernel, const std::vector<dispatch_verdict> &pairs,
              const std::vector<device_info> &devices, const bundle &from) {
  for (const dispatch_verdict &pair : pairs) {
    const bundle_image image = from.image(pair.pair.image);
    const bool runs = pair.rejected == dispatch_rule::none;
    rows.add({{printable(kernel.name)},
              {devices[pair.pair.device].selector()},
              {image.format},
              {image.target},
              runs ? cell{std::to_string(pair.rank), pair.rank == 1 ? style::good : style::plain}
                   : cell{std::string(to_string(pair.rejected)), style::bad},
              {printable(pair.why)}});
  }
}

std::string name_of(const device_entry &entry) {
  const std::string address = entry.identity.pci ? " at " + to_string(*entry.identity.pci) : std::string();
  return fmt::format("{}{} ({:04x}:{:04x})", printable(entry.name), address, entry.vendor_id,
                     entry.device_id);
}

// Behind the table: what it rests on.
std::string notes_on(const recorded_devices &recorded) {
  std::string text;
  if (!recorded.assumed.empty()) {
    text += wrap(
                "Assumed: this machine is recorded, and no driver described its devices. What each takes is "
                "from the "
                "table of models; drivers, libraries and free memory are taken to be there.",
                page_width(), 0) +
            "\n";
  }
  for (const device_entry &entry : recorded.unknown)
    text += wrap(fmt::format("Unknown: {} is in no table of models; nothing can be said.", name_of(entry)),
                 page_width(), 0) +
            "\n";
  return text;
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  const bundle from = bundle::open(given.file);
  const std::vector<bundle_kernel> kernels = kernels_asked(from, given.kernel);
  runtime rt(with.options());
  const bool is_recorded = with.machine != "/";
  const recorded_devices recorded =
      is_recorded ? recorded_devices_asked(rt, given.device) : recorded_devices();
  const std::vector<device_info> devices = is_recorded ? recorded.assumed : devices_asked(rt, given.device);
  const dispatcher decides(from, devices);
  table rows({{"KERNEL", false, 12}, {"DEVICE"}, {"FORMAT"}, {"TARGET"}, {"RANK"}, {"WHY NOT", false, 20}});
  json content = {{"kernels", json::array()}};
  for (const bundle_kernel &kernel : kernels) {
    const auto pairs = decides.explain(kernel);
    json list = json::array();
    for (const dispatch_verdict &pair : pairs) {
      list.push_back(to_json(pair, devices[pair.pair.device], from));
      if (is_recorded) list.back()["assumed"] = true;
    }
    content["kernels"].push_back({{"name", kernel.name}, {"pairs", std::move(list)}});
    add_rows(rows, kernel, pairs, devices, from);
  }
  if (is_recorded) {
    content["unknown"] = json::array();
    for (const device_entry &entry : recorded.unknown) {
      content["unknown"].push_back({{"index", entry.index},
                                    {"name", entry.name},
                                    {"vendor_id", fmt::format("{:04x}", entry.vendor_id)},
                                    {"device_id", fmt::format("{:04x}", entry.device_id)}});
    }
  }
  if (given.as_json) {
    write_out(document(content));
  } else if (is_recorded && (!devices.empty() || !recorded.unknown.empty())) {
    const std::string table = devices.empty() ? std::string() : rows.text(page_width(), paint) + "\n";
    write_out(table + notes_on(recorded));
  } else if (devices.empty()) {
    write_out("No device of this machine can be used; `halctl list` tells why.\n");
  } else {
    write_out(rows.text(page_width(), paint));
  }
  return exit_code::ok;
}

}  // namespace

void add_why(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("why", "Which device and variant a kernel would run on, and why");
  verb.option("BUNDLE", given->file, "a bundle").required();
  verb.option("KERNEL", given->kernel, "one of its kernels; none: all");
  verb.option("--device", given->device, "only this device");
  verb.flag("--json", given->as_json, "for programs; docs/bundle.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
