#include "hal/event.hpp"

#include <fmt/format.h>

#include "devices/same_plugin.hpp"
#include "hal/error.hpp"

namespace hal {

event::~event() {
  if (handle_ == nullptr) return;
  detail::error_record ignored;
  device_->table->event_destroy(device_->handle, handle_, ignored.get());
}

std::chrono::nanoseconds elapsed(const event &start, const event &end) {
  const detail::device_state *from = start.state().get();
  const detail::device_state *to = end.state().get();
  const bool empty = from == nullptr || to == nullptr;
  if (!empty && !devices::same_plugin(*from, *to)) {
    throw error(status::invalid_handle,
                fmt::format("Events of {} and {} have no time between them: they are two plugins'.",
                            from->info.selector(), to->info.selector()),
                from->info.selector());
  }
  const hal_device_table &table = empty ? detail::empty_table : *from->table;
  std::int64_t nanoseconds = 0;
  detail::error_record record;
  detail::check(table.event_elapsed(start.handle(), end.handle(), &nanoseconds, record.get()), record, from);
  return std::chrono::nanoseconds(nanoseconds);
}

}  // namespace hal
