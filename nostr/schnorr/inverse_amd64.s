#include "textflag.h"
#include "go_asm.h"

// The matrix of field_inverse.go, at BX, applied to the numbers at SI and DI. Of
// both, R9:R8 and R11:R10 are what goes from limb to limb, in 128 bits with a
// sign. No step depends on a value.

// PLUS adds x·y.
#define PLUS(x, y, hi, lo) \
	MOVQ  x, AX  \
	IMULQ y      \
	ADDQ  AX, lo \
	ADCQ  DX, hi

// LIMB adds the products of limb i.
#define LIMB(i) \
	PLUS(8*i(SI), matrix_u(BX), R9, R8)   \
	PLUS(8*i(DI), matrix_v(BX), R9, R8)   \
	PLUS(8*i(SI), matrix_q(BX), R11, R10) \
	PLUS(8*i(DI), matrix_r(BX), R11, R10)

// SHIFT takes the lowest 62 bits off.
#define SHIFT(hi, lo) \
	SHRQ $62, lo          \
	LEAQ (lo)(hi*4), lo   \
	SARQ $62, hi

// NEXT takes the lowest 62 bits off both, and stores them as limb i.
#define NEXT(i) \
	MOVQ R8, AX        \
	MOVQ R10, DX       \
	ANDQ CX, AX        \
	ANDQ CX, DX        \
	MOVQ AX, 8*i(SI) \
	MOVQ DX, 8*i(DI) \
	SHIFT(R9, R8)      \
	SHIFT(R11, R10)

#define BEGIN \
	XORL R8, R8          \
	XORL R9, R9          \
	XORL R10, R10        \
	XORL R11, R11        \
	MOVQ $(1<<62-1), CX

#define REST \
	LIMB(1) \
	NEXT(0) \
	LIMB(2) \
	NEXT(1) \
	LIMB(3) \
	NEXT(2) \
	LIMB(4)

// END stores the last limb.
#define END \
	NEXT(3)          \
	MOVQ R8, 32(SI)  \
	MOVQ R10, 32(DI)

// func apply(m *matrix, d, e *signed)
TEXT ·apply(SB), NOSPLIT, $0-24
	MOVQ m+0(FP), BX
	MOVQ d+8(FP), SI
	MOVQ e+16(FP), DI
	BEGIN
	LIMB(0)
	SHIFT(R9, R8)
	SHIFT(R11, R10)
	REST
	END
	RET

// TIMES makes p how often p is added: then the lowest 62 bits of lo are zeros.
#define TIMES(p, hi, lo) \
	MOVQ  ·overPrime(SB), AX \
	IMULQ lo, AX             \
	ADDQ  p, AX              \
	ANDQ  CX, AX             \
	SUBQ  AX, p              \
	PLUS(p, ·prime62(SB), hi, lo)

// func applyModulo(m *matrix, d, e *signed)
TEXT ·applyModulo(SB), NOSPLIT, $0-24
	MOVQ m+0(FP), BX
	MOVQ d+8(FP), SI
	MOVQ e+16(FP), DI
	BEGIN
	MOVQ 32(SI), R12
	MOVQ 32(DI), AX
	SARQ $63, R12             // all ones where d is negative
	SARQ $63, AX
	MOVQ R12, R13
	MOVQ AX, DX
	ANDQ matrix_u(BX), R12
	ANDQ matrix_v(BX), AX
	ADDQ AX, R12
	ANDQ matrix_q(BX), R13
	ANDQ matrix_r(BX), DX
	ADDQ DX, R13
	LIMB(0)
	TIMES(R12, R9, R8)
	TIMES(R13, R11, R10)
	SHIFT(R9, R8)
	SHIFT(R11, R10)
	REST
	PLUS(R12, ·prime62+32(SB), R9, R8)
	PLUS(R13, ·prime62+32(SB), R11, R10)
	END
	RET
