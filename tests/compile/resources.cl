// Kernels that differ in what they take of a device.

kernel void plain(global float *out) { out[get_global_id(0)] = 1.0f; }

kernel void many_registers(global float4 *out, global const float4 *in) {
  float4 kept[12];
  for (int i = 0; i < 12; ++i) kept[i] = in[i * 64];
  barrier(CLK_GLOBAL_MEM_FENCE);
  for (int i = 0; i < 12; ++i) out[i * 64] = kept[11 - i];
}

kernel void shares(global float *out) {
  local float tile[256];
  tile[get_local_id(0)] = out[get_global_id(0)];
  barrier(CLK_LOCAL_MEM_FENCE);
  out[get_global_id(0)] = tile[255 - get_local_id(0)];
}

kernel void keeps(global int *out, global const int *places) {
  int table[64];
  for (int i = 0; i < 64; ++i) table[i] = i * out[i];
  for (int i = 0; i < 64; ++i) table[places[i] & 63] += i;
  out[get_global_id(0)] = table[places[64] & 63];
}
