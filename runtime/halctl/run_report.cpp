#include "runtime/halctl/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/halctl/text.hpp"

namespace hal::ctl {
namespace {

struct summary {
  double first, best, median, worst;
};

summary summary_of(const run_outcome &outcome) {
  std::vector<double> sorted = outcome.seconds;
  std::sort(sorted.begin(), sorted.end());
  return {outcome.seconds.front(), sorted.front(), sorted[sorted.size() / 2], sorted.back()};
}

double bandwidth_of(const run_outcome &outcome) {
  const double time = summary_of(outcome).median;
  return time > 0 ? static_cast<double>(outcome.bytes) / time : 0;
}

std::string times_text(const run_outcome &outcome) {
  return fmt::format("{}{} by {}", human_seconds(summary_of(outcome).median),
                     outcome.seconds.size() == 1 ? "" : fmt::format(", median of {}", outcome.seconds.size()),
                     outcome.device_clock ? "the device's clock" : "the host's clock");
}

std::string spread_text(const run_outcome &outcome) {
  const summary times = summary_of(outcome);
  return fmt::format("{} to {}, the first {}", human_seconds(times.best), human_seconds(times.worst),
                     human_seconds(times.first));
}

std::string variant_text(const bundle_image &image) {
  return image.target.empty() ? image.format : fmt::format("{} for {}", image.format, image.target);
}

std::string argument_text(const run_argument &argument) {
  if (argument.is_memory()) {
    return fmt::format("memory: {} of {}, {}", rt::shape_text(argument.shape), to_string(*argument.type),
                       human_bytes(rt::byte_size_of(argument.shape, *argument.type)));
  }
  if (argument.from == content::shared)
    return fmt::format("shared memory: {} of each block", human_bytes(argument.size));
  if (!argument.type) return fmt::format("{} bytes", argument.bytes.size());
  std::string numbers;
  for (std::size_t at = 0; at < argument.bytes.size(); at += rt::size_of(*argument.type))
    numbers += (at == 0 ? "" : ", ") + rt::number_text(*argument.type, argument.bytes.data() + at);
  return fmt::format("{}: {}", to_string(*argument.type), numbers);
}

std::string verdict_text(const difference &found) {
  if (found.count == 0) {
    return found.largest_absolute == 0
               ? "the same"
               : fmt::format("the same within the tolerance; at most {:.3g} apart, {:.3g} relative",
                             found.largest_absolute, found.largest_relative);
  }
  return fmt::format("{} {}; the first is number {}: {} and {}", found.count,
                     found.count == 1 ? "element differs" : "elements differ", found.first, found.left,
                     found.right);
}

json to_json(const bundle_image &image) {
  return {{"format", image.format}, {"target", image.target}};
}

json times_to_json(const run_outcome &outcome) {
  const summary times = summary_of(outcome);
  return {{"clock", outcome.device_clock ? "device" : "host"},
          {"launches", outcome.seconds.size()},
          {"first", times.first},
          {"best", times.best},
          {"median", times.median},
          {"worst", times.worst}};
}

json to_json(const run_argument &argument, const std::string &name) {
  json made = json::object();
  if (!name.empty()) made["name"] = name;
  constexpr const char *kinds[] = {"value", "memory", "shared"};
  made["kind"] = kinds[argument.kind()];
  if (argument.type) made["type"] = std::string(to_string(*argument.type));
  if (argument.is_memory()) {
    made["shape"] = argument.shape;
    made["bytes"] = rt::byte_size_of(argument.shape, *argument.type);
  } else {
    made["bytes"] = argument.from == content::shared ? argument.size : argument.bytes.size();
  }
  return made;
}

std::string name_of(const run_outcome &outcome, std::size_t place) {
  const auto &list = outcome.parameters.list;
  return list && place < list->size() ? (*list)[place].name : std::string();
}

}  // namespace

bool run_report::passed() const {
  return std::all_of(verified.begin(), verified.end(),
                     [](const verified_argument &one) { return one.found.count == 0; });
}

std::string as_text(const run_report &report, const painter &paint) {
  const run_outcome &made = report.outcome;
  table rows({{""}, {"", false, 20}});
  rows.add({{"variant"}, {variant_text(made.image)}});
  rows.add({{"launch"},
            {fmt::format("{} blocks of {} items", extents_text(made.grid), extents_text(made.block))}});
  for (std::size_t place = 0; place < made.arguments.size(); ++place) {
    rows.add({{fmt::format("argument {}", place_text(place, made.parameters))},
              {printable(argument_text(made.arguments[place]))}});
  }
  rows.add({{"time"}, {times_text(made)}});
  if (made.seconds.size() > 1) rows.add({{"from"}, {spread_text(made)}});
  if (made.bytes != 0 && bandwidth_of(made) > 0) {
    rows.add({{"bandwidth"},
              {fmt::format("{} when each byte is touched once", human_decimal(bandwidth_of(made), "B/s"))}});
  }
  for (const auto &[place, file] : report.files)
    rows.add({{"written"},
              {fmt::format("argument {} to {}", place_text(place, made.parameters), printable(file))}});
  if (report.other) {
    rows.add(
        {{"verified on"},
         {fmt::format("{}: {}, {}; {}", report.other->device.selector(), printable(report.other->device.name),
                      variant_text(report.other->image), times_text(*report.other))}});
    if (report.verified.empty()) rows.add({{"verified"}, {"the kernel writes no memory"}});
  }
  for (const verified_argument &one : report.verified) {
    rows.add({{fmt::format("argument {}", place_text(one.place, made.parameters))},
              {verdict_text(one.found), one.found.count == 0 ? style::good : style::bad}});
  }
  return fmt::format("{}\n{}",
                     paint(style::heading, fmt::format("{} on {}: {}", printable(report.kernel),
                                                       made.device.selector(), printable(made.device.name))),
                     rows.text(page_width(), paint, "  "));
}

json to_json(const run_report &report) {
  const run_outcome &made = report.outcome;
  json content = {{"kernel", report.kernel},   {"device", made.device.selector()},
                  {"name", made.device.name},  {"variant", to_json(made.image)},
                  {"grid", made.grid},         {"block", made.block},
                  {"arguments", json::array()}};
  for (std::size_t place = 0; place < made.arguments.size(); ++place)
    content["arguments"].push_back(to_json(made.arguments[place], name_of(made, place)));
  content["seconds"] = times_to_json(made);
  content["bytes"] = made.bytes;
  content["bandwidth"] = bandwidth_of(made);
  content["outputs"] = json::array();
  for (const auto &[place, file] : report.files)
    content["outputs"].push_back({{"argument", place}, {"file", file}});
  if (report.other) {
    json verify = {{"device", report.other->device.selector()},
                   {"name", report.other->device.name},
                   {"variant", to_json(report.other->image)},
                   {"seconds", times_to_json(*report.other)},
                   {"passed", report.passed()},
                   {"arguments", json::array()}};
    for (const verified_argument &one : report.verified) {
      json entry = {{"argument", one.place},
                    {"differ", one.found.count},
                    {"largest_absolute", one.found.largest_absolute},
                    {"largest_relative", one.found.largest_relative}};
      if (one.found.count != 0)
        entry["first"] = {{"element", one.found.first}, {"here", one.found.left}, {"there", one.found.right}};
      verify["arguments"].push_back(std::move(entry));
    }
    content["verify"] = std::move(verify);
  }
  return content;
}

}  // namespace hal::ctl
