// The backend's calls of libsecp256k1, one function per operation. All answer 1
// for done and 0 for refused.

#include <string.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

// A parsed key: the library's own form, and d for which d·G has an even y.
typedef struct {
	secp256k1_keypair pair;
	unsigned char d[32], pub[32];
} ps_key;

static secp256k1_context *ctx;

// ps_init makes the context, blinded against side channels by seed.
static int ps_init(const unsigned char *seed) {
	ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	return ctx && secp256k1_context_randomize(ctx, seed);
}

// ps_wipe is a memset that the compiler may not drop.
static void ps_wipe(void *p, size_t n) {
	volatile unsigned char *b = p;
	while (n--) *b++ = 0;
}

static int ps_new_key(ps_key *k, const unsigned char *secret) {
	secp256k1_xonly_pubkey pub;
	int odd;
	return secp256k1_keypair_create(ctx, &k->pair, secret)
		&& secp256k1_keypair_xonly_pub(ctx, &pub, &odd, &k->pair)
		&& secp256k1_xonly_pubkey_serialize(ctx, k->pub, &pub)
		&& secp256k1_keypair_sec(ctx, k->d, &k->pair)
		&& (!odd || secp256k1_ec_seckey_negate(ctx, k->d));
}

static int ps_sign(unsigned char *sig, const ps_key *k, const unsigned char *hash, const unsigned char *aux) {
	return secp256k1_schnorrsig_sign32(ctx, sig, hash, &k->pair, aux);
}

// ps_check compares R with (s - e·d)·G, which is s·G - e·P.
static int ps_check(const unsigned char *sig, const ps_key *k, const unsigned char *hash) {
	unsigned char m[96], e[32], t[32], r[33];
	size_t size = sizeof r;
	secp256k1_pubkey point;
	int ok;
	memcpy(m, sig, 32);
	memcpy(m + 32, k->pub, 32);
	memcpy(m + 64, hash, 32);
	memcpy(t, k->d, 32);
	ok = secp256k1_tagged_sha256(ctx, e, (const unsigned char *)"BIP0340/challenge", 17, m, sizeof m)
		&& secp256k1_ec_seckey_tweak_mul(ctx, t, e)
		&& secp256k1_ec_seckey_negate(ctx, t)
		&& secp256k1_ec_seckey_tweak_add(ctx, t, sig + 32)
		&& secp256k1_ec_pubkey_create(ctx, &point, t)
		&& secp256k1_ec_pubkey_serialize(ctx, r, &size, &point, SECP256K1_EC_COMPRESSED)
		&& r[0] == 2 && memcmp(r + 1, sig, 32) == 0;
	ps_wipe(t, sizeof t);
	return ok;
}

static int ps_sign_checked(unsigned char *sig, const ps_key *k, const unsigned char *hash, const unsigned char *aux) {
	return ps_sign(sig, k, hash, aux) && ps_check(sig, k, hash);
}

static int ps_copy_x(unsigned char *out, const unsigned char *x, const unsigned char *y, void *data) {
	(void)y;
	(void)data;
	memcpy(out, x, 32);
	return 1;
}

static int ps_ecdh(unsigned char *x, const ps_key *k, const unsigned char *peer) {
	unsigned char b[33] = {2};
	secp256k1_pubkey point;
	memcpy(b + 1, peer, 32);
	return secp256k1_ec_pubkey_parse(ctx, &point, b, sizeof b)
		&& secp256k1_ecdh(ctx, x, &point, k->d, ps_copy_x, NULL);
}

static int ps_lift(secp256k1_xonly_pubkey *p, const unsigned char *pub) {
	return secp256k1_xonly_pubkey_parse(ctx, p, pub);
}

static int ps_verify(const secp256k1_xonly_pubkey *p, const unsigned char *hash, const unsigned char *sig) {
	return secp256k1_schnorrsig_verify(ctx, sig, hash, 32, p);
}
