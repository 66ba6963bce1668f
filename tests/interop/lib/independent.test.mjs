// The verifier finds what it is there to find.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { schnorr } from '@noble/curves/secp256k1'
import { newKey, nip04Decrypt, nip04Encrypt, nip44Decrypt, nip44Encrypt, verifySigned } from './independent.mjs'

const user = newKey()
const template = { kind: 1, content: 'a "b" \\ 🦭', tags: [['t', 'x']], created_at: 1_700_000_000 }

function signed(changes = {}) {
  const e = { ...template, pubkey: user.pubkey, ...changes }
  e.id = createHash('sha256').update(JSON.stringify([0, e.pubkey, e.created_at, e.kind, e.tags, e.content])).digest('hex')
  e.sig = Buffer.from(schnorr.sign(e.id, user.secret)).toString('hex')
  return e
}

test('a true event passes, every change is found', () => {
  verifySigned(signed(), template, user.pubkey)
  const lies = [
    signed({ kind: 7 }), signed({ content: 'other' }), signed({ tags: [] }), signed({ created_at: 1 }), signed({ pubkey: newKey().pubkey }),
    { ...signed(), id: '0'.repeat(64) }, { ...signed(), sig: signed({ content: 'other' }).sig },
  ]
  for (const lie of lies) assert.throws(() => verifySigned(lie, template, user.pubkey))
})

// From the vectors of NIP-44 (nip44.vectors.json, encrypt_decrypt, the first).
test('a payload of the NIP-44 vectors opens, a changed one does not', () => {
  const one = Buffer.from('1'.padStart(64, '0'), 'hex')
  const two = Buffer.from(schnorr.getPublicKey('2'.padStart(64, '0'))).toString('hex')
  const payload = 'AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb'
  assert.equal(nip44Decrypt(one, two, payload), 'a')
  assert.throws(() => nip44Decrypt(one, two, payload.replace('Vsb', 'Vsc')))
})

test('both ciphers open for the other side only', () => {
  const other = newKey()
  for (const [seal, open] of [[nip44Encrypt, nip44Decrypt], [nip04Encrypt, nip04Decrypt]]) {
    for (const text of ['x', 'ü'.repeat(500)]) {
      const payload = seal(user.secret, other.pubkey, text)
      assert.equal(open(other.secret, user.pubkey, payload), text)
      let strange
      try { strange = open(newKey().secret, user.pubkey, payload) } catch { continue }
      assert.notEqual(strange, text)
    }
  }
})
