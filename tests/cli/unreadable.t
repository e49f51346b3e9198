Files that may not be read. Root reads them all.

  $ [ "$(id -u)" -ne 0 ] || exit 80
  $ . "$CLI/helpers.sh"
  $ machine plain
  $ chmod 0 plain/sys/devices/pci0000:17/0000:17:00.0/vendor
  $ halctl $only_host list --machine plain 2>&1 | without_names
  halctl: warning: 0000:17:00.0 is half removed or damaged; these of its attributes could not be read: vendor (Permission denied).
  #  ADDRESS       TYPE   DRIVER  STATE
  0  0000:17:00.0  gpu    nvidia  no_plugin
  1  0000:65:00.0  other          no_plugin
  
  0: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  1: No installed plugin drives this device. Install one, or name its folder in HAL_PLUGIN_PATH.
  $ chmod 0 plain/sys/bus/pci/devices
  $ halctl $only_host list --machine plain
  halctl: warning: plain/sys/bus/pci/devices could not be opened: Permission denied. Is sysfs mounted, and does the path name a root directory that holds sys/?
  There is no accelerator in this machine.
  $ chmod 700 plain/sys/bus/pci/devices
  $ mkdir closed
  $ chmod 0 closed
  $ halctl --plugin-path "$PWD/closed" plugins 2>&1 | tidy
  halctl: warning: The plugin folder HERE/closed cannot be read: Permission denied.
  There is no plugin.
  
  searched
    HERE/closed (given)
  $ halctl new-plugin acme closed/acme 2>&1 | tidy
  halctl: HERE/closed/acme cannot be looked at: Permission denied.
  $ chmod 500 closed
  $ halctl new-plugin acme closed/acme 2>complaint
  [4]
  $ tidy <complaint
  halctl: HERE/closed/acme cannot be made: Permission denied.
  $ ls closed
