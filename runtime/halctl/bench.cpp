// halctl bench DEVICE: what each kind of work costs on a device.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "hal/error.hpp"
#include "runtime/halctl/bench_steps.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/selector.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  std::string selector;
  bool quick = false;
  bool as_json = false;
};

using outcome = bench_figure::outcome;

std::string rate_of(const bench_figure &figure) {
  if (figure.bytes == 0 || !(figure.median > 0)) return {};
  return human_decimal(static_cast<double>(figure.bytes) / figure.median, "B/s");
}

std::string as_text(const device_info &info, const std::vector<bench_figure> &figures, const painter &paint) {
  table rows({{""}, {"median", true}, {"10 %", true}, {"90 %", true}, {"rate", true}});
  // Said once for all the steps that have it.
  std::vector<std::pair<std::string, std::string>> reasons;
  for (const bench_figure &figure : figures) {
    if (figure.ended == outcome::ok) {
      rows.add({{figure.name},
                {human_seconds(figure.median)},
                {human_seconds(figure.low), style::faint},
                {human_seconds(figure.high), style::faint},
                {rate_of(figure)}});
      continue;
    }
    rows.add({{figure.name},
              {std::string(to_string(figure.ended)),
               figure.ended == outcome::failed ? style::bad : style::faint}});
    const auto known = std::find_if(reasons.begin(), reasons.end(),
                                    [&](const auto &one) { return one.second == figure.detail; });
    if (known == reasons.end())
      reasons.emplace_back(figure.name, figure.detail);
    else
      known->first += "; " + figure.name;
  }
  std::string text = fmt::format(
      "{}\n{}", paint(style::heading, fmt::format("{}: {}", info.selector(), printable(info.name))),
      rows.text(page_width(), paint, "  "));
  for (const auto &[names, why] : reasons)
    text += fmt::format("  {}\n", wrap(fmt::format("{}: {}", names, printable(why)), page_width() - 2, 4));
  return text;
}

json to_json(const bench_figure &figure) {
  json one = {{"name", figure.name}, {"outcome", to_string(figure.ended)}};
  if (!figure.detail.empty()) one["detail"] = figure.detail;
  if (figure.bytes != 0) one["bytes"] = figure.bytes;
  if (figure.ended != outcome::ok) return one;
  one["seconds"] = figure.median;
  one["seconds_low"] = figure.low;
  one["seconds_high"] = figure.high;
  one["samples"] = figure.samples;
  one["operations"] = figure.operations;
  return one;
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  runtime rt(with.options());
  const device_info way_in = rt::way_in(rt.find(given.selector), given.selector);
  std::vector<bench_figure> figures;
  {
    progress line;
    figures = run_bench(rt.open(way_in), given.quick, [&](std::string_view step) {
      line.say(fmt::format("{}: {}", way_in.selector(), step));
    });
  }
  if (given.as_json) {
    json all = json::array();
    for (const bench_figure &figure : figures) all.push_back(to_json(figure));
    write_out(document({{"device", way_in.selector()},
                        {"name", way_in.name},
                        {"driver_version", way_in.driver_version},
                        {"quick", given.quick},
                        {"figures", all}}));
  } else {
    write_out(as_text(way_in, figures, paint));
  }
  const bool failed = std::any_of(figures.begin(), figures.end(),
                                  [](const bench_figure &figure) { return figure.ended == outcome::failed; });
  return failed ? exit_code::failed : exit_code::ok;
}

}  // namespace

void add_bench(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("bench", "Measure what launches, events, memory and copies cost");
  verb.option("DEVICE", given->selector, "index, PCI address, UUID or plugin:index").required();
  verb.flag("--quick", given->quick, "a tenth of the time, without the largest sizes");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
