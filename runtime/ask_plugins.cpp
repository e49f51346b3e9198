#include "runtime/ask_plugins.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "discovery/library_search.hpp"
#include "runtime/environment.hpp"
#include "runtime/probing/cache.hpp"
#include "runtime/probing/key.hpp"

namespace hal::rt {
namespace {

// Of two manifests with one name the first counts; each has a file of its own.
std::string cache_name(const catalog_entry &plugin) {
  return fmt::format("{}-{:016x}", plugin.facts.name, fingerprint(plugin.facts.manifest.string()));
}

std::optional<probe_result> kept(const probe_cache &cache, const catalog_entry &plugin,
                                 const std::string &key) {
  auto bytes = cache.find(cache_name(plugin), key);
  if (!bytes) return std::nullopt;
  read_report read = read_frames(*bytes, plugin.facts.name);
  if (!read.damage.empty() || read.report.verdict == probe_verdict::none) return std::nullopt;
  return probe_result{probe_end::reported, std::move(read.report), {}, {}};
}

}  // namespace

discovery::system_view system_of(const runtime_options &options) {
  discovery::system_view system;
  system.root = options.machine;
  system.recorded = options.machine != "/";
  if (!system.recorded) system.environment = environment;
  return system;
}

std::vector<probe_result> ask_plugins(prober &asked, const std::filesystem::path &cache_folder,
                                      std::span<catalog_entry *const> plugins,
                                      const discovery::inventory &hardware,
                                      const discovery::system_view &system) {
  const probe_cache cache(cache_folder);
  const std::filesystem::path helper = probe_helper();
  std::optional<discovery::library_search> libraries;
  std::vector<probe_result> results(plugins.size());
  std::vector<std::string> keys(plugins.size());
  std::vector<std::size_t> open;
  std::vector<probe_request> requests;
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    if (!cache_folder.empty()) {
      if (!libraries) libraries.emplace(system);
      keys[i] = probe_key(*plugins[i], hardware, system, *libraries, helper);
      if (auto known = kept(cache, *plugins[i], keys[i])) {
        results[i] = std::move(*known);
        continue;
      }
    }
    open.push_back(i);
    requests.push_back({plugins[i]->facts.name, plugins[i]->facts.library});
  }
  std::vector<probe_result> fresh = asked.run(requests);
  for (std::size_t i = 0; i < open.size(); ++i) {
    probe_result &result = results[open[i]] = std::move(fresh[i]);
    if (!cache_folder.empty() && is_lasting(result))
      cache.keep(cache_name(*plugins[open[i]]), keys[open[i]], result.bytes);
  }
  return results;
}

}  // namespace hal::rt
