#include "textflag.h"
#include "go_asm.h"

// func pickAVX2(w *pair, row *combRow, first, second uint64)
//
// Reads the whole row, whatever is looked for: Y0 and Y1 are the point at first,
// Y2 and Y3 that at second.
TEXT ·pickAVX2(SB), NOSPLIT, $0-32
	MOVQ         w+0(FP), DI
	MOVQ         row+8(FP), SI
	VPBROADCASTQ first+16(FP), Y4
	VPBROADCASTQ second+24(FP), Y5
	VPXOR        Y0, Y0, Y0
	VPXOR        Y1, Y1, Y1
	VPXOR        Y2, Y2, Y2
	VPXOR        Y3, Y3, Y3
	VPXOR        Y6, Y6, Y6     // the place
	VPCMPEQQ     Y7, Y7, Y7     // −1
	MOVQ         $(1<<(const_combTeeth-1)), CX

next:
	VPCMPEQQ Y6, Y4, Y8
	VPCMPEQQ Y6, Y5, Y9
	VPSUBQ   Y7, Y6, Y6
	VMOVDQU  affine_x(SI), Y10
	VMOVDQU  affine_y(SI), Y11
	VPAND    Y10, Y8, Y12
	VPAND    Y11, Y8, Y13
	VPAND    Y10, Y9, Y14
	VPAND    Y11, Y9, Y15
	VPOR     Y12, Y0, Y0
	VPOR     Y13, Y1, Y1
	VPOR     Y14, Y2, Y2
	VPOR     Y15, Y3, Y3
	ADDQ     $affine__size, SI
	DECQ     CX
	JNZ      next
	VMOVDQU  Y0, pair_px+0(DI)
	VMOVDQU  Y1, pair_py+0(DI)
	VMOVDQU  Y2, pair_px+32(DI)
	VMOVDQU  Y3, pair_py+32(DI)
	VZEROUPPER
	RET
