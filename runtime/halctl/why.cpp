// halctl why: which device would run a kernel, in which variant, and why not every other.
#include <fmt/format.h>

#include <memory>

#include "hal/dispatch.hpp"
#include "hal/error.hpp"
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

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  const bundle from = bundle::open(given.file);
  const std::vector<bundle_kernel> kernels = kernels_asked(from, given.kernel);
  runtime rt(with.options());
  const std::vector<device_info> devices = devices_asked(rt, given.device);
  const dispatcher decides(from, devices);
  table rows({{"KERNEL", false, 12}, {"DEVICE"}, {"FORMAT"}, {"TARGET"}, {"RANK"}, {"WHY NOT", false, 20}});
  json content = {{"kernels", json::array()}};
  for (const bundle_kernel &kernel : kernels) {
    const auto pairs = decides.explain(kernel);
    json list = json::array();
    for (const dispatch_verdict &pair : pairs) list.push_back(to_json(pair, devices[pair.pair.device], from));
    content["kernels"].push_back({{"name", kernel.name}, {"pairs", std::move(list)}});
    add_rows(rows, kernel, pairs, devices, from);
  }
  if (given.as_json) {
    write_out(document(content));
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
