#include "tests/conformance/fixture.hpp"

namespace conformance {
namespace {
std::uint64_t patience_nanoseconds = 60'000'000'000;
}

std::uint64_t patience() {
  return patience_nanoseconds;
}
void set_patience(unsigned seconds) {
  patience_nanoseconds = seconds * std::uint64_t{1'000'000'000};
}

opened_device::opened_device(std::uint32_t index) {
  require_ok(call(plugin().open, the_subject().host(), index, nullptr, &handle_));
  if (handle_ == nullptr) FAIL("open answered OK, but gave no device");
}

opened_device::~opened_device() {
  if (handle_ != nullptr) expect_ok(call(table().device_close, handle_));
}

stream::stream(hal_device *device, std::int32_t priority) : device_(device) {
  hal_stream_options options{};
  options.struct_size = sizeof options;
  options.priority = priority;
  require_ok(call(table().stream_create, device, priority == 0 ? nullptr : &options, &handle_));
  if (handle_ == nullptr) FAIL("stream_create answered OK, but gave no stream");
}

stream::~stream() {
  if (handle_ != nullptr) expect_ok(call(table().stream_destroy, device_, handle_));
}

event::event(hal_device *device, std::uint32_t flags) : device_(device) {
  hal_event_options options{};
  options.struct_size = sizeof options;
  options.flags = flags;
  require_ok(call(table().event_create, device, &options, &handle_));
  if (handle_ == nullptr) FAIL("event_create answered OK, but gave no event");
}

event::~event() {
  if (handle_ != nullptr) expect_ok(call(table().event_destroy, device_, handle_));
}

hal_memory_options memory_options(std::uint64_t size, hal_memory_kind kind) {
  hal_memory_options options{};
  options.struct_size = sizeof options;
  options.kind = kind;
  options.size = size;
  return options;
}

buffer::buffer(hal_device *device, std::uint64_t size, hal_memory_kind kind, std::uint32_t flags)
    : device_(device) {
  hal_memory_options options = memory_options(size, kind);
  options.flags = flags;
  require_ok(call(table().memory_allocate, device, &options, &handle_));
  if (handle_ == nullptr) FAIL("memory_allocate answered OK, but gave no memory");
}

buffer::~buffer() {
  if (handle_ != nullptr) expect_ok(call(table().memory_free, device_, handle_));
}

void finish(hal_stream *on, const char *file, int line) {
  expect_ok(call(table().stream_synchronize, on, patience()), file, line);
}

void fill(hal_stream *on, hal_memory *memory, std::uint8_t value, const char *file, int line) {
  require_ok(call(table().fill, on, memory, 0u, memory->size, value, 1u), file, line);
}

std::vector<std::uint8_t> pattern(std::size_t size, unsigned seed) {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = seed * 2654435761u + 1;
  for (auto &one : bytes) {
    state = state * 1664525u + 1013904223u;
    one = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

gate::gate(hal_stream *on) : state_(std::make_shared<state>()) {
  auto *held = new std::shared_ptr<state>(state_);
  const answer submitted = call(table().stream_host_function, on, &gate::hold, held);
  if (submitted.status != HAL_STATUS_OK) delete held;
  require_ok(submitted);
}

void gate::hold(void *user) {
  const std::unique_ptr<std::shared_ptr<state>> held(static_cast<std::shared_ptr<state> *>(user));
  state &here = **held;
  std::unique_lock lock(here.mutex);
  here.reached = true;
  here.changed.notify_all();
  here.changed.wait(lock, [&] { return here.open; });
}

void gate::open() {
  const std::lock_guard lock(state_->mutex);
  state_->open = true;
  state_->changed.notify_all();
}

bool gate::wait_until_reached() {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, std::chrono::nanoseconds(patience()),
                                  [&] { return state_->reached; });
}

}  // namespace conformance
