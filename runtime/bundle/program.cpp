#include "hal/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "hal/error.hpp"
#include "runtime/near_name.hpp"

namespace hal {
namespace {

// Answers of a driver that leave the other variants worth a try.
bool is_refusal(status code) {
  return code == status::invalid_module || code == status::incompatible_target ||
         code == status::compilation_failed || code == status::unsupported;
}

}  // namespace

class program::state {
 public:
  state(device on, bundle code)
      : device_(std::move(on)),
        bundle_(std::move(code)),
        dispatcher_(bundle_, std::span(&device_.info(), 1)) {}

  struct found {
    kernel code;
    std::uint32_t image = 0;
  };

  const found &find(std::string_view name) {
    const std::lock_guard lock(mutex_);
    if (const auto known = kernels_.find(name); known != kernels_.end()) return known->second;
    const auto wanted = bundle_.find(name);
    if (!wanted) {
      throw error(status::not_found, rt::no_kernel(name, bundle_.kernel_names()), device_.info().selector());
    }
    return kernels_.emplace(std::string(name), load_best(*wanted)).first->second;
  }

  bundle_image facts(std::uint32_t image) const { return bundle_.image(image); }

 private:
  found load_best(const bundle_kernel &wanted) {
    std::vector<dispatch_verdict> pairs = dispatcher_.explain(wanted);
    std::stable_sort(pairs.begin(), pairs.end(), [](const dispatch_verdict &a, const dispatch_verdict &b) {
      return (a.rank == 0 ? pairs_end : a.rank) < (b.rank == 0 ? pairs_end : b.rank);
    });
    std::vector<std::string> reasons;
    for (const dispatch_verdict &pair : pairs) {
      if (pair.rejected != dispatch_rule::none) {
        reasons.push_back(pair.why);
        continue;
      }
      const bundle_variant &variant = wanted.variants[pair.pair.variant];
      try {
        const module &code = load(variant.image);
        return {code[variant.entry.empty() ? wanted.name : variant.entry], variant.image};
      } catch (const error &refused) {
        if (!is_refusal(refused.status())) throw;
        reasons.push_back(refused.what());
      }
    }
    throw error(status::incompatible_target,
                fmt::format("No variant of kernel '{}' runs on {}: {}", wanted.name,
                            device_.info().selector(), fmt::join(reasons, " ")),
                device_.info().selector());
  }

  const module &load(std::uint32_t image) {
    if (const auto loaded = modules_.find(image); loaded != modules_.end()) return loaded->second;
    const bundle_image facts = bundle_.image(image);
    const bundle_code code = bundle_.code(image);
    return modules_.emplace(image, device_.load({.format = facts.format, .bytes = code.bytes()}))
        .first->second;
  }

  static constexpr std::size_t pairs_end = ~std::size_t{0};

  const device device_;
  const bundle bundle_;
  const dispatcher dispatcher_;
  std::mutex mutex_;
  std::map<std::uint32_t, module> modules_;
  std::map<std::string, found, std::less<>> kernels_;
};

program::program(device on, bundle code) : state_(std::make_shared<state>(std::move(on), std::move(code))) {}

kernel program::operator[](std::string_view name) const {
  if (state_ == nullptr) throw error(status::invalid_handle, "The program is empty.");
  return state_->find(name).code;
}

bundle_image program::image_of(std::string_view name) const {
  if (state_ == nullptr) throw error(status::invalid_handle, "The program is empty.");
  return state_->facts(state_->find(name).image);
}

program device::load(const bundle &code) const {
  return program(*this, code);
}

}  // namespace hal
