// JPEG (ITU-T T.81, Annex B): the segments that make up the picture; no application data, no comments.
import { badImage, type Rewritten } from './image-fault.ts'

const [startOfScan, endOfImage, adobe] = [0xda, 0xd9, 0xee]

/**
 * Tables, frames, scans and restart intervals, and Adobe's segment, which says how the colours are meant. 0xc8 is reserved, 0xcc
 * arithmetic coding, which browsers do not read.
 */
const isPartOfPicture = (marker: number): boolean =>
  [0xdb, 0xdd, startOfScan, adobe].includes(marker) ||
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xc2

/** @throws AppError invalid; RangeError where it is cut off */
export function rewriteJpeg(bytes: Buffer): Rewritten {
  const parts = [bytes.subarray(0, 2)]
  let [at, width, height] = [2, 0, 0]
  for (;;) {
    if (bytes.readUInt8(at) !== 0xff) throw badImage('is damaged: a JPEG marker is missing')
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === endOfImage) break
    const end = endOfSegment(bytes, at)
    if (isFrame(marker)) [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
    const scanEnd = marker === startOfScan ? endOfScan(bytes, end) : end
    if (isPartOfPicture(marker)) parts.push(bytes.subarray(at, scanEnd))
    at = scanEnd
  }
  if (at + 2 !== bytes.length) throw badImage('has something behind the end of the picture')
  return { width, height, bytes: Buffer.concat([...parts, bytes.subarray(at)]) }
}

/** Its length counts itself (B.1.1.4). */
function endOfSegment(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16BE(at + 2)
  const end = at + 2 + length
  if (length < 2 || end > bytes.length) throw badImage('is damaged, or cut off')
  return end
}

/** Entropy-coded data ends at a marker that is neither a stuffed zero nor a restart (B.1.1.2, B.1.1.5). */
function endOfScan(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    at = bytes.indexOf(0xff, at)
    if (at < 0) throw badImage('is damaged, or cut off')
    const next = bytes.readUInt8(at + 1)
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
    at += 2
  }
}
