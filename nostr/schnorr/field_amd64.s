#include "textflag.h"
#include "go_asm.h"

// Products modulo p = 2²⁵⁶ − FOLD with two chains of carries (BMI2 and ADX): the
// low halves of a row along CF, the high ones along OF. No step depends on a value.

#define FOLD $0x1000003d1

// ROW adds DX·y to t0…t3, and makes t4 what goes over. zero is 0, the carries too.
#define ROW(t0, t1, t2, t3, t4, zero) \
	MULXQ 0(BX), AX, CX  \
	ADCXQ AX, t0         \
	ADOXQ CX, t1         \
	MULXQ 8(BX), AX, CX  \
	ADCXQ AX, t1         \
	ADOXQ CX, t2         \
	MULXQ 16(BX), AX, CX \
	ADCXQ AX, t2         \
	ADOXQ CX, t3         \
	MULXQ 24(BX), AX, t4 \
	ADCXQ AX, t3         \
	ADCXQ zero, t4       \
	ADOXQ zero, t4

// REDUCE folds R8…R15 twice, and stores it at DI.
#define REDUCE \
	MOVQ  FOLD, DX     \
	XORL  SI, SI       \
	MULXQ R12, AX, CX  \
	ADCXQ AX, R8       \
	ADOXQ CX, R9       \
	MULXQ R13, AX, CX  \
	ADCXQ AX, R9       \
	ADOXQ CX, R10      \
	MULXQ R14, AX, CX  \
	ADCXQ AX, R10      \
	ADOXQ CX, R11      \
	MULXQ R15, AX, R12 \
	ADCXQ AX, R11      \
	ADCXQ SI, R12      \
	ADOXQ SI, R12      \ // below 2³⁴
	MULXQ R12, AX, CX  \
	ADDQ  AX, R8       \
	ADCQ  CX, R9       \
	ADCQ  $0, R10      \
	ADCQ  $0, R11      \
	SBBQ  AX, AX       \
	ANDQ  DX, AX       \
	ADDQ  AX, R8       \ // after a carry the rest is small
	ADCQ  $0, R9       \
	MOVQ  R8, 0(DI)    \
	MOVQ  R9, 8(DI)    \
	MOVQ  R10, 16(DI)  \
	MOVQ  R11, 24(DI)

// What an addition works with, behind the fields that Go names: its names in
// sum.add.
#define ZZ (pair_py+64)
#define H (pair_py+2*64)
#define R (pair_py+3*64)
#define HH (pair_py+4*64)
#define V (pair_py+5*64)

// What BOTH do is one step of each of the two additions of a pair, whose fields
// lie side by side: neither waits for the other.
#define AT(z, x, y) \
	MOVQ w+0(FP), DI \
	LEAQ (x)(DI), SI \
	LEAQ (y)(DI), BX \
	ADDQ $(z), DI
#define BOTHMUL(z, x, y) \
	AT(z, x, y)          \
	CALL mul<>(SB)       \
	AT(z+32, x+32, y+32)   \
	CALL mul<>(SB)
#define BOTHSQUARE(z, x) \
	AT(z, x, x)          \
	CALL square<>(SB)    \
	AT(z+32, x+32, x+32)   \
	CALL square<>(SB)
#define BOTHSUB(z, x, y) \
	AT(z, x, y)          \
	CALL sub<>(SB)       \
	AT(z+32, x+32, y+32)   \
	CALL sub<>(SB)

// The field at DI becomes that at SI times that at BX. Only DI and BX outlive it.
TEXT mul<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ  0(SI), DX
	MULXQ 0(BX), R8, R9
	MULXQ 8(BX), AX, R10
	ADDQ  AX, R9
	MULXQ 16(BX), AX, R11
	ADCQ  AX, R10
	MULXQ 24(BX), AX, R12
	ADCQ  AX, R11
	ADCQ  $0, R12
	XORL  R15, R15
	MOVQ  8(SI), DX
	ROW(R9, R10, R11, R12, R13, R15)
	XORL  R15, R15
	MOVQ  16(SI), DX
	ROW(R10, R11, R12, R13, R14, R15)
	MOVQ  24(SI), DX
	XORL  SI, SI
	ROW(R11, R12, R13, R14, R15, SI)
	REDUCE
	RET

// The field at DI becomes that at SI times itself: the mixed products, then twice
// these along CF and the squares along OF.
TEXT square<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ  0(SI), DX
	MULXQ 8(SI), R9, R10
	MULXQ 16(SI), AX, R11
	ADDQ  AX, R10
	MULXQ 24(SI), AX, R12
	ADCQ  AX, R11
	ADCQ  $0, R12
	XORL  R15, R15
	MOVQ  8(SI), DX
	MULXQ 16(SI), AX, CX
	ADCXQ AX, R11
	ADOXQ CX, R12
	MULXQ 24(SI), AX, R13
	ADCXQ AX, R12
	ADCXQ R15, R13
	ADOXQ R15, R13
	MOVQ  16(SI), DX
	MULXQ 24(SI), AX, R14
	ADDQ  AX, R13
	ADCQ  $0, R14
	XORL  R15, R15
	MOVQ  0(SI), DX
	MULXQ DX, R8, CX
	ADCXQ R9, R9
	ADOXQ CX, R9
	MOVQ  8(SI), DX
	MULXQ DX, AX, CX
	ADCXQ R10, R10
	ADOXQ AX, R10
	ADCXQ R11, R11
	ADOXQ CX, R11
	MOVQ  16(SI), DX
	MULXQ DX, AX, CX
	ADCXQ R12, R12
	ADOXQ AX, R12
	ADCXQ R13, R13
	ADOXQ CX, R13
	MOVQ  24(SI), DX
	MULXQ DX, AX, CX
	ADCXQ R14, R14
	ADOXQ AX, R14
	ADCXQ R15, R15
	ADOXQ CX, R15
	REDUCE
	RET

// The field at DI becomes that at SI less that at BX.
TEXT sub<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ 0(SI), R8
	MOVQ 8(SI), R9
	MOVQ 16(SI), R10
	MOVQ 24(SI), R11
	MOVQ FOLD, DX
	SUBQ 0(BX), R8
	SBBQ 8(BX), R9
	SBBQ 16(BX), R10
	SBBQ 24(BX), R11
	SBBQ AX, AX
	ANDQ DX, AX
	SUBQ AX, R8
	SBBQ $0, R9
	SBBQ $0, R10
	SBBQ $0, R11
	SBBQ AX, AX
	ANDQ DX, AX
	SUBQ AX, R8 // after a second borrow R8 is large
	MOVQ R8, 0(DI)
	MOVQ R9, 8(DI)
	MOVQ R10, 16(DI)
	MOVQ R11, 24(DI)
	RET

// func mul(z, x, y *field)
TEXT ·mul(SB), NOSPLIT|NOFRAME, $0-24
	CMPB ·hasADX(SB), $1
	JNE  without
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), BX
	JMP  mul<>(SB)
without:
	JMP  ·mulGo(SB)

// func square(z, x *field)
TEXT ·square(SB), NOSPLIT|NOFRAME, $0-16
	CMPB ·hasADX(SB), $1
	JNE  without
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	JMP  square<>(SB)
without:
	JMP  ·squareGo(SB)

// func addADX(w *pair)
TEXT ·addADX(SB), 0, $0-8
	BOTHSQUARE(ZZ, pair_z)
	BOTHMUL(H, pair_px, ZZ)
	BOTHMUL(R, pair_z, ZZ)
	BOTHSUB(H, H, pair_x)
	BOTHMUL(R, R, pair_py)
	BOTHSQUARE(HH, H)
	BOTHSUB(R, R, pair_y)
	BOTHMUL(pair_z, pair_z, H)
	BOTHMUL(V, pair_x, HH)
	BOTHMUL(HH, HH, H)
	BOTHSQUARE(pair_x, R)
	BOTHSUB(pair_x, pair_x, V)
	BOTHSUB(pair_x, pair_x, V)
	BOTHSUB(pair_x, pair_x, HH)
	BOTHSUB(V, V, pair_x)
	BOTHMUL(pair_y, pair_y, HH)
	BOTHMUL(V, V, R)
	BOTHSUB(pair_y, V, pair_y)
	RET
