#include "textflag.h"

// func prefixAVX2(p *byte, n int) int
TEXT ·prefixAVX2(SB), NOSPLIT, $0-24
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	MOVQ         SI, DI
	MOVL         $0x1f, AX
	MOVD         AX, X1
	VPBROADCASTB X1, Y1
	MOVL         $0x22, AX
	MOVD         AX, X2
	VPBROADCASTB X2, Y2
	MOVL         $0x5c, AX
	MOVD         AX, X3
	VPBROADCASTB X3, Y3

next:
	VMOVDQU   (SI), Y0
	VPMINUB   Y1, Y0, Y4
	VPCMPEQB  Y0, Y4, Y4 // control characters
	VPCMPEQB  Y0, Y2, Y5
	VPCMPEQB  Y0, Y3, Y6
	VPOR      Y4, Y5, Y5
	VPOR      Y5, Y6, Y6
	VPMOVMSKB Y6, AX
	TESTL     AX, AX
	JNZ       found
	ADDQ      $32, SI
	DECQ      CX
	JNZ       next
	SUBQ      DI, SI
	VZEROUPPER
	MOVQ      SI, ret+16(FP)
	RET

found:
	BSFL AX, AX
	SUBQ DI, SI
	ADDQ AX, SI
	VZEROUPPER
	MOVQ SI, ret+16(FP)
	RET
