// Kernels as most people write them: an item for each element, and a bound for what the last group has too many.

kernel void axpy(float a, global const float *x, global float *y, ulong count) {
  const int i = get_global_id(0);
  if (i < (int)count) y[i] = a * x[i] + y[i];
}

kernel void copy(global const float *from, global float *to, ulong count) {
  const int i = get_global_id(0);
  if (i >= (int)count) return;
  to[i] = from[i];
}
