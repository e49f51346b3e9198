#include "runtime/halctl/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/halctl/output.hpp"
#include "runtime/near_name.hpp"

namespace hal::ctl {
namespace {

std::string meant(std::string_view given, const std::vector<std::string> &names) {
  const std::string near = rt::nearest(given, names);
  return near.empty() ? std::string() : fmt::format(" (is '{}' meant?)", near);
}

std::vector<std::string> verbs_of(const CLI::App &app) {
  std::vector<std::string> verbs;
  for (const CLI::App *verb : app.get_subcommands({})) {
    if (!verb->get_group().empty()) verbs.push_back(verb->get_name());
  }
  return verbs;
}

std::string no_verb(const CLI::App &app, const std::string &word) {
  return fmt::format("There is no verb '{}'{}; `halctl --help` lists them.", word,
                     meant(word, verbs_of(app)));
}

// Of a verb and of halctl itself, which every verb takes, too.
std::vector<std::string> options_of(const CLI::App &app, const CLI::App &at) {
  std::vector<std::string> options;
  for (const CLI::App *owner : {&app, &at}) {
    for (const CLI::Option *option : owner->get_options()) {
      for (const std::string &known : option->get_lnames()) options.push_back("--" + known);
    }
  }
  return options;
}

// The first word that nothing on the command line takes, in a sentence; CLI11's own words name neither what
// is near it nor the verb.
std::string explain(const CLI::App &app, const CLI::ParseError &wrong, int count, char **words) {
  const auto chosen = app.get_subcommands();
  const CLI::App &at = chosen.empty() ? app : *chosen.front();
  const std::string name = chosen.empty() ? "halctl" : "halctl " + at.get_name();
  std::vector<std::string> unknown = app.remaining(true);
  unknown.erase(std::remove(unknown.begin(), unknown.end(), "--"), unknown.end());
  const auto is_option = [](const std::string &word) { return word.size() > 1 && word.front() == '-'; };
  if (dynamic_cast<const CLI::ArgumentMismatch *>(&wrong) != nullptr && is_option(words[count - 1]))
    return fmt::format("'{}' needs a value; `{} --help` tells more.", words[count - 1], name);
  if (chosen.empty()) {
    const auto plain = std::find_if_not(unknown.begin(), unknown.end(), is_option);
    if (plain != unknown.end()) return no_verb(app, *plain);
    if (unknown.empty()) return "A verb is missing; `halctl --help` lists them.";
  }
  if (unknown.empty()) return fmt::format("{}; `{} --help` tells more.", wrong.what(), name);
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const std::vector<std::string> options = options_of(app, at);
  // Behind -- even an option is a plain word.
  if (is_option(word) && std::find(options.begin(), options.end(), word) == options.end())
    return fmt::format("`{0}` has no option '{1}'{2}; `{0} --help` lists them.", name, word,
                       meant(word, options));
  return fmt::format("`{0}` does not take '{1}'; `{0} --help` tells what it takes.", name, unknown.front());
}

}  // namespace

command_option &command_option::required() {
  option_->required();
  return *this;
}

command_option &command_option::show_default() {
  option_->capture_default_str();
  return *this;
}

command_option &command_option::one_each() {
  option_->allow_extra_args(false);
  return *this;
}

command_option &command_option::one_of(const std::vector<std::string> &allowed) {
  option_->check(CLI::IsMember(allowed));
  return *this;
}

command_option &command_option::excludes(const command_option &other) {
  option_->excludes(other.option_);
  return *this;
}

bool command_option::given() const {
  return option_->count() != 0;
}

command command::add(const std::string &name, const std::string &meaning) {
  return {app_->add_subcommand(name, meaning), chosen_};
}

command &command::hide() {
  app_->group("");
  return *this;
}

command &command::needs_part() {
  app_->require_subcommand(1);
  return *this;
}

command_option command::option(const std::string &name, std::string &into, const std::string &meaning) {
  return command_option(app_->add_option(name, into, meaning));
}

command_option command::option(const std::string &name, std::vector<std::string> &into,
                               const std::string &meaning) {
  return command_option(app_->add_option(name, into, meaning));
}

command_option command::option(const std::string &name, std::uint64_t &into, const std::string &meaning) {
  return command_option(app_->add_option(name, into, meaning));
}

command_option command::option(const std::string &name, double &into, const std::string &meaning) {
  return command_option(app_->add_option(name, into, meaning));
}

command_option command::flag(const std::string &name, bool &into, const std::string &meaning) {
  return command_option(app_->add_flag(name, into, meaning));
}

void command::runs(action what) {
  app_->callback([chosen = chosen_, what = std::move(what)] { *chosen = what; });
}

std::vector<std::string> command::names() const {
  return verbs_of(*app_);
}

command_line::command_line(const std::string &name, const std::string &meaning, const std::string &version)
    : app_(std::make_unique<CLI::App>(meaning, name)), version_(version) {
  app_->require_subcommand(1);
  app_->set_version_flag("--version", version);
  app_->fallthrough();
}

command_line::~command_line() = default;

command command_line::root() {
  return {app_.get(), &chosen_};
}

void command_line::footer(const std::string &text) {
  for (CLI::App *verb : app_->get_subcommands({})) verb->footer(text);
}

std::optional<exit_code> command_line::read(int count, char **words) {
  try {
    app_->parse(count, words);
  } catch (const CLI::CallForHelp &) {
    write_out(app_->help());
    return exit_code::ok;
  } catch (const CLI::CallForVersion &) {
    write_out(version_ + "\n");
    return exit_code::ok;
  } catch (const CLI::ParseError &wrong) {
    complain(explain(*app_, wrong, count, words));
    return exit_code::usage;
  }
  return std::nullopt;
}

}  // namespace hal::ctl
