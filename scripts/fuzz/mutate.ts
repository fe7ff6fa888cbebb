// Changes of a text that somebody hostile, or a broken program, might make: pieces cut, doubled, moved, replaced and repeated.
import type { Below } from './target.ts'

/** At the edges of what is text: NUL, half a surrogate, directions, separators, the end of Unicode, signs that expand. */
const edges = [
  ...[
    '\0',
    '\ud800',
    '\u202e',
    '\u2028',
    '\u{10ffff}',
    '\ufeff',
    'İ',
    'ß',
    '\u0301',
    '\x7f',
    '\r\n',
    '\t',
    "'",
    '"',
    '\\',
  ],
  ...[
    '%',
    '%00',
    '%ff',
    '&#0;',
    '&amp;',
    '<!---->',
    ']]>',
    '__proto__',
    'constructor',
    '-1',
    '1e999',
    '9007199254740993',
  ],
  ...['null', 'true', '[]', '{}', '', ' ', '/', '../', ';', ',', '=', '&', '&&', '0', '2026-02-30T25:61:61Z'],
]

const longest = 20_000

type Change = (text: string, from: number, to: number, below: Below, words: readonly string[]) => string

const changes: readonly Change[] = [
  (text, from, to) => text.slice(0, from) + text.slice(to),
  (text, from, to) => text.slice(0, to) + text.slice(from),
  (text, from, to, below, words) => text.slice(0, from) + pick(words, below) + text.slice(to),
  (text, from, _to, below, words) => text.slice(0, from) + pick(words, below) + text.slice(from),
  (text, from, _to, below) => text.slice(0, from) + pick(edges, below) + text.slice(from),
  (text, from, to, below) => text.slice(0, from) + pick(edges, below) + text.slice(to),
  (text, from, _to, below) => text.slice(0, from) + String.fromCodePoint(below(256)) + text.slice(from + 1),
  (text, from, to, below) => text.slice(0, from) + text.slice(from, to).repeat(2 + below(60)) + text.slice(to),
  (text, from, to, below) => moved(text, from, to, below(text.length + 1)),
  (text, from) => text.slice(0, from),
]

/** One to four changes. @param words what means something in such a text */
export function mutate(text: string, below: Below, words: readonly string[]): string {
  let changed = text
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const from = below(changed.length + 1)
    // Mostly a few characters, now and then whatever follows.
    const to = Math.min(changed.length, from + 1 + below(below(4) === 0 ? changed.length + 1 : 12))
    changed = pick(changes, below)(changed, from, to, below, words).slice(0, longest)
  }
  return changed
}

export function pick<Item>(items: readonly Item[], below: Below): Item {
  const item = items[below(items.length)]
  if (item === undefined) throw new Error('There is nothing to choose from')
  return item
}

function moved(text: string, from: number, to: number, at: number): string {
  const rest = text.slice(0, from) + text.slice(to)
  return rest.slice(0, at) + text.slice(from, to) + rest.slice(at)
}
