// WebP (RFC 9649): a still picture, lossy or lossless, with its transparency; no metadata, no colour profile.
import { badImage, type Rewritten } from './image-fault.ts'

type Chunk = { type: string; data: Buffer }

const alphaFlag = 0x10

/** @throws AppError invalid; RangeError where it is cut off */
export function rewriteWebp(bytes: Buffer): Rewritten {
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) throw badImage('has something behind the end of the picture')
  const chunks = chunksOf(bytes)
  if (chunks.some(({ type }) => type === 'ANIM' || type === 'ANMF')) throw badImage('must not move')
  const picture = chunks.find(({ type }) => type === 'VP8 ' || type === 'VP8L')
  if (picture === undefined) throw badImage('has no picture in it')
  const { width, height } = sizeOf(picture)
  const alpha = picture.type === 'VP8 ' ? chunks.find(({ type }) => type === 'ALPH') : undefined
  const body = alpha === undefined ? [picture] : [extended(width, height), alpha, picture]
  const content = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...body.map(chunk)])
  return { width, height, bytes: Buffer.concat([Buffer.from('RIFF', 'latin1'), size(content.length), content]) }
}

function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  let at = 12
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at + 4)
    const end = at + 8 + length
    if (end > bytes.length) throw badImage('is damaged, or cut off')
    chunks.push({ type: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + 8, end) })
    at = end + (length % 2)
  }
  return chunks
}

/** In the first bytes of the picture itself (RFC 6386 §9.1; RFC 9649 §3.4). */
function sizeOf({ type, data }: Chunk): { width: number; height: number } {
  if (type === 'VP8L') {
    if (data.readUInt8(0) !== 0x2f) throw badImage('is damaged, or cut off')
    const bits = data.readUInt32LE(1)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (data.readUIntBE(3, 3) !== 0x9d012a) throw badImage('is damaged, or cut off')
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff }
}

/** RFC 9649 §2.7: needed for transparency beside a lossy picture. */
function extended(width: number, height: number): Chunk {
  const data = Buffer.alloc(10)
  data.writeUInt8(alphaFlag, 0)
  data.writeUIntLE(width - 1, 4, 3)
  data.writeUIntLE(height - 1, 7, 3)
  return { type: 'VP8X', data }
}

const size = (length: number): Buffer => {
  const written = Buffer.alloc(4)
  written.writeUInt32LE(length)
  return written
}

const chunk = ({ type, data }: Chunk): Buffer =>
  Buffer.concat([Buffer.from(type, 'latin1'), size(data.length), data, Buffer.alloc(data.length % 2)])
