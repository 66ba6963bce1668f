// The backend's calls of libsecp256k1, one function per operation. All answer 1
// for done and 0 for refused. No secret comes here.

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

static secp256k1_context *ctx;

static int ps_init(void) {
	ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	return ctx != NULL;
}

static int ps_lift(secp256k1_xonly_pubkey *p, const unsigned char *pub) {
	return secp256k1_xonly_pubkey_parse(ctx, p, pub);
}

static int ps_verify(const secp256k1_xonly_pubkey *p, const unsigned char *hash, const unsigned char *sig) {
	return secp256k1_schnorrsig_verify(ctx, sig, hash, 32, p);
}
