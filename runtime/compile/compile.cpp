#include "runtime/compile/compile.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "hal/error.hpp"
#include "runtime/bundle/code_resources.hpp"
#include "runtime/compile/code.hpp"

namespace hal::rt {
namespace {

// Runs body(0) ... body(count - 1), each once, on up to `threads` threads. The body does not throw.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)> &body) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t index = next++; index < count; index = next++) body(index);
  };
  std::vector<std::jthread> others;
  for (std::size_t started = 1; started < std::min<std::size_t>(threads, count); ++started)
    others.emplace_back(work);
  work();
}

struct piece {
  const kernel_source *source = nullptr;
  const compile_target *target = nullptr;
  std::optional<compiled_code> code;
  std::string failure;
};

std::string message_of(const std::exception_ptr &thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception &failed) {
    return failed.what();
  }
}

void add(compile_result &to, const piece &done, bundle_compression compression) {
  const std::uint32_t image = to.bundle.add_image(std::string(done.target->format()), done.target->name,
                                                  done.code->needs, done.code->bytes, compression);
  ++to.images;
  const kernel_resources known = resources_of(done.target->format(), done.code->bytes);
  for (const host_kernel &kernel : done.source->kernels()) {
    bundle_kernel told = kernel.told;
    bundle_variant &variant = told.variants.emplace_back();
    variant.image = image;
    variant.resources.static_shared_memory = kernel.static_shared_memory;
    if (const auto own = known.find(told.name); own != known.end()) variant.resources = own->second;
    to.bundle.add_kernel(told);
  }
}

}  // namespace

compile_result compile(const compile_request &request) {
  const toolchain tools = toolchain::find();
  for (const compile_target &target : request.targets) tools.need(target);
  const unsigned threads =
      request.jobs != 0 ? request.jobs : std::max(1u, std::thread::hardware_concurrency());
  const std::size_t all = request.sources.size() * (1 + request.targets.size());
  std::mutex mutex;
  std::size_t done = 0;
  const auto advance = [&](std::size_t by) {
    const std::lock_guard lock(mutex);
    done += by;
    if (request.progress) request.progress(done, all);
  };
  advance(0);
  const auto stopped = [&] { return request.stopped && request.stopped(); };

  compile_result result;
  std::vector<std::optional<kernel_source>> sources(request.sources.size());
  std::vector<std::string> unread(request.sources.size());
  in_parallel(sources.size(), threads, [&](std::size_t index) {
    if (stopped()) return;
    try {
      sources[index].emplace(tools, request.sources[index], request.options);
    } catch (...) {
      unread[index] = message_of(std::current_exception());
      advance(request.targets.size());
    }
    advance(1);
  });

  std::vector<piece> pieces;
  for (const auto &source : sources) {
    if (!source) continue;
    for (const compile_target &target : request.targets) pieces.push_back({&*source, &target, {}, {}});
  }
  in_parallel(pieces.size(), threads, [&](std::size_t index) {
    if (stopped()) return;
    piece &made = pieces[index];
    try {
      made.code = compile_for(tools, *made.source, *made.target);
    } catch (...) {
      made.failure = message_of(std::current_exception());
    }
    advance(1);
  });

  for (std::size_t index = 0; index < sources.size(); ++index) {
    if (!sources[index])
      result.failures.push_back({request.sources[index], "", unread[index]});
    else
      result.warnings += sources[index]->warnings();
  }
  for (const piece &made : pieces) {
    if (made.code)
      add(result, made, request.compression);
    else
      result.failures.push_back({made.source->file(), std::string(made.target->shown()), made.failure});
  }
  return result;
}

}  // namespace hal::rt
