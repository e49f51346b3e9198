// halctl compile: one source of kernels, one bundle for many targets.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "hal/error.hpp"
#include "runtime/compile/compile.hpp"
#include "runtime/halctl/interrupt.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  std::vector<std::string> sources;
  std::string output;
  std::string targets{rt::default_targets};
  rt::front_options options;
  bool keep_going = false;
  bool compress = false;
  std::uint64_t jobs = 0;
};

std::string place_of(const rt::compile_failure &failed) {
  return failed.target.empty() ? printable(failed.source.string())
                               : fmt::format("{} for {}", printable(failed.source.string()), failed.target);
}

exit_code compile(const arguments &given) {
  rt::compile_request request;
  for (const std::string &source : given.sources) request.sources.emplace_back(source);
  request.targets = rt::parse_compile_targets(given.targets);
  request.options = given.options;
  request.compression = given.compress ? bundle_compression::zstd : bundle_compression::none;
  request.jobs = static_cast<unsigned>(given.jobs);
  rt::compile_result made;
  const interruption noting;
  request.stopped = [] { return interruption::caught() != 0; };
  {
    progress shown;
    request.progress = [&](std::size_t done, std::size_t all) {
      shown.say(fmt::format("compiling: {} of {} done", done, all));
    };
    made = rt::compile(request);
  }
  end_if_interrupted("The compilation");
  pass_on(made.warnings);
  std::vector<std::string> places;
  for (const rt::compile_failure &failed : made.failures) {
    pass_on(fmt::format("{}:\n{}\n", place_of(failed), failed.message));
    places.push_back(place_of(failed));
  }
  const bool whole = made.failures.empty();
  if ((whole || given.keep_going) && made.images != 0) made.bundle.write(given.output);
  if (whole) return exit_code::ok;
  const std::string left =
      given.keep_going && made.images != 0
          ? fmt::format("the other {} images are in {}", made.images, printable(given.output))
          : std::string("nothing was written");
  complain(fmt::format("Not compiled: {}; {}.", fmt::join(places, ", "), left));
  return exit_code::failed;
}

}  // namespace

void add_compile(command halctl, session &) {
  command verb = halctl.add("compile", "Compile kernels for every target into one bundle");
  const auto given = std::make_shared<arguments>();
  verb.option("SOURCES", given->sources, "OpenCL C (.cl) or C++ for OpenCL (.clcpp)").required();
  verb.option("-o,--output", given->output, "the bundle to write").required();
  verb.option("--target", given->targets,
              "separated by commas: sm_80, gfx942, spirv, x86-64-v3, aarch64, riscv64, opencl-c ...")
      .show_default();
  verb.option("-O", given->options.level, "how much to optimise, 0 to 3")
      .one_of({"0", "1", "2", "3"})
      .show_default();
  verb.option("-D", given->options.defines, "a macro, NAME or NAME=VALUE").one_each();
  verb.option("-I", given->options.includes, "a folder of included files").one_each();
  verb.flag("--keep-going", given->keep_going, "write what could be compiled when something could not");
  verb.flag("--fibers", given->options.fibers, "on a CPU, run kernels with barriers on fibers, not in loops");
  verb.flag("--zstd", given->compress, "store the code compressed");
  verb.option("-j,--jobs", given->jobs, "compilers at a time; 0: one for each processor");
  verb.runs([given] { return compile(*given); });
}

}  // namespace hal::ctl
