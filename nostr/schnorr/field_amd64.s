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

// REDUCE folds R8…R15 twice, into R8…R11.
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
	ADCQ  $0, R9

// R8…R11 become the field at SI times that at BX. It leaves FOLD in DX.
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

// R8…R11 become the field at SI times itself: the mixed products, then twice
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

#define STORE \
	MOVQ z+0(FP), DI  \
	MOVQ R8, 0(DI)    \
	MOVQ R9, 8(DI)    \
	MOVQ R10, 16(DI)  \
	MOVQ R11, 24(DI)

// func mul(z, x, y *field)
TEXT ·mul(SB), NOSPLIT|NOFRAME, $0-24
	CMPB ·hasADX(SB), $1
	JNE  without
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), BX
	CALL mul<>(SB)
	STORE
	RET
without:
	JMP  ·mulGo(SB)

// func square(z, x *field)
TEXT ·square(SB), NOSPLIT|NOFRAME, $0-16
	CMPB ·hasADX(SB), $1
	JNE  without
	MOVQ x+8(FP), SI
	CALL square<>(SB)
	STORE
	RET
without:
	JMP  ·squareGo(SB)

// What an addition works with, behind the fields that Go names, as add names it.
#define H (pair_py+64)
#define R (pair_py+2*64)
#define HH (pair_py+3*64)
#define V (pair_py+4*64)

// These work on the fields of the pair at BP.
#define MUL(x, y) \
	LEAQ (x)(BP), SI \
	LEAQ (y)(BP), BX \
	CALL mul<>(SB)
#define SQUARE(x) \
	LEAQ (x)(BP), SI \
	CALL square<>(SB)
#define MINUS(x, c) \
	SUBQ (x+0)(BP), R8   \
	SBBQ (x+8)(BP), R9   \
	SBBQ (x+16)(BP), R10 \
	SBBQ (x+24)(BP), R11 \
	SBBQ c, AX
#define FOLDMINUS(r0, r1, r2, r3) \
	SUBQ AX, r0 \
	SBBQ $0, r1 \
	SBBQ $0, r2 \
	SBBQ $0, r3 \
	SBBQ AX, AX \
	ANDQ DX, AX \
	SUBQ AX, r0 // after a second borrow it is large
#define LESS(x) \
	MINUS(x, AX) \
	ANDQ DX, AX  \
	FOLDMINUS(R8, R9, R10, R11)
#define TO(z, r0, r1, r2, r3) \
	MOVQ r0, (z+0)(BP)  \
	MOVQ r1, (z+8)(BP)  \
	MOVQ r2, (z+16)(BP) \
	MOVQ r3, (z+24)(BP)

// What is done for both of the pair stands side by side: of two multiplications
// neither waits for the other.
#define BOTHMUL(z, x, y) \
	MUL(x, y)                     \
	TO(z, R8, R9, R10, R11)       \
	MUL(x+32, y+32)               \
	TO(z+32, R8, R9, R10, R11)
#define BOTHMULLESS(z, x, y, w) \
	MUL(x, y)                     \
	LESS(w)                       \
	TO(z, R8, R9, R10, R11)       \
	MUL(x+32, y+32)               \
	LESS(w+32)                    \
	TO(z+32, R8, R9, R10, R11)
#define BOTHSQUARE(z, x) \
	SQUARE(x)                     \
	TO(z, R8, R9, R10, R11)       \
	SQUARE(x+32)                  \
	TO(z+32, R8, R9, R10, R11)

// NEWX makes x r² − 2v − h³ and v v − x; o is 0 for one of the pair, 32 for the other.
#define NEWX(o) \
	SQUARE(R+o)                       \
	MINUS(V+o, AX)                    \
	MINUS(V+o, $0)                    \
	MINUS(HH+o, $0)                   \
	NEGQ  AX                          \ // so many borrows
	IMULQ DX, AX                      \
	FOLDMINUS(R8, R9, R10, R11)       \
	TO(pair_x+o, R8, R9, R10, R11)    \
	MOVQ (V+o+0)(BP), R12             \
	MOVQ (V+o+8)(BP), R13             \
	MOVQ (V+o+16)(BP), R14            \
	MOVQ (V+o+24)(BP), R15            \
	SUBQ R8, R12                      \
	SBBQ R9, R13                      \
	SBBQ R10, R14                     \
	SBBQ R11, R15                     \
	SBBQ AX, AX                       \
	ANDQ DX, AX                       \
	FOLDMINUS(R12, R13, R14, R15)     \
	TO(V+o, R12, R13, R14, R15)

// func addADX(w *pair)
TEXT ·addADX(SB), 0, $8-8
	MOVQ w+0(FP), BP
	BOTHMULLESS(H, pair_px, pair_zz, pair_x)
	BOTHMULLESS(R, pair_py, pair_zzz, pair_y)
	BOTHSQUARE(HH, H)
	BOTHMUL(V, pair_x, HH)
	BOTHMUL(pair_zz, pair_zz, HH)
	BOTHMUL(HH, HH, H) // h³
	NEWX(0)
	NEWX(32)
	BOTHMUL(pair_y, pair_y, HH)
	BOTHMULLESS(pair_y, V, R, pair_y)
	BOTHMUL(pair_zzz, pair_zzz, HH)
	RET
