#include "runtime/halctl/run_launch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "hal/error.hpp"
#include "hal/program.hpp"
#include "hal/stream.hpp"
#include "runtime/halctl/interrupt.hpp"
#include "runtime/halctl/text.hpp"

namespace hal::ctl {
namespace {

using clock = std::chrono::steady_clock;
constexpr const char *whole_run = "The run";

double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

// What the loaded code tells; nothing where it does not.
std::optional<std::vector<bundle_parameter>> parameters_of(const kernel &code) {
  std::vector<bundle_parameter> all;
  try {
    const auto count = code.get_attributes().parameter_count;
    if (!count) return std::nullopt;
    for (std::uint32_t index = 0; index < *count; ++index) {
      const kernel::parameter told = code.get_parameter(index);
      bundle_parameter &made = all.emplace_back();
      made.name = told.name;
      made.kind = told.kind;
      made.size = told.size;
      made.alignment = told.alignment;
    }
  } catch (const error &untold) {
    if (untold.status() != status::unsupported) throw;
    return std::nullopt;
  }
  return all;
}

extents block_for(const run_request &request, const kernel &code) {
  extents required = request.kernel.required_block;
  try {
    if (required[0] == 0) required = code.get_attributes().required_block;
  } catch (const error &untold) {
    if (untold.status() != status::unsupported) throw;
  }
  if (required[0] != 0) {
    if (request.block && *request.block != required) {
      throw error(status::invalid_argument,
                  fmt::format("Kernel '{}' runs in blocks of {} items only; --block is {}.",
                              request.kernel.name, extents_text(required), extents_text(*request.block)));
    }
    return required;
  }
  if (request.block) return *request.block;
  if (request.kernel.preferred_block[0] != 0) return request.kernel.preferred_block;
  try {
    return code.suggest_block(request.items.value_or(extents{}), request.shared_memory);
  } catch (const error &untold) {
    if (untold.status() != status::unsupported) throw;
    throw error(
        status::invalid_argument,
        fmt::format("Nothing suggests a block for kernel '{}'; give one with --block.", request.kernel.name));
  }
}

extents grid_for(const run_request &request, const extents &block) {
  if (request.grid) return *request.grid;
  extents grid{};
  for (std::size_t axis = 0; axis < 3; ++axis) grid[axis] = ((*request.items)[axis] - 1) / block[axis] + 1;
  return grid;
}

void check_limits(const device_info &device, const extents &grid, const extents &block, std::uint64_t dynamic,
                  std::uint64_t arguments) {
  const auto beyond = [&](const char *what, const extents &given, const extents &most) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (most[axis] == 0 || given[axis] <= most[axis]) continue;
      throw error(status::invalid_argument,
                  fmt::format("The {} is {}; {} takes at most {} in {}.", what, extents_text(given),
                              device.selector(), most[axis], "xyz"[axis]));
    }
  };
  beyond("grid", grid, device.max_grid);
  beyond("block", block, device.max_block);
  const std::uint64_t plane = std::uint64_t{block[0]} * block[1];
  const bool many = plane > UINT32_MAX || plane * block[2] > device.max_block_items;
  if (device.max_block_items != 0 && many) {
    throw error(status::invalid_argument,
                fmt::format("The block is {}; {} takes at most {} items in a block.", extents_text(block),
                            device.selector(), device.max_block_items));
  }
  const auto too_much = [&](std::uint64_t asked, std::uint64_t most) {
    if (asked <= most) return;
    throw error(status::invalid_argument,
                fmt::format("Each block is to have {} of shared memory; {} gives at most {}.",
                            human_and_exact(asked, "B"), device.selector(), human_and_exact(most, "B")));
  };
  too_much(dynamic, device.max_dynamic_shared_memory);
  too_much(dynamic + arguments, std::max(device.max_dynamic_shared_memory, device.shared_memory_per_block));
}

void check_room(const device_info &device, const std::vector<run_argument> &arguments) {
  std::uint64_t total = 0;
  for (const run_argument &one : arguments) {
    if (!one.is_memory() || !one.has_shape) continue;
    const std::uint64_t size = rt::byte_size_of(one.shape, *one.type);
    total += size;
    const std::uint64_t most = total > device.memory_total ? device.memory_total : device.max_allocation;
    if (most == 0 || (size <= device.max_allocation && total <= device.memory_total)) continue;
    throw error(status::invalid_argument,
                fmt::format("'{}' takes {}; {} has {} of memory and gives at most {} at once.", one.text,
                            human_and_exact(size, "B"), device.selector(), human_bytes(device.memory_total),
                            human_bytes(device.max_allocation)));
  }
}

class execution {
 public:
  execution(device on, const run_request &request, run_outcome &outcome,
            const std::function<void(std::string_view)> &say)
      : device_(std::move(on)),
        request_(request),
        outcome_(outcome),
        say_(say),
        program_(device_, request.code) {
    outcome_.device = device_.info();
  }

  void run() {
    load();
    stream_ = device_.create_stream();
    fill();
    for (std::uint32_t index = 0; index < request_.launches; ++index) {
      outcome_.seconds.push_back(launch(index));
      if (index == 0) fetch();
    }
  }

 private:
  void load() {
    say_(fmt::format("loading {}", request_.kernel.name));
    code_ = program_[request_.kernel.name];
    end_if_interrupted(whole_run);
    outcome_.image = program_.image_of(request_.kernel.name);
    run_parameters &parameters = outcome_.parameters;
    parameters = {request_.kernel.name, request_.kernel.parameters, true};
    if (!parameters.list) {
      parameters.list = parameters_of(code_);
      parameters.kinds_known = false;
    }
    outcome_.arguments = bind_arguments(request_.arguments, parameters);
    outcome_.block = block_for(request_, code_);
    outcome_.grid = grid_for(request_, outcome_.block);
    std::uint64_t arguments = 0;
    for (const run_argument &one : outcome_.arguments) arguments += one.size;
    check_limits(device_.info(), outcome_.grid, outcome_.block, request_.shared_memory, arguments);
    check_room(device_.info(), outcome_.arguments);
  }

  parameter_access access_of(std::size_t place) const {
    const auto &list = outcome_.parameters.list;
    return list ? (*list)[place].access : parameter_access::unknown;
  }

  void fill() {
    const std::size_t count = outcome_.arguments.size();
    outcome_.memory.resize(count);
    for (std::size_t place = 0; place < count; ++place) {
      run_argument &one = outcome_.arguments[place];
      buffers_.emplace_back();
      types_.push_back({one.kind(), one.kind() == HAL_ARGUMENT_MEMORY ? 8u
                                    : one.kind() == HAL_ARGUMENT_SHARED
                                        ? static_cast<std::uint32_t>(one.size)
                                        : static_cast<std::uint32_t>(one.bytes.size())});
      pointers_.push_back(one.kind() == HAL_ARGUMENT_SHARED ? static_cast<void *>(&one.size)
                                                            : one.bytes.data());
      if (!one.is_memory()) continue;
      say_(fmt::format("filling argument {}", place_text(place, outcome_.parameters)));
      rt::array contents = contents_of(one);
      end_if_interrupted(whole_run);
      one.type = contents.type;
      one.shape = contents.shape;
      one.has_shape = true;
      // Memory of 0 bytes is none; the kernel gets an address all the same.
      buffers_[place] = device_.allocate(std::max<std::uint64_t>(contents.bytes.size(), 1));
      pointers_[place] = buffers_[place].handle();
      if (!contents.bytes.empty()) stream_.copy(buffers_[place], contents.bytes);
      wait("copying to the device");
      const parameter_access access = access_of(place);
      outcome_.bytes += contents.bytes.size() * (access == parameter_access::read_write ? 2 : 1);
      if (access == parameter_access::read) continue;
      outcome_.memory[place] = std::move(contents);
    }
  }

  double launch(std::uint32_t index) {
    hal_launch record{};
    record.struct_size = sizeof record;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      record.grid[axis] = outcome_.grid[axis];
      record.block[axis] = outcome_.block[axis];
    }
    record.dynamic_shared_memory = request_.shared_memory;
    record.argument_count = static_cast<std::uint32_t>(pointers_.size());
    record.arguments = pointers_.data();
    record.argument_types = types_.data();
    outcome_.device_clock = device_.info().has_feature(HAL_FEATURE_TIMESTAMPS);
    if (outcome_.device_clock && !end_) {
      begin_ = device_.create_event({.timing = true});
      end_ = device_.create_event({.timing = true});
    }
    const std::string what = fmt::format("launch {} of {}", index + 1, request_.launches);
    const clock::time_point start = clock::now();
    if (outcome_.device_clock) stream_.record(begin_);
    stream_.launch_record(code_, record);
    if (outcome_.device_clock) stream_.record(end_);
    wait(what);
    return outcome_.device_clock ? static_cast<double>(elapsed(begin_, end_).count()) * 1e-9
                                 : seconds_since(start);
  }

  void fetch() {
    for (std::size_t place = 0; place < outcome_.memory.size(); ++place) {
      if (!outcome_.memory[place] || outcome_.memory[place]->bytes.empty()) continue;
      stream_.copy(outcome_.memory[place]->bytes, buffers_[place]);
      wait("copying from the device");
    }
  }

  // Says how long it takes, and ends with the program when that is wanted.
  void wait(std::string_view what) {
    using namespace std::chrono_literals;
    const clock::time_point start = clock::now();
    while (!stream_.wait_for(100ms)) {
      end_if_interrupted(whole_run);
      say_(fmt::format("{}, {:.1f} s", what, seconds_since(start)));
    }
    end_if_interrupted(whole_run);
  }

  device device_;
  const run_request &request_;
  run_outcome &outcome_;
  const std::function<void(std::string_view)> &say_;
  program program_;
  kernel code_;
  stream stream_;
  event begin_;
  event end_;
  std::vector<buffer> buffers_;
  std::vector<void *> pointers_;
  std::vector<hal_argument> types_;
};

}  // namespace

extents parse_extents(const std::string &text, const char *option) {
  extents parsed{1, 1, 1};
  std::string_view rest = text;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::string_view word = rest.substr(0, rest.find(','));
    const auto [stop, code] = std::from_chars(word.data(), word.data() + word.size(), parsed[axis]);
    if (word.empty() || code != std::errc{} || stop != word.data() + word.size()) break;
    if (parsed[axis] == 0) {
      throw error(status::invalid_argument,
                  fmt::format("{} is '{}'; every extent is at least 1.", option, text));
    }
    if (word.size() == rest.size()) return parsed;
    rest.remove_prefix(word.size() + 1);
  }
  throw error(status::invalid_argument,
              fmt::format("{} is '{}'; it is one to three counts with commas between, each below 2^32.",
                          option, text));
}

std::string extents_text(const extents &given) {
  return fmt::format("{}", fmt::join(given, " x "));
}

void check_request(const run_request &request) {
  if (request.kernel.parameters)
    bind_arguments(request.arguments, {request.kernel.name, request.kernel.parameters, true});
}

run_outcome run_on(runtime &rt, const device_info &where, const run_request &request,
                   const std::function<void(std::string_view)> &say) {
  say(fmt::format("opening {}", where.selector()));
  end_if_interrupted(whole_run);
  run_outcome outcome;
  execution(rt.open(where), request, outcome, say).run();
  return outcome;
}

}  // namespace hal::ctl
