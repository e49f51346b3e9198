#include "hal/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "hal/error.hpp"
#include "runtime/bundle/kept_module.hpp"
#include "runtime/near_name.hpp"

namespace hal {

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

  // Kernels that are loaded are found while another one is being compiled.
  const found &find(std::string_view name) {
    if (const found *known = find_loaded(name)) return *known;
    const auto wanted = bundle_.find(name);
    if (!wanted) {
      throw error(status::not_found, rt::no_kernel(name, bundle_.kernel_names()), device_.info().selector());
    }
    const std::lock_guard one_at_a_time(loading_);
    if (const found *known = find_loaded(name)) return *known;
    const found made = load_best(*wanted);
    const std::unique_lock lock(mutex_);
    return kernels_.emplace(std::string(name), made).first->second;
  }

  bundle_image facts(std::uint32_t image) const { return bundle_.image(image); }

 private:
  const found *find_loaded(std::string_view name) {
    const std::shared_lock lock(mutex_);
    const auto known = kernels_.find(name);
    return known == kernels_.end() ? nullptr : &known->second;
  }

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
        if (!rt::is_refusal(refused.status())) throw;
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
    return modules_.emplace(image, rt::load_kept(device_, facts, code.bytes())).first->second;
  }

  static constexpr std::size_t pairs_end = ~std::size_t{0};

  const device device_;
  const bundle bundle_;
  const dispatcher dispatcher_;
  std::mutex loading_;  // taken first
  std::map<std::uint32_t, module> modules_;
  std::shared_mutex mutex_;
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
