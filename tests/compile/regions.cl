// Kernels whose items wait for each other in every way that the language allows. Each takes the same arguments, and
// blocks of up to 256 items.

static uint number(void) {
  return (uint)((get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0));
}

static uint items(void) {
  return (uint)(get_local_size(0) * get_local_size(1) * get_local_size(2));
}

static uint place(void) {
  const uint group =
      (uint)((get_group_id(2) * get_num_groups(1) + get_group_id(1)) * get_num_groups(0) + get_group_id(0));
  return group * items() + number();
}

// A loop with two barriers, and a value of each item that lives across them.
kernel void sums(global int *out, global const int *in, uint n) {
  local int room[256];
  int own = 0;
  for (uint round = 0; round < n; ++round) {
    room[number()] = in[place()] + (int)round;
    barrier(CLK_LOCAL_MEM_FENCE);
    own += room[(number() + round) % items()] * (int)(round + 1);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  out[place()] = own;
}

// A tree, whose inner work is for some items only.
kernel void tree(global int *out, global const int *in, uint n) {
  local int room[256];
  room[number()] = in[place()];
  for (uint step = items() / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (number() < step) room[number()] += room[number() + step];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  out[place()] = room[0] * (int)n;
}

// A barrier under a condition that is the same for the block, and a way out before another.
kernel void choices(global int *out, global const int *in, uint n) {
  local int room[256];
  const int own = in[place()];
  room[number()] = own;
  if (get_group_id(0) % 2 == 0) {
    barrier(CLK_LOCAL_MEM_FENCE);
    room[items() - 1 - number()] ^= own;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (n == 0) return;
  if (n == 3 && get_group_id(0) == 1) {
    out[place()] = -1;
    return;
  }
  const int other = room[(number() + 1) % items()];
  barrier(CLK_LOCAL_MEM_FENCE);
  room[number()] = other + own;
  barrier(CLK_LOCAL_MEM_FENCE);
  out[place()] = room[(number() + n) % items()];
}

// An array of each item's own across barriers, with places that are not known beforehand.
kernel void arrays(global int *out, global const int *in, uint n) {
  local int room[256];
  int own[7];
  for (int i = 0; i < 7; ++i) own[i] = in[place()] * i;
  for (uint round = 0; round < n; ++round) {
    room[number()] = own[(number() + round) % 7];
    barrier(CLK_LOCAL_MEM_FENCE);
    own[round % 7] += room[(number() + 3) % items()];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  int sum = 0;
  for (int i = 0; i < 7; ++i) sum = sum * 3 + own[i];
  out[place()] = sum;
}

// Loops of different lengths between barriers, in a loop in a loop.
kernel void nested(global int *out, global const int *in, uint n) {
  local int room[256];
  int own = in[place()];
  uint total = 0;
  for (uint outer = 0; outer <= n; ++outer) {
    for (uint inner = 0; inner < outer % 3 + 1; ++inner) {
      for (int i = 0; i < (own & 3); ++i) own += i * (int)inner;
      room[number()] = own;
      barrier(CLK_LOCAL_MEM_FENCE);
      own = room[(number() + inner + 1) % items()] - own;
      ++total;
      barrier(CLK_LOCAL_MEM_FENCE);
      if (total > 9) break;
    }
    if (outer == 5) continue;
    own += (int)total;
  }
  out[place()] = own;
}

// A scan whose two halves change roles.
kernel void scan(global int *out, global const int *in, uint n) {
  local int rooms[2][256];
  uint from = 0;
  rooms[0][number()] = in[place()];
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint step = 1; step < items(); step *= 2) {
    const uint to = 1 - from;
    const int before = number() >= step ? rooms[from][number() - step] : 0;
    rooms[to][number()] = rooms[from][number()] + before;
    from = to;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  out[place()] = rooms[from][number()] + (int)n;
}

// Atomics, of which the first item makes something for all.
kernel void counts(global int *out, global const int *in, uint n) {
  local int room[8];
  local int largest;
  if (number() < 8) room[number()] = 0;
  if (items() < 8 && number() == 0) {
    for (int i = 0; i < 8; ++i) room[i] = 0;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  atomic_add(&room[in[place()] & 7], 1);
  barrier(CLK_LOCAL_MEM_FENCE);
  if (number() == 0) {
    largest = 0;
    for (int i = 1; i < 8; ++i) largest = room[i] > room[largest] ? i : largest;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  out[place()] = largest * 1000 + room[in[place()] & 7] + (int)n;
}

// Functions that wait, and mathematics.
static float smoothed(local float *room, float own) {
  room[number()] = own;
  barrier(CLK_LOCAL_MEM_FENCE);
  const float sum = room[number()] + room[(number() + 1) % items()];
  barrier(CLK_LOCAL_MEM_FENCE);
  return exp(-fabs(sum) * 0.01f);
}
kernel void functions(global int *out, global const int *in, uint n) {
  local float room[256];
  float own = (float)in[place()];
  for (uint round = 0; round < n; ++round) own = smoothed(room, own) + (float)round;
  out[place()] = as_int(own);
}

// No barrier at all, and a condition that some items fail.
kernel void plain(global int *out, global const int *in, uint n) {
  if (in[place()] % 3 == 0) return;
  int own = 0;
  for (uint i = 0; i < n; ++i) own += in[place()] >> i;
  out[place()] = own;
}
