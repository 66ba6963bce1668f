// The reference's calls of libsecp256k1, one function per operation. All answer
// 1 for done and 0 for refused.

#include <string.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

static secp256k1_context *ref;

static int ref_init(void) {
	ref = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	return ref != NULL;
}

static int ref_new_key(secp256k1_keypair *pair, unsigned char *secret, unsigned char *public, const unsigned char *from) {
	secp256k1_xonly_pubkey point;
	return secp256k1_keypair_create(ref, pair, from)
		&& secp256k1_keypair_sec(ref, secret, pair)
		&& secp256k1_keypair_xonly_pub(ref, &point, NULL, pair)
		&& secp256k1_xonly_pubkey_serialize(ref, public, &point);
}

static int ref_sign(unsigned char *sig, const secp256k1_keypair *pair, const unsigned char *hash, const unsigned char *aux) {
	return secp256k1_schnorrsig_sign32(ref, sig, hash, pair, aux);
}

static int ref_copy_x(unsigned char *out, const unsigned char *x, const unsigned char *y, void *data) {
	(void)y;
	(void)data;
	memcpy(out, x, 32);
	return 1;
}

static int ref_ecdh(unsigned char *x, const unsigned char *secret, const unsigned char *peer) {
	unsigned char b[33] = {2};
	secp256k1_pubkey point;
	memcpy(b + 1, peer, 32);
	return secp256k1_ec_pubkey_parse(ref, &point, b, sizeof b)
		&& secp256k1_ecdh(ref, x, &point, secret, ref_copy_x, NULL);
}

static int ref_valid(const unsigned char *pub) {
	secp256k1_xonly_pubkey point;
	return secp256k1_xonly_pubkey_parse(ref, &point, pub);
}

static int ref_verify(const unsigned char *pub, const unsigned char *hash, const unsigned char *sig) {
	secp256k1_xonly_pubkey point;
	return secp256k1_xonly_pubkey_parse(ref, &point, pub)
		&& secp256k1_schnorrsig_verify(ref, sig, hash, 32, &point);
}
