// halctl capture: records what discovery reads of this machine, to be looked at elsewhere with --machine.
#include <fmt/format.h>

#include <memory>

#include "runtime/halctl/machine_archive.hpp"
#include "runtime/halctl/output.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

exit_code run(const std::string &file, const session &with) {
  const rt::recording machine = rt::record_machine(with.options().machine);
  write_archive(file, machine);
  for (const std::string &text : machine.unread) warn(text);
  write_out(fmt::format("{} entries were written to {}; `halctl --machine {} list` shows the machine.\n",
                        machine.entries.size(), printable(file), printable(file)));
  return exit_code::ok;
}

}  // namespace

void add_capture(command halctl, session &with) {
  const auto file = std::make_shared<std::string>("machine.tar");
  command verb = halctl.add("capture", "Record this machine's hardware in a file");
  verb.option("FILE", *file, "a tar archive; compressed when it ends with .gz, .bz2, .xz or .zst")
      .show_default();
  verb.runs([file, &with] { return run(*file, with); });
}

}  // namespace hal::ctl
