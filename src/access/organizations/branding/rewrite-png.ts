// PNG (third edition): the chunks that make up the picture, with its pixels decompressed and compressed again.
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { badImage, type Rewritten } from './image-fault.ts'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** §5.6: what decides how the pixels look, in the order in which it is written. */
const kept = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']

const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

type Chunk = { type: string; data: Buffer }

/** @throws AppError invalid; RangeError where it is cut off; Error of zlib where its pixels are damaged */
export function rewritePng(bytes: Buffer): Rewritten {
  const chunks = chunksOf(bytes)
  const header = chunks[0]?.data
  if (header === undefined || chunks[0]?.type !== 'IHDR' || header.length !== 13) throw badImage('has no PNG header')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  if (width > 4_096 || height > 4_096) return { width, height, bytes }
  const pixels = inflated(header, dataOf(chunks, 'IDAT'))
  const written = kept.flatMap((type) => {
    if (type === 'IDAT') return [chunk({ type, data: deflateSync(pixels, { level: 9 }) })]
    return chunks.filter((each) => each.type === type).map(chunk)
  })
  return { width, height, bytes: Buffer.concat([signature, ...written]) }
}

function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  let at = signature.length
  while (chunks.at(-1)?.type !== 'IEND') {
    const length = bytes.readUInt32BE(at)
    const end = at + 8 + length
    const checksum = bytes.readUInt32BE(end)
    if (crc32(bytes.subarray(at + 4, end)) !== checksum) throw badImage('is damaged: a checksum of the PNG is wrong')
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end) })
    at = end + 4
  }
  if (at !== bytes.length) throw badImage('has something behind the end of the picture')
  if (chunks.filter(({ type }) => type === 'IHDR').length !== 1) throw badImage('has more than one PNG header')
  return chunks
}

const dataOf = (chunks: readonly Chunk[], type: string): Buffer =>
  Buffer.concat(chunks.filter((each) => each.type === type).map(({ data }) => data))

/** The pixels of exactly the size that the header says; interlaced ones are a little larger. */
function inflated(header: Buffer, data: Buffer): Buffer {
  const bits = (channels[header.readUInt8(9)] ?? 0) * header.readUInt8(8)
  if (bits === 0) throw badImage('has colours that no PNG has')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const whole = height * (1 + Math.ceil((width * bits) / 8))
  const isInterlaced = header.readUInt8(12) === 1
  const pixels = inflateSync(data, { maxOutputLength: isInterlaced ? whole * 2 + 64 : whole + 1 })
  if (!isInterlaced && pixels.length !== whole) throw badImage('has more or fewer pixels than it says')
  return pixels
}

function chunk({ type, data }: Chunk): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}
