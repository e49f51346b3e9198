// One source of kernels becomes one bundle for many targets. docs/kernels.md.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "hal/bundle.hpp"
#include "runtime/compile/source.hpp"
#include "runtime/compile/target.hpp"

namespace hal::rt {

struct compile_request {
  std::vector<std::filesystem::path> sources;
  std::vector<compile_target> targets;
  front_options options;
  bundle_compression compression = bundle_compression::none;
  unsigned jobs = 0;  // programs at a time; 0: one for each processor
  // Called from several threads, one at a time, before anything is compiled and after each piece.
  std::function<void(std::size_t done, std::size_t all)> progress;
  // Asked from several threads before each piece: true, and nothing more is begun. What is not done then is
  // among the failures, without a message.
  std::function<bool()> stopped;
};

struct compile_failure {
  std::filesystem::path source;
  std::string target;   // as it is shown; empty: every target
  std::string message;  // the compiler's own, of many lines, or a sentence
};

struct compile_result {
  bundle_builder bundle;  // of what could be compiled; with no kernel when nothing could
  std::size_t images = 0;
  std::vector<compile_failure> failures;
  std::string warnings;  // the compiler's own
};

// The bundle's images come in the order of sources, then of targets; the same request makes the same bytes.
// What is wrong with one source or target is among the failures. Throws hal::error, not_found, for a missing
// compiler, linker, library or validator, before anything is compiled.
compile_result compile(const compile_request &request);

}  // namespace hal::rt
