// What a second implementation says. Nothing here comes from a library under
// test: hashes and ciphers are Node's own, the curve is @noble/curves.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1'

const hex = (b) => Buffer.from(b).toString('hex')
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest()
const hmac = (key, ...parts) => parts.reduce((h, p) => h.update(p), createHmac('sha256', key)).digest()

/** A fresh key pair: secret as bytes, public key as 64 hex digits. */
export function newKey() {
  const secret = secp256k1.utils.randomPrivateKey()
  return { secret, hex: hex(secret), pubkey: hex(schnorr.getPublicKey(secret)) }
}

const sharedX = (secret, pubkey) => Buffer.from(secp256k1.getSharedSecret(secret, '02' + pubkey).slice(1, 33))

/** Throws unless the event is the template, signed by author (NIP-01). */
export function verifySigned(event, template, author) {
  const want = (field, is, should) => {
    if (is !== should) throw new Error(`the signed event's ${field} is ${String(is).slice(0, 80)}, should be ${String(should).slice(0, 80)}`)
  }
  want('pubkey', event.pubkey, author)
  want('kind', event.kind, template.kind)
  want('content', event.content, template.content)
  want('created_at', event.created_at, template.created_at)
  want('tags', JSON.stringify(event.tags), JSON.stringify(template.tags))
  const { pubkey, created_at, kind, tags, content } = event
  want('id', event.id, hex(sha256(JSON.stringify([0, pubkey, created_at, kind, tags, content]))))
  want('signature check', schnorr.verify(event.sig, event.id, event.pubkey), true)
}

const expand = (prk, info) => Buffer.concat([1, 2, 3].reduce((out, i) => [...out, hmac(prk, out.at(-1) ?? '', info, Buffer.of(i))], []))

function nip44Keys(secret, pubkey, nonce) {
  const okm = expand(hmac('nip44-v2', sharedX(secret, pubkey)), nonce)
  return { key: okm.subarray(0, 32), iv: Buffer.concat([Buffer.alloc(4), okm.subarray(32, 44)]), mac: okm.subarray(44, 76) }
}

function paddedLength(n) {
  if (n <= 32) return 32
  const next = 2 ** (Math.floor(Math.log2(n - 1)) + 1)
  const chunk = next <= 256 ? 32 : next / 8
  return chunk * (Math.floor((n - 1) / chunk) + 1)
}

/** NIP-44 v2, texts of at most 65,535 bytes. */
export function nip44Encrypt(secret, pubkey, text) {
  const plain = Buffer.from(text)
  const padded = Buffer.alloc(2 + paddedLength(plain.length))
  padded.writeUInt16BE(plain.length)
  plain.copy(padded, 2)
  const nonce = randomBytes(32)
  const { key, iv, mac } = nip44Keys(secret, pubkey, nonce)
  const sealed = createCipheriv('chacha20', key, iv).update(padded)
  return Buffer.concat([Buffer.of(2), nonce, sealed, hmac(mac, nonce, sealed)]).toString('base64')
}

/** The counterpart of nip44Encrypt; throws on a wrong MAC or padding. */
export function nip44Decrypt(secret, pubkey, payload) {
  const raw = Buffer.from(payload, 'base64')
  if (raw[0] !== 2) throw new Error('not a NIP-44 v2 payload')
  const nonce = raw.subarray(1, 33)
  const sealed = raw.subarray(33, -32)
  const { key, iv, mac } = nip44Keys(secret, pubkey, nonce)
  if (!timingSafeEqual(hmac(mac, nonce, sealed), raw.subarray(-32))) throw new Error('the NIP-44 MAC is wrong')
  const padded = createDecipheriv('chacha20', key, iv).update(sealed)
  const n = padded.readUInt16BE()
  if (padded.length !== 2 + paddedLength(n)) throw new Error('the NIP-44 padding is wrong')
  return padded.subarray(2, 2 + n).toString()
}

/** NIP-04. */
export function nip04Encrypt(secret, pubkey, text) {
  const iv = randomBytes(16)
  const c = createCipheriv('aes-256-cbc', sharedX(secret, pubkey), iv)
  return Buffer.concat([c.update(text), c.final()]).toString('base64') + '?iv=' + iv.toString('base64')
}

/** The counterpart of nip04Encrypt. */
export function nip04Decrypt(secret, pubkey, payload) {
  const [body, iv] = payload.split('?iv=').map((s) => Buffer.from(s, 'base64'))
  const c = createDecipheriv('aes-256-cbc', sharedX(secret, pubkey), iv)
  return Buffer.concat([c.update(body), c.final()]).toString()
}
