// halctl new-plugin NAME DIR: a plugin to start from.
#pragma once

namespace CLI {
class App;
}

namespace hal::ctl {

struct session;

void add_new_plugin(CLI::App &app, session &with);

}  // namespace hal::ctl
