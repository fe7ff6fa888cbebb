// Uploaded pictures, read strictly and written anew: what a picture is made of stays; metadata, profiles, animations and whatever hides
// behind the end of it do not. Why not by a library, and why no SVG: docs/adr/0065-logos-are-written-anew-by-ourselves.md.
import { AppError } from '#platform/errors.ts'
import { badImage, type Rewritten } from './image-fault.ts'
import { rewriteJpeg } from './rewrite-jpeg.ts'
import { rewritePng } from './rewrite-png.ts'
import { rewriteWebp } from './rewrite-webp.ts'

export const maxImageBytes = 262_144

const maxSide = 4_096

const formats = [
  {
    mediaType: 'image/png',
    isIn: (bytes: Buffer) => bytes.readBigUInt64BE(0) === 0x89504e470d0a1a0an,
    rewrite: rewritePng,
  },
  { mediaType: 'image/jpeg', isIn: (bytes: Buffer) => bytes.readUIntBE(0, 3) === 0xffd8ff, rewrite: rewriteJpeg },
  {
    mediaType: 'image/webp',
    isIn: (bytes: Buffer) => /^RIFF.{4}WEBP/s.test(bytes.toString('latin1', 0, 12)),
    rewrite: rewriteWebp,
  },
] as const

export type Image = { mediaType: (typeof formats)[number]['mediaType']; bytes: Buffer }

/** By its bytes, whatever it is called. @throws AppError invalid (reason `image`); too_large */
export function rewriteImage(file: Uint8Array): Image {
  if (file.byteLength > maxImageBytes) throw new AppError('too_large', 'A logo has at most 256 KB', { reason: 'image' })
  const bytes = Buffer.from(file)
  const format = bytes.length < 16 ? undefined : formats.find(({ isIn }) => isIn(bytes))
  if (format === undefined) throw badImage(refusalOf(bytes))
  const { width, height, bytes: written } = rewritten(format.rewrite, bytes)
  if (width < 1 || height < 1 || width > maxSide || height > maxSide)
    throw badImage(`must have sides of 1 to ${maxSide} pixels, and has ${width} by ${height}`)
  return { mediaType: format.mediaType, bytes: written }
}

function rewritten(rewrite: (bytes: Buffer) => Rewritten, bytes: Buffer): Rewritten {
  try {
    return rewrite(bytes)
  } catch (error) {
    // Reading behind the end of the bytes, and zlib's own complaints.
    if (error instanceof AppError) throw error
    throw badImage('is damaged, or cut off')
  }
}

const refusalOf = (bytes: Buffer): string =>
  /<svg[\s>]/i.test(bytes.toString('latin1'))
    ? 'must be a PNG, JPEG or WebP; an SVG can hold scripts, so save it as a PNG'
    : 'must be a PNG, JPEG or WebP'
