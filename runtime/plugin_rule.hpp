// Which plugins may be used: the rule of HAL_PLUGINS and runtime_options::plugins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hal::rt {

// "cuda,hip": only these, preferred in this order. "-cuda": all but this one. Names are taken as they are;
// white space around them and empty parts are ignored. A rule of nothing allows everything.
class plugin_rule {
 public:
  // Throws hal::error, invalid_argument, for what cannot be a name, and when a name is both asked for and
  // excluded.
  explicit plugin_rule(std::string_view text);

  bool allows(std::string_view name) const noexcept;
  // Lower is preferred; those that are not named come last, all alike.
  std::size_t preference(std::string_view name) const noexcept;
  const std::string &text() const noexcept { return text_; }

 private:
  std::string text_;
  std::vector<std::string> only_;
  std::vector<std::string> without_;
};

}  // namespace hal::rt
