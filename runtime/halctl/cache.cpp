// halctl cache: what is kept in the user's cache folder.
#include <fmt/format.h>

#include <memory>

#include "hal/error.hpp"
#include "runtime/bundle/code_cache.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"
#include "runtime/probing/options.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
  std::string limit;
};

rt::code_cache cache_of(const session &with) {
  const std::filesystem::path folder = rt::cache_folder(with.options());
  if (folder.empty()) {
    throw error(status::unavailable,
                "Nothing is kept: HAL_CACHE is 'off', --no-cache was given, or there is neither HOME nor "
                "XDG_CACHE_HOME.");
  }
  return rt::code_cache(folder);
}

exit_code show(const arguments &given, const session &with) {
  const rt::code_cache cache = cache_of(with);
  const rt::code_cache::usage used = cache.used();
  if (given.as_json) {
    write_out(document({{"folder", cache.folder().string()},
                        {"files", used.files},
                        {"bytes", used.bytes},
                        {"limit", cache.limit()}}));
  } else {
    write_out(fmt::format("{}: {} compiled {}, {} of at most {}\n", printable(cache.folder().string()),
                          used.files, used.files == 1 ? "module" : "modules", human_bytes(used.bytes),
                          human_bytes(cache.limit())));
  }
  return exit_code::ok;
}

exit_code clear(const session &with) {
  const rt::code_cache::usage removed = cache_of(with).clear();
  write_out(fmt::format("Removed {} compiled {}, {}.\n", removed.files,
                        removed.files == 1 ? "module" : "modules", human_bytes(removed.bytes)));
  return exit_code::ok;
}

exit_code set_limit(const arguments &given, const session &with) {
  const rt::code_cache cache = cache_of(with);
  cache.set_limit(parse_size(given.limit));
  return show(given, with);
}

}  // namespace

void add_cache(command halctl, session &with) {
  command verb = halctl.add("cache", "What drivers compiled, kept for the next time");
  verb.needs_part();
  const auto given = std::make_shared<arguments>();

  command shows = verb.add("show", "How much is kept, and where");
  shows.flag("--json", given->as_json, "for programs; docs/cache.md has the schema");
  shows.runs([given, &with] { return show(*given, with); });

  command clears = verb.add("clear", "Remove all of it");
  clears.runs([given, &with] { return clear(with); });

  command limits = verb.add("limit", "Set how much may be kept");
  limits.option("SIZE", given->limit, "bytes of all files: 512MiB; 0: nothing is kept").required();
  limits.runs([given, &with] { return set_limit(*given, with); });
}

}  // namespace hal::ctl
