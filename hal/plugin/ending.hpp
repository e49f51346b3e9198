// What the layer below answers while something ends: each call is made, whatever the one before it answered.
// A failure of the device becomes its sticky one at once; the first other refusal is kept, to be the entry's
// answer.
#pragma once

namespace hal::plugin {

// `Device` has note(Result, const char *) noexcept, which keeps a result that ends the device and says
// whether it was one, and fail(Result, const char *), which throws. Results convert to bool-like numbers: 0
// is success.
template <typename Device, typename Result>
class ending {
 public:
  explicit ending(Device &device) noexcept : device_(device) {}

  void operator()(Result result, const char *call) noexcept {
    if (result == Result{} || device_.note(result, call) || refused_ != Result{}) return;
    refused_ = result;
    call_ = call;
  }
  // Throws the refusal, if there was one.
  void check() const {
    if (refused_ != Result{}) device_.fail(refused_, call_);
  }
  Device &device() const noexcept { return device_; }

 private:
  Device &device_;
  Result refused_{};
  const char *call_ = "";
};

}  // namespace hal::plugin
