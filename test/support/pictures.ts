// Small pictures of each kind that a logo may be. Those of cameras and programs have more in them than is seen: these say so.
import { crc32, deflateSync } from 'node:zlib'

/** 16 by 8 pixels, with a text in its metadata that nobody is to get: `Ada Secret`. */
export const jpegWithMetadata = Buffer.from(
  '/9j/4QDuRXhpZgAASUkqAAgAAAAIAA4BAgAOAAAAfgAAABIBAwABAAAAAQAAABoBBQABAAAAbgAAABsBBQABAAAAdgAAACgBAwABAAAAAgAAABMCAwABAAAAAQAAAJiCAgALAAAAjAAAAGmHBAABAAAAmAAAAAAAAAA4YwAA6AMAADhjAADoAwAAdGFrZW4gYXQgaG9tZQBBZGEgU2VjcmV0AAAGAACQBwAEAAAAMDIxMAGRBwAEAAAAAQIDAACgBwAEAAAAMDEwMAGgAwABAAAA//8AAAKgBAABAAAAEAAAAAOgBAABAAAACAAAAAAAAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAgT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCbAJO//9k=',
  'base64',
)

/** The same, with transparency beside the picture. */
export const webpWithMetadata = Buffer.from(
  'UklGRkgBAABXRUJQVlA4WAoAAAAYAAAADwAABwAAQUxQSAoAAAABB1DAiAhERP8DVlA4ICQAAABwAQCdASoQAAgAA4BaJaACdAFAAAD+7Qbybsvf+N/q18mQ4ABFWElG7AAAAEV4aWYAAElJKgAIAAAACAAOAQIADgAAAH4AAAASAQMAAQAAAAEAAAAaAQUAAQAAAG4AAAAbAQUAAQAAAHYAAAAoAQMAAQAAAAIAAAATAgMAAQAAAAEAAACYggIACwAAAIwAAABphwQAAQAAAJgAAAAAAAAAOGMAAOgDAAA4YwAA6AMAAHRha2VuIGF0IGhvbWUAQWRhIFNlY3JldAAABgAAkAcABAAAADAyMTABkQcABAAAAAECAwAAoAcABAAAADAxMDABoAMAAQAAAP//AAACoAQAAQAAABAAAAADoAQAAQAAAAgAAAAAAAAA',
  'base64',
)

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}

/** A PNG in one colour. @param metadata a text beside the picture. @param pixels as they are, for a wrong number of them */
export function png({
  width = 16,
  height = 8,
  metadata = '',
  pixels = Buffer.alloc(height * (1 + width * 4), 0x80),
} = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  // The filter of each line: none.
  for (let line = 0; line < height && line * (1 + width * 4) < pixels.length; line += 1)
    pixels[line * (1 + width * 4)] = 0
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(metadata === '' ? [] : [chunk('tEXt', Buffer.from(`Comment\0${metadata}`, 'latin1'))]),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
