// halctl run: one kernel of a bundle, on one device, and on a second one that checks it.
#include <fmt/format.h>

#include <memory>

#include "hal/error.hpp"
#include "runtime/halctl/interrupt.hpp"
#include "runtime/halctl/run_report.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/near_name.hpp"
#include "runtime/selector.hpp"
#include "runtime/whole_file.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  std::string file;
  std::string kernel;
  std::string grid;
  std::string items;
  std::string block;
  std::vector<std::string> values;
  std::vector<std::string> outputs;
  std::string shared;
  std::string device;
  std::string verify;
  std::vector<std::string> tolerance;
  std::uint64_t repeat = 1;
};

run_request request_of(const arguments &given) {
  run_request request;
  request.code = bundle::open(given.file);
  const auto kernel = request.code.find(given.kernel);
  if (!kernel) throw error(status::not_found, rt::no_kernel(given.kernel, request.code.kernel_names()));
  request.kernel = *kernel;
  if (given.grid.empty() == given.items.empty())
    throw error(status::invalid_argument, "Either --grid, in blocks, or --items is needed.");
  if (!given.grid.empty()) request.grid = parse_extents(given.grid, "--grid");
  if (!given.items.empty()) request.items = parse_extents(given.items, "--items");
  if (!given.block.empty()) request.block = parse_extents(given.block, "--block");
  if (!given.shared.empty()) request.shared_memory = parse_size(given.shared);
  constexpr std::uint64_t most_launches = 1'000'000'000;
  if (given.repeat == 0 || given.repeat > most_launches) {
    throw error(status::invalid_argument,
                fmt::format("--repeat is {}; it is 1 to {}.", given.repeat, most_launches));
  }
  request.launches = static_cast<std::uint32_t>(given.repeat);
  for (const std::string &text : given.values) request.arguments.push_back(parse_argument(text));
  check_request(request);
  return request;
}

device_info device_of(runtime &rt, const std::string &selector, const run_request &request) {
  if (selector.empty()) return rt.best(request.code, request.kernel.name).device;
  return rt::way_in(rt.find(selector), selector);
}

struct output {
  std::string name;
  std::string file;
};

std::vector<output> outputs_of(const arguments &given) {
  std::vector<output> all;
  for (const std::string &text : given.outputs) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
      throw error(status::invalid_argument,
                  fmt::format("--output is '{}'; it is NAME=FILE with a parameter's name or number.", text));
    }
    all.push_back({text.substr(0, at), text.substr(at + 1)});
  }
  return all;
}

// Before anything runs as far as the bundle tells, and for certain once the code is loaded.
std::size_t output_place(const output &one, const run_outcome &made) {
  const std::size_t place = place_of(one.name, made.arguments.size(), made.parameters);
  if (!made.memory[place]) {
    throw error(
        status::invalid_argument,
        fmt::format("Argument {} cannot go to '{}': {}.", place_text(place, made.parameters), one.file,
                    made.arguments[place].is_memory() ? "the kernel only reads it" : "it is no memory"));
  }
  return place;
}

void verify(run_report &report, const tolerances &within) {
  for (std::size_t place = 0; place < report.outcome.memory.size(); ++place) {
    const auto &here = report.outcome.memory[place];
    const auto &there = report.other->memory[place];
    if (here && there) report.verified.push_back({place, compare(*here, *there, within)});
  }
}

exit_code run(const arguments &given, const session &with) {
  const interruption noting;
  const painter paint(with.color);
  tolerances within;
  for (const std::string &text : given.tolerance) within.set(text);
  const std::vector<output> wanted = outputs_of(given);
  const run_request request = request_of(given);
  runtime rt(with.options());
  run_report report;
  {
    progress line;
    const auto say = [&line](std::string_view what) { line.say(what); };
    report.kernel = given.kernel;
    report.outcome = run_on(rt, device_of(rt, given.device, request), request, say);
    for (const output &one : wanted) report.files.emplace_back(output_place(one, report.outcome), one.file);
    if (!given.verify.empty()) {
      report.other = run_on(rt, rt::way_in(rt.find(given.verify), given.verify), request, say);
      verify(report, within);
    }
  }
  end_if_interrupted("The run");
  for (const auto &[place, file] : report.files)
    rt::write_whole_file(file, rt::npy_bytes(*report.outcome.memory[place]));
  write_out(given.as_json ? document(to_json(report)) : as_text(report, paint));
  return report.passed() ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_run(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("run", "Run a kernel of a bundle, with times, and compare two devices");
  verb.option("BUNDLE", given->file, "a bundle").required();
  verb.option("KERNEL", given->kernel, "one of its kernels").required();
  verb.option("--grid", given->grid, "blocks: X[,Y[,Z]]");
  verb.option("--items", given->items, "items, instead of --grid: as many blocks as hold them");
  verb.option("--block", given->block, "items of a block; none: the kernel's own, or a suggested one");
  verb.option("--arg", given->values,
              "an argument, once for each: [NAME=]2.0, u32:5, zeros:f32:1024, iota:.., random:.., npy:FILE, "
              "shared:SIZE; docs/halctl.md has the grammar")
      .one_each();
  verb.option("--output", given->outputs, "NAME=FILE.npy: write an argument's memory after the first launch")
      .one_each();
  verb.option("--shared", given->shared, "dynamic shared memory of each block");
  verb.option("--device", given->device, "the device; none: the one on which the kernel runs best");
  verb.option("--verify", given->verify, "a second device, whose results must be the same");
  verb.option("--tolerance", given->tolerance, "[TYPE=]RELATIVE[,ABSOLUTE] for --verify").one_each();
  verb.option("--repeat", given->repeat, "how many launches to time").show_default();
  verb.flag("--json", given->as_json, "for programs; docs/halctl.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
