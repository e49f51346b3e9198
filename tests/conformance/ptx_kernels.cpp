// The suite's kernels for the format "ptx"; kernels.hpp says what each does. PTX ISA 7.0 for sm_60, so that
// every driver since CUDA 11.0 takes it. The last sign closes the last kernel: any part of it is cut short.
#include "tests/conformance/ptx_kernels.hpp"

namespace conformance {

const std::string_view ptx_kernels = R"ptx(.version 7.0
.target sm_60
.address_size 64

.extern .shared .align 16 .b8 dyn[];

.visible .entry fill_index(
  .param .u64 fill_index_param_0
)
{
  .reg .b32   %r<17>;
  .reg .b64   %rd<24>;
  ld.param.u64   %rd1, [fill_index_param_0];
  cvta.to.global.u64   %rd2, %rd1;
  mov.u32   %r1, %ctaid.x;
  cvt.u64.u32   %rd3, %r1;
  mov.u32   %r2, %ntid.x;
  cvt.u64.u32   %rd4, %r2;
  mov.u32   %r3, %tid.x;
  cvt.u64.u32   %rd5, %r3;
  mov.u32   %r4, %ctaid.y;
  cvt.u64.u32   %rd6, %r4;
  mov.u32   %r5, %ntid.y;
  cvt.u64.u32   %rd7, %r5;
  mov.u32   %r6, %tid.y;
  cvt.u64.u32   %rd8, %r6;
  mov.u32   %r7, %ctaid.z;
  mov.u32   %r8, %ntid.z;
  mul.wide.u32   %rd9, %r7, %r8;
  mov.u32   %r9, %tid.z;
  cvt.u64.u32   %rd10, %r9;
  add.s64   %rd11, %rd9, %rd10;
  mov.u32   %r10, %nctaid.x;
  cvt.u64.u32   %rd12, %r10;
  mov.u32   %r11, %nctaid.y;
  cvt.u64.u32   %rd13, %r11;
  mad.lo.s32   %r12, %r7, %r11, %r4;
  mad.lo.s32   %r13, %r12, %r10, %r1;
  mad.lo.s32   %r14, %r13, %r8, %r9;
  mad.lo.s32   %r15, %r14, %r5, %r6;
  mad.lo.s32   %r16, %r15, %r2, %r3;
  mul.lo.s64   %rd14, %rd11, %rd13;
  add.s64   %rd15, %rd14, %rd6;
  mul.lo.s64   %rd16, %rd15, %rd7;
  add.s64   %rd17, %rd16, %rd8;
  mul.lo.s64   %rd18, %rd17, %rd12;
  add.s64   %rd19, %rd18, %rd3;
  mul.lo.s64   %rd20, %rd19, %rd4;
  add.s64   %rd21, %rd20, %rd5;
  shl.b64   %rd22, %rd21, 2;
  add.s64   %rd23, %rd2, %rd22;
  st.global.u32   [%rd23], %r16;
  ret;
}

.visible .entry vector_add(
  .param .u64 vector_add_param_0,
  .param .u64 vector_add_param_1,
  .param .u64 vector_add_param_2,
  .param .u32 vector_add_param_3
)
{
  .reg .pred   %p<2>;
  .reg .f32   %f<4>;
  .reg .b32   %r<4>;
  .reg .b64   %rd<15>;
  ld.param.u64   %rd2, [vector_add_param_0];
  ld.param.u64   %rd3, [vector_add_param_1];
  ld.param.u64   %rd4, [vector_add_param_2];
  ld.param.u32   %rd5, [vector_add_param_3];
  mov.u32   %r1, %ctaid.x;
  mov.u32   %r2, %ntid.x;
  mul.wide.u32   %rd6, %r1, %r2;
  mov.u32   %r3, %tid.x;
  cvt.u64.u32   %rd7, %r3;
  add.s64   %rd1, %rd6, %rd7;
  setp.ge.u64   %p1, %rd1, %rd5;
  @%p1 bra   $L__BB1_2;
  cvta.to.global.u64   %rd8, %rd2;
  shl.b64   %rd9, %rd1, 2;
  add.s64   %rd10, %rd8, %rd9;
  cvta.to.global.u64   %rd11, %rd3;
  add.s64   %rd12, %rd11, %rd9;
  ld.global.f32   %f1, [%rd12];
  ld.global.f32   %f2, [%rd10];
  add.f32   %f3, %f2, %f1;
  cvta.to.global.u64   %rd13, %rd4;
  add.s64   %rd14, %rd13, %rd9;
  st.global.f32   [%rd14], %f3;
$L__BB1_2:
  ret;
}

.visible .entry reverse_block(
  .param .u64 reverse_block_param_0
)
{
  .reg .b32   %r<13>;
  .reg .b64   %rd<8>;
  .shared .align 4 .b8 _ZZ13reverse_blockE1s[256];
  ld.param.u64   %rd1, [reverse_block_param_0];
  cvta.to.global.u64   %rd2, %rd1;
  mov.u32   %r1, %ctaid.x;
  mov.u32   %r2, %ntid.x;
  mul.wide.u32   %rd3, %r1, %r2;
  mov.u32   %r3, %tid.x;
  cvt.u64.u32   %rd4, %r3;
  add.s64   %rd5, %rd3, %rd4;
  shl.b64   %rd6, %rd5, 2;
  add.s64   %rd7, %rd2, %rd6;
  ld.global.u32   %r4, [%rd7];
  shl.b32   %r5, %r3, 2;
  mov.u32   %r6, _ZZ13reverse_blockE1s;
  add.s32   %r7, %r6, %r5;
  st.shared.u32   [%r7], %r4;
  bar.sync   0;
  not.b32   %r8, %r3;
  add.s32   %r9, %r2, %r8;
  shl.b32   %r10, %r9, 2;
  add.s32   %r11, %r6, %r10;
  ld.shared.u32   %r12, [%r11];
  st.global.u32   [%rd7], %r12;
  ret;
}

.visible .entry block_sum(
  .param .u64 block_sum_param_0,
  .param .u64 block_sum_param_1
)
{
  .reg .pred   %p<5>;
  .reg .b32   %r<18>;
  .reg .b64   %rd<13>;
  ld.param.u64   %rd3, [block_sum_param_0];
  ld.param.u64   %rd2, [block_sum_param_1];
  mov.u32   %r6, %ctaid.x;
  cvt.u64.u32   %rd1, %r6;
  mov.u32   %r7, %ntid.x;
  mul.wide.u32   %rd4, %r6, %r7;
  mov.u32   %r1, %tid.x;
  cvt.u64.u32   %rd5, %r1;
  add.s64   %rd6, %rd4, %rd5;
  cvta.to.global.u64   %rd7, %rd3;
  shl.b64   %rd8, %rd6, 2;
  add.s64   %rd9, %rd7, %rd8;
  ld.global.u32   %r8, [%rd9];
  shl.b32   %r9, %r1, 2;
  mov.u32   %r10, dyn;
  add.s32   %r2, %r10, %r9;
  st.shared.u32   [%r2], %r8;
  shr.u32   %r17, %r7, 1;
  setp.eq.s32   %p1, %r17, 0;
  @%p1 bra   $L__BB3_4;
$L__BB3_1:
  .pragma "nounroll";
  bar.sync   0;
  setp.ge.u32   %p2, %r1, %r17;
  @%p2 bra   $L__BB3_3;
  shl.b32   %r11, %r17, 2;
  add.s32   %r12, %r2, %r11;
  ld.shared.u32   %r13, [%r2];
  ld.shared.u32   %r14, [%r12];
  add.s32   %r15, %r13, %r14;
  st.shared.u32   [%r2], %r15;
$L__BB3_3:
  shr.u32   %r17, %r17, 1;
  setp.ne.s32   %p3, %r17, 0;
  @%p3 bra   $L__BB3_1;
$L__BB3_4:
  setp.ne.s32   %p4, %r1, 0;
  @%p4 bra   $L__BB3_6;
  ld.shared.u32   %r16, [dyn];
  cvta.to.global.u64   %rd10, %rd2;
  shl.b64   %rd11, %rd1, 2;
  add.s64   %rd12, %rd10, %rd11;
  st.global.u32   [%rd12], %r16;
$L__BB3_6:
  ret;
}

.visible .entry spin(
  .param .u32 spin_param_0,
  .param .u64 spin_param_1,
  .param .u32 spin_param_2
)
{
  .reg .pred   %p<2>;
  .reg .b32   %r<4>;
  .reg .b64   %rd<10>;
  ld.param.u32   %r2, [spin_param_0];
  ld.param.u64   %rd5, [spin_param_1];
  ld.param.u32   %r1, [spin_param_2];
  cvta.to.global.u64   %rd1, %rd5;
  mov.u64 %rd4, %globaltimer;
  mul.wide.u32   %rd3, %r2, 1000;
$L__BB5_1:
  mov.u64 %rd6, %globaltimer;
  sub.s64   %rd7, %rd6, %rd4;
  setp.lt.u64   %p1, %rd7, %rd3;
  @%p1 bra   $L__BB5_1;
  mov.u32   %r3, %ctaid.x;
  mul.wide.u32   %rd8, %r3, 4;
  add.s64   %rd9, %rd1, %rd8;
  st.global.u32   [%rd9], %r1;
  ret;
}

.visible .entry fail_block(
  .param .u32 fail_block_param_0
)
{
  .reg .pred   %p<2>;
  .reg .b32   %r<3>;
  ld.param.u32   %r1, [fail_block_param_0];
  mov.u32   %r2, %ctaid.x;
  setp.ne.s32   %p1, %r2, %r1;
  @%p1 bra   $L__BB6_2;
  trap;
$L__BB6_2:
  ret;
}

.visible .entry count(
  .param .u64 count_param_0
)
{
  .reg .b32   %r<2>;
  .reg .b64   %rd<3>;
  ld.param.u64   %rd1, [count_param_0];
  cvta.to.global.u64   %rd2, %rd1;
  atom.global.add.u32   %r1, [%rd2], 1;
  ret;
}

.visible .entry nothing()
{
  ret;
}

.visible .entry mixed_arguments(
  .param .u8 mixed_arguments_param_0,
  .param .u16 mixed_arguments_param_1,
  .param .u32 mixed_arguments_param_2,
  .param .u64 mixed_arguments_param_3,
  .param .u64 mixed_arguments_param_4,
  .param .align 16 .b8 mixed_arguments_param_5[16],
  .param .align 16 .b8 mixed_arguments_param_6[64]
)
{
  .reg .pred %p<2>;
  .reg .b16 %rs<2>;
  .reg .b64 %rd<6>;
  ld.param.u64 %rd1, [mixed_arguments_param_3];
  cvta.to.global.u64 %rd1, %rd1;
  mov.b64 %rd2, mixed_arguments_param_0;
  add.s64 %rd3, %rd1, 1;
$copy_0:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_0;
  mov.b64 %rd2, mixed_arguments_param_1;
  add.s64 %rd3, %rd1, 2;
$copy_1:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_1;
  mov.b64 %rd2, mixed_arguments_param_2;
  add.s64 %rd3, %rd1, 4;
$copy_2:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_2;
  mov.b64 %rd2, mixed_arguments_param_4;
  add.s64 %rd3, %rd1, 8;
$copy_4:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_4;
  mov.b64 %rd2, mixed_arguments_param_5;
  add.s64 %rd3, %rd1, 16;
$copy_5:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_5;
  mov.b64 %rd2, mixed_arguments_param_6;
  add.s64 %rd3, %rd1, 64;
$copy_6:
  ld.param.u8 %rs1, [%rd2];
  st.global.u8 [%rd1], %rs1;
  add.s64 %rd1, %rd1, 1;
  add.s64 %rd2, %rd2, 1;
  setp.ne.s64 %p1, %rd1, %rd3;
  @%p1 bra $copy_6;
  mov.u16 %rs1, 0;
  st.global.u8 [%rd1], %rs1;
  ret;
}

.visible .entry required_block()
.reqntid 8, 1, 1
{
  ret;
})ptx";

}  // namespace conformance
