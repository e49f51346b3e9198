  $ . "$CLI/helpers.sh"
  $ server server

Lines of gres.conf: one for what differs in nothing but its file, with cores as Slurm counts them.

  $ halctl $only_host slurm --machine server
  halctl: warning: 2 of type 1002_fff3 are left out: no file in /dev is known.
  Name=gpu Type=10de_fff0 File=/dev/dri/renderD[128-130] Cores=0-3
  Name=gpu Type=1002_fff0 File=/dev/dri/renderD131 Cores=8-11
  Name=npu Type=1da3_fff0 File=/dev/accel/accel0 Cores=12-15
  $ halctl $only_host slurm --machine server --json 2>warnings
  {
    "schema": 1,
    "gres": [
      {
        "name": "gpu",
        "type": "10de_fff0",
        "count": 3,
        "files": [
          "/dev/dri/renderD128",
          "/dev/dri/renderD129",
          "/dev/dri/renderD130"
        ],
        "cores": "0-3"
      },
      {
        "name": "gpu",
        "type": "1002_fff0",
        "count": 1,
        "files": [
          "/dev/dri/renderD131"
        ],
        "cores": "8-11"
      },
      {
        "name": "npu",
        "type": "1da3_fff0",
        "count": 1,
        "files": [
          "/dev/accel/accel0"
        ],
        "cores": "12-15"
      }
    ]
  }

Without files Slurm counts; a name that no list has is its ids.

  $ machine plain
  $ halctl $only_host slurm --machine plain
  halctl: warning: No file in /dev is known for any gpu; Slurm counts them, and cannot keep a job from those of another.
  halctl: warning: No file in /dev is known for any other; Slurm counts them, and cannot keep a job from those of another.
  Name=gpu Type=10de_fff0 Count=1
  Name=other Type=10de_fff1 Count=1
  $ machine none
  $ halctl $only_host slurm --machine none
  # No accelerator on a PCI bus.
  $ halctl $only_host slurm --machine nowhere
  halctl: The recorded machine 'nowhere' is not there.
  [2]
