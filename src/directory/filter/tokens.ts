// Words, strings and brackets of filters and PATCH paths (RFC 7644 §3.4.2.2, figure 1; §3.5.2, figure 7).

export type Token =
  | { kind: 'open' | 'close' | 'openValuePath' | 'closeValuePath' }
  | { kind: 'string'; value: string }
  /** An attribute path, an operator, a keyword or an unquoted value. */
  | { kind: 'word'; text: string }

const punctuation = { '(': 'open', ')': 'close', '[': 'openValuePath', ']': 'closeValuePath' } as const

// A JSON string, whose inside JSON.parse judges; a word is whatever stands between white space, brackets and quotes.
const pattern = /\s+|([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+)/y

/** @returns undefined where the text has something that is no token, such as a string without its end */
export function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) return undefined
    const [, bracket, quoted, word] = match
    if (bracket !== undefined) tokens.push({ kind: punctuation[bracket as keyof typeof punctuation] })
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    if (quoted === undefined) continue
    const value = unquote(quoted)
    if (value === undefined) return undefined
    tokens.push({ kind: 'string', value })
  }
  return tokens
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return undefined
  }
}
