// halctl: the HAL for people. Each verb has a file of its own; this one reads the command line and ends the
// program.
#include <fmt/format.h>

#include <new>
#include <string>

#include "hal/abi/plugin.h"
#include "hal/error.hpp"
#include "hal/version.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

std::string version_text() {
  return fmt::format("halctl {}, plugin boundary {}.{}", version(), HAL_ABI_MAJOR, HAL_ABI_MINOR);
}

void declare(command halctl, session &with) {
  halctl.option("--color", with.color, "auto, always or never").show_default();
  halctl.option("--plugin-path", with.plugin_path, "folders of plugins, searched instead of all others");
  halctl.option(
      "--machine", with.machine,
      "a recorded machine: a folder of its files, what `halctl capture` wrote, a tar archive, or what "
      "lspci -xxxx or lspci -nn printed");
  halctl.option("--deadline", with.deadline, "seconds that a plugin may take to tell its devices");
  halctl.flag("--no-cache", with.no_cache, "ask every plugin anew");
  add_list(halctl, with);
  add_show(halctl, with);
  add_doctor(halctl, with);
  add_tree(halctl, with);
  add_topo(halctl, with);
  add_watch(halctl, with);
  add_cdi(halctl, with);
  add_slurm(halctl, with);
  add_labels(halctl, with);
  add_plugins(halctl, with);
  add_selftest(halctl, with);
  add_bench(halctl, with);
  add_conform(halctl, with);
  add_capture(halctl, with);
  add_new_plugin(halctl, with);
  add_bundle(halctl, with);
  add_compile(halctl, with);
  add_why(halctl, with);
  add_complete(halctl, with);
}

exit_code run(int count, char **words) {
  session with;
  command_line line("halctl", "One interface to every accelerator in the machine.", version_text());
  declare(line.root(), with);
  line.footer(
      "--color, --deadline, --machine, --no-cache and --plugin-path go with every verb: halctl --help.");
  if (const auto answered = line.read(count, words)) return *answered;
  // A wrong --color is refused by verbs without colours, too.
  [[maybe_unused]] const painter known(with.color);
  return line.chosen();
}

}  // namespace
}  // namespace hal::ctl

int main(int count, char **words) {
  using namespace hal;
  ctl::secure_standard_streams();
  try {
    return static_cast<int>(ctl::run(count, words));
  } catch (const error &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code_of(failed.status()));
  } catch (const ctl::output_error &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code::output);
  } catch (const std::bad_alloc &) {
    ctl::complain("There is not enough memory.");
    return static_cast<int>(ctl::exit_code::failed);
  } catch (const std::exception &failed) {
    ctl::complain(failed.what());
    return static_cast<int>(ctl::exit_code::failed);
  }
}
