#include "tests/conformance/options.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace conformance {

const char usage[] =
    "Usage: hal-conformance PLUGIN.so [options]\n"
    "Judges a plugin against the plugin boundary, hal/abi/*.h.\n"
    "\n"
    "  --device N      the plugin's N-th device, from 0 (default 0)\n"
    "  --expect FILE   failures that are expected, one \"case name = reason\" a line\n"
    "  --kernels DIR   where conformance-kernels.so is (default: beside this program)\n"
    "  --patience S    seconds after which a wait for work that must end is a failure (default 60)\n"
    "  --case PATTERN  only the cases whose names match; * stands for anything\n"
    "  --list          print the cases and their counts; needs no plugin\n"
    "  --json          print the result as JSON on standard output, all else on standard error\n"
    "  --help          print this\n"
    "Some options of doctest are passed on: --success, --test-case-exclude=PATTERN, --abort-after=N,\n"
    "--duration=true, --order-by=rand, --no-colors and others.\n"
    "\n"
    "Exit status: 0 no case failed; 1 some failed; 2 wrong usage, or the plugin could not be loaded;\n"
    "77 the plugin has no device here.\n";

namespace {

// doctest takes no notice of what it does not know.
constexpr const char *doctest_options[] = {
    "-s",  "--success",  "-tc", "--test-case", "-tce", "--test-case-exclude", "-aa", "--abort-after",
    "-d",  "--duration", "-nc", "--no-colors", "-fc",  "--force-colors",      "-nb", "--no-breaks",
    "-ob", "--order-by", "-rs", "--rand-seed", "-ltc", "--list-test-cases",   "-sf", "--source-file",
    "-m",  "--minimal",  "-q",  "--quiet",     "-gfl", "--gnu-file-line"};

unsigned read_number(const std::string &option, const std::string &text, unsigned least) {
  unsigned value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < least || text.empty()) {
    throw usage_failure(option + " was given \"" + text + "\"; it takes a whole number of at least " +
                        std::to_string(least) + ".");
  }
  return value;
}

}  // namespace

options read_options(int argc, char **argv) {
  options read;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto value = [&]() -> std::string {
      if (equals != std::string::npos) return word.substr(equals + 1);
      if (i + 1 == argc) throw usage_failure(name + " needs a value.");
      return argv[++i];
    };
    if (name == "--device") {
      read.device = read_number(name, value(), 0);
    } else if (name == "--expect") {
      read.expect = value();
    } else if (name == "--kernels") {
      read.kernels = value();
    } else if (name == "--patience") {
      read.patience = read_number(name, value(), 1);
    } else if (name == "--case") {
      // doctest separates patterns by commas, and names may hold some.
      std::string pattern = value();
      std::replace(pattern.begin(), pattern.end(), ',', '?');
      read.doctest.push_back("--test-case=" + pattern);
    } else if (word == "--list") {
      read.list = true;
    } else if (word == "--json") {
      read.json = true;
    } else if (word == "--help" || word == "-h") {
      read.help = true;
    } else if (word.size() > 1 && word.front() == '-') {
      if (std::find(std::begin(doctest_options), std::end(doctest_options), name) ==
          std::end(doctest_options))
        throw usage_failure("The option \"" + word + "\" does not exist; --help lists those that do.");
      read.doctest.push_back(word);
    } else if (read.plugin.empty()) {
      read.plugin = word;
    } else {
      throw usage_failure("Two plugins were given, \"" + read.plugin + "\" and \"" + word +
                          "\"; one is judged at a time.");
    }
  }
  if (read.plugin.empty() && !read.list && !read.help) {
    throw usage_failure("No plugin was given; the first argument is the path of a plugin's shared object.");
  }
  return read;
}

}  // namespace conformance
