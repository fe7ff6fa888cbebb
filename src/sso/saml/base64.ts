// The text of a posted message.
import { Refusal, requireThat } from './verdict.ts'

/** @throws Refusal for anything but strict base64 of UTF-8 */
export function decode(base64: string): string {
  const text = base64.replace(/[\r\n]/g, '')
  const isBase64 = text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
  requireThat(isBase64, 'malformed', 'The message is not base64')
  try {
    const xml = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(Buffer.from(text, 'base64'))
    requireThat(!xml.includes('\0'), 'malformed', 'The message holds NUL characters')
    return xml
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('malformed', 'The message is not UTF-8')
  }
}
