// halctl selftest [DEVICE]: does the device do what it promises, and how fast.
#include <fmt/format.h>

#include <memory>

#include "hal/error.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/selftest_steps.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/selector.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  std::string selector;
  std::string size = "64MiB";
  bool as_json = false;
};

struct report {
  std::string selector;
  std::string name;
  std::vector<step_result> steps;

  bool failed() const {
    return std::any_of(steps.begin(), steps.end(),
                       [](const step_result &step) { return step.ended == step_result::outcome::failed; });
  }
};

// A device that cannot be opened does not hide the others.
report test(runtime &rt, const device_info &way_in, std::uint64_t size) {
  progress line;
  report made{way_in.selector(), way_in.name, {}};
  try {
    made.steps = run_steps(rt.open(way_in), size, [&](std::string_view step) {
      line.say(fmt::format("{}: {}", made.selector, step));
    });
  } catch (const error &failed) {
    made.steps.push_back({"open", step_result::outcome::failed, failed.what()});
  }
  return made;
}

style look_of(step_result::outcome ended) {
  if (ended == step_result::outcome::ok) return style::good;
  return ended == step_result::outcome::failed ? style::bad : style::faint;
}

std::string as_text(const report &made, const painter &paint) {
  table rows({{""}, {""}, {"", true}, {"", true}});
  std::string reasons;
  for (const step_result &step : made.steps) {
    const bool ran = step.ended == step_result::outcome::ok;
    rows.add({{step.name},
              {std::string(to_string(step.ended)), look_of(step.ended)},
              {ran ? human_seconds(step.seconds) : std::string()},
              {ran && step.bytes != 0 ? human_decimal(static_cast<double>(step.bytes) / step.seconds, "B/s")
                                      : std::string()}});
    if (!step.detail.empty()) {
      reasons += fmt::format(
          "  {}\n", wrap(fmt::format("{}: {}", step.name, printable(step.detail)), page_width() - 2, 4));
    }
  }
  return fmt::format("{}\n{}{}",
                     paint(style::heading, fmt::format("{}: {}", made.selector, printable(made.name))),
                     rows.text(page_width(), paint, "  "), reasons);
}

json to_json(const report &made) {
  json device = {
      {"device", made.selector}, {"name", made.name}, {"passed", !made.failed()}, {"steps", json::array()}};
  for (const step_result &step : made.steps) {
    json one = {{"name", step.name}, {"outcome", to_string(step.ended)}};
    if (!step.detail.empty()) one["detail"] = step.detail;
    if (step.ended == step_result::outcome::ok) {
      one["seconds"] = step.seconds;
      if (step.bytes != 0) one["bytes"] = step.bytes;
    }
    device["steps"].push_back(std::move(one));
  }
  return device;
}

std::vector<device_info> ways_in(runtime &rt, const std::string &selector) {
  std::vector<device_info> ways;
  if (!selector.empty()) {
    ways.push_back(rt::way_in(rt.find(selector), selector));
    return ways;
  }
  for (const device_entry &entry : rt.look()->devices) {
    if (entry.usable()) ways.push_back(entry.ways_in.front());
  }
  if (ways.empty())
    throw error(status::not_found, "There is no device that can be used; `halctl list` says why.");
  return ways;
}

// Two buffers and two copies in this program are held at once; on a CPU they share one memory.
void check_fits(const device_info &way_in, std::uint64_t size) {
  const std::uint64_t parts = way_in.type == device_type::cpu ? 4 : 2;
  if (way_in.memory_total == 0 || size <= way_in.memory_total / parts) return;
  throw error(
      status::invalid_argument,
      fmt::format("'--size' is {}; {} has {} of memory, and {} times the size must fit in.",
                  human_and_exact(size, "B"), way_in.selector(), human_bytes(way_in.memory_total), parts));
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  const std::uint64_t size = parse_size(given.size);
  if (size == 0) throw error(status::invalid_argument, "'--size' is 0 bytes; the least is 1.");
  runtime rt(with.options());
  std::string text;
  json reports = json::array();
  bool failed = false;
  const std::vector<device_info> ways = ways_in(rt, given.selector);
  for (const device_info &way_in : ways) check_fits(way_in, size);
  for (const device_info &way_in : ways) {
    const report made = test(rt, way_in, size);
    failed = failed || made.failed();
    text += as_text(made, paint);
    reports.push_back(to_json(made));
  }
  write_out(given.as_json ? document({{"devices", reports}}) : text);
  return failed ? exit_code::failed : exit_code::ok;
}

}  // namespace

void add_selftest(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("selftest", "Test a device: copies, events, a kernel, verified, with times");
  verb.option("DEVICE", given->selector,
              "index, PCI address, UUID or plugin:index; every usable one by default");
  verb.option("--size", given->size, "of the measured transfers").show_default();
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
