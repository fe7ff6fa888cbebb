// The metadata in what somebody pasted, which may have come by a mail, a chat, a browser's view of it, or an API.

/** The first tag of metadata, by whatever prefix. */
const first = /<(?:[\w.-]+:)?Entit(?:y|ies)Descriptor[\s>]/
const last = /<\/(?:[\w.-]+:)?Entit(?:y|ies)Descriptor\s*>/g

/** Wrapped into one another at most. */
const layers = 3

export const looksLikeMetadata = (text: string): boolean => first.test(text)

/** Whether metadata begins in it and does not end. */
export const isCutOff = (text: string): boolean => first.test(text) && text.match(last) === null

/**
 * The XML without what stands around it: a line of words, a view of the browser, base64, or escapes of HTML, JSON and addresses.
 * What has no metadata in it comes back without blanks around it.
 */
export function unwrapped(pasted: string): string {
  let text = withoutOrnaments(pasted)
  for (let layer = 0; layer < layers && !isBare(text); layer += 1) {
    const inner = opened(text)
    if (inner === undefined) break
    text = withoutOrnaments(inner)
  }
  return alone(text)
}

/** Metadata itself, that is, and none in a text of JSON. */
const isBare = (text: string): boolean => first.test(text) && !/^["{]/.test(text)

/** Bytes as text: UTF-8, or UTF-16 where they say so, as Windows writes it. */
export function textOfBytes(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** Characters that nobody sees, and what browsers, mails and word processors put around a text and into it. */
function withoutOrnaments(text: string): string {
  const plain = text
    .replace(/[\u200B\u2060\uFEFF]/g, '')
    .replaceAll('\u00A0', ' ')
    .replace(/^\s*This XML file does not appear[^<]*/, '')
    .trim()
  return first.test(plain) ? bent.reduce((told, { form, back }) => (form.test(told) ? back(told) : told), plain) : plain
}

/** How attributes look that were changed on their way. */
const bent: readonly { form: RegExp; back(text: string): string }[] = [
  { form: /^> ?<|\n> ?</, back: (text) => text.replace(/^> ?/gm, '') },
  { form: /=3D"/, back: fromQuotedPrintable },
  { form: /=\s*[“”„]/, back: (text) => text.replace(/[“”„]/g, '"') },
  { form: /=\s*\\"/, back: (text) => text.replace(/\\[nrt]/g, ' ').replace(/\\(["/])/g, '$1') },
]

/** RFC 2045 6.7, as mails are shown whose source somebody opened. */
function fromQuotedPrintable(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** From where the document begins, its DOCTYPE included, which is then refused, to its last tag. */
function alone(text: string): string {
  const root = text.search(first)
  if (root < 0) return text
  const prolog = text.slice(0, root).search(/<(\?xml|!DOCTYPE|!--)/i)
  const end = [...text.matchAll(last)].at(-1)
  return text.slice(prolog < 0 ? root : prolog, end === undefined ? undefined : end.index + end[0].length)
}

const entities: Record<string, string> = {
  ...{ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' },
  ...{ '&#34;': '"', '&#39;': "'", '&#x22;': '"', '&#x27;': "'", '&nbsp;': ' ' },
}

/** One layer less; undefined where there is none. */
function opened(text: string): string | undefined {
  if (/^["{]/.test(text)) return textInJson(text)
  if (/&lt;(\?xml|[\w.:-]+)/.test(text) && !text.startsWith('<'))
    return text.replace(
      /&(?:lt|gt|quot|apos|amp|nbsp|#34|#39|#x22|#x27);/gi,
      (entity) => entities[entity.toLowerCase()] ?? entity,
    )
  if (/^%3C/i.test(text)) return fromPercent(text)
  return fromBase64(text)
}

/** The text itself, or that of a field which has metadata in it. */
function textInJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const texts =
      typeof value === 'string' ? [value] : Object.values(value ?? {}).filter((each) => first.test(String(each)))
    return texts[0] === undefined ? undefined : String(texts[0])
  } catch {
    return undefined
  }
}

function fromPercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Of what is XML then; certificates are base64 too. */
function fromBase64(text: string): string | undefined {
  const bare = text
    .replace(/^data:[\w/+.;=-]*,/, '')
    .replace(/^(SAMLResponse|SAMLRequest)=/, '')
    .replace(/\s+/g, '')
  if (!/^[\w+/-]{40,}={0,2}$/.test(bare)) return undefined
  const inner = textOfBytes(Buffer.from(bare, 'base64'))
  return /^\uFEFF?\s*</.test(inner) ? inner : undefined
}
