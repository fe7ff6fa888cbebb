// The filter grammar of RFC 7644 §3.4.2.2 as a syntax tree, behind caps on length, depth and number of comparisons.
import { invalid } from '#platform/errors.ts'
import { type Token, tokenize } from './tokens.ts'

export type Literal = string | number | boolean | null

export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

export type FilterNode =
  | { kind: 'and' | 'or'; parts: FilterNode[] }
  | { kind: 'not'; part: FilterNode }
  | { kind: 'compare'; name: string; operator: Operator; value: Literal }
  | { kind: 'present'; name: string }
  /** name[part], and what is compared of the elements that satisfy it: name[part].rest */
  | { kind: 'valuePath'; name: string; part: FilterNode; rest: FilterNode | undefined }

export const filterLimits = { length: 4_096, depth: 20, comparisons: 32 }

const operators = new Set<string>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

const failure = (message: string) => invalid(`The filter is not valid: ${message}`, 'invalidFilter')

/** Reads tokens from left to right, one production a method. */
export class FilterParser {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0
  #comparisons = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#tokens.length
  }

  /** `or` binds less than `and`. */
  disjunction(): FilterNode {
    this.#depth += 1
    if (this.#depth > filterLimits.depth) throw failure(`it is nested deeper than ${filterLimits.depth}`)
    const parts = [this.#conjunction()]
    while (this.#takeWord('or')) parts.push(this.#conjunction())
    this.#depth -= 1
    return parts.length === 1 ? (parts[0] as FilterNode) : { kind: 'or', parts }
  }

  #conjunction(): FilterNode {
    const parts = [this.#factor()]
    while (this.#takeWord('and')) parts.push(this.#factor())
    return parts.length === 1 ? (parts[0] as FilterNode) : { kind: 'and', parts }
  }

  #factor(): FilterNode {
    if (this.#take('open')) return this.#grouped('close')
    const next = this.#tokens[this.#position + 1]
    if (next?.kind === 'open' && this.#takeWord('not')) {
      this.#position += 1
      return { kind: 'not', part: this.#grouped('close') }
    }
    return this.#attributeExpression()
  }

  #grouped(end: 'close' | 'closeValuePath'): FilterNode {
    const inner = this.disjunction()
    if (!this.#take(end)) throw failure('a bracket is not closed')
    return inner
  }

  #attributeExpression(): FilterNode {
    const name = this.word('an attribute name')
    if (this.#take('openValuePath')) return this.#valuePath(name)
    return this.#comparison(name)
  }

  #valuePath(name: string): FilterNode {
    const part = this.#grouped('closeValuePath')
    const following = this.#peekWord()
    if (following?.startsWith('.') !== true) return { kind: 'valuePath', name, part, rest: undefined }
    this.#position += 1
    return { kind: 'valuePath', name, part, rest: this.#comparison(following.slice(1)) }
  }

  #comparison(name: string): FilterNode {
    this.#comparisons += 1
    if (this.#comparisons > filterLimits.comparisons) {
      throw failure(`it has more than ${filterLimits.comparisons} comparisons`)
    }
    const operator = this.word('an operator').toLowerCase()
    if (operator === 'pr') return { kind: 'present', name }
    if (!operators.has(operator)) throw failure(`"${operator}" is not an operator`)
    return { kind: 'compare', name, operator: operator as Operator, value: this.#literal() }
  }

  #literal(): Literal {
    const token = this.#tokens[this.#position]
    this.#position += 1
    if (token?.kind === 'string') return token.value
    if (token?.kind === 'word') return literalOf(token.text)
    throw failure('a value is missing')
  }

  /** The next word. @throws AppError invalid where something else comes */
  word(what: string): string {
    const text = this.#peekWord()
    if (text === undefined) throw failure(`${what} is missing`)
    this.#position += 1
    return text
  }

  #peekWord(): string | undefined {
    const token = this.#tokens[this.#position]
    return token?.kind === 'word' ? token.text : undefined
  }

  #takeWord(word: string): boolean {
    const isNext = this.#peekWord()?.toLowerCase() === word
    if (isNext) this.#position += 1
    return isNext
  }

  #take(kind: Token['kind']): boolean {
    const isNext = this.#tokens[this.#position]?.kind === kind
    if (isNext) this.#position += 1
    return isNext
  }

  /** The `[filter]` of a PATCH path, if one comes next. */
  optionalValueFilter(): FilterNode | undefined {
    return this.#take('openValuePath') ? this.#grouped('closeValuePath') : undefined
  }
}

// RFC 7644 §3.4.2.2: a value of JSON; text without quotes is none. True and False are Entra's.
function literalOf(text: string): Literal {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  if (lower === 'null') return null
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw failure('text is compared in quotes')
  return Number(text)
}

/** @throws AppError invalid with reason `invalidFilter` */
export function parseFilter(text: string): FilterNode {
  if (text.length > filterLimits.length) throw failure(`it is longer than ${filterLimits.length} characters`)
  const tokens = tokenize(text)
  if (tokens === undefined) throw failure('a string has no end, or a character is not allowed')
  const parser = new FilterParser(tokens)
  const node = parser.disjunction()
  if (!parser.isAtEnd) throw failure('something is left over at its end')
  return node
}
