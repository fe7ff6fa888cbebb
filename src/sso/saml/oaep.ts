// RSA-OAEP (RFC 8017 7.1.2) with a mask by another hash than the label's, which node:crypto does not offer: XML Encryption's
// rsa-oaep-mgf1p always masks by SHA-1, whatever the digest is.
import { constants, createHash, privateDecrypt, timingSafeEqual } from 'node:crypto'

type Hashes = { digest: string; mask: string }

/** @param key PEM. @throws Error where it was made for another key, without a word on what differs */
export function decryptOaep(key: string, encrypted: Buffer, { digest, mask }: Hashes): Buffer {
  if (digest === mask)
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: digest }, encrypted)
  const encoded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted)
  const label = createHash(digest).digest()
  const [maskedSeed, maskedBlock] = [encoded.subarray(1, 1 + label.length), encoded.subarray(1 + label.length)]
  const seed = xor(maskedSeed, generateMask(maskedBlock, maskedSeed.length, mask))
  const block = xor(maskedBlock, generateMask(seed, maskedBlock.length, mask))
  const end = block.indexOf(1, label.length)
  const isPadded = end > 0 && block.subarray(label.length, end).every((byte) => byte === 0)
  const isOurs = timingSafeEqual(block.subarray(0, label.length), label)
  if (!isPadded || !isOurs || encoded[0] !== 0) throw new Error('Not decrypted')
  return block.subarray(end + 1)
}

const xor = (one: Buffer, other: Buffer): Buffer => Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)))

/** MGF1 (RFC 8017 B.2.1). */
function generateMask(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = []
  for (let counter = 0, made = 0; made < length; counter += 1) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(counter)
    const part = createHash(hash).update(seed).update(number).digest()
    parts.push(part)
    made += part.length
  }
  return Buffer.concat(parts).subarray(0, length)
}
