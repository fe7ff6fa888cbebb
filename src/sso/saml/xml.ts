// XML from outside, read strictly into a small tree: no DOCTYPE, no comments, no CDATA, no processing instructions, bounded in
// size, elements and depth. What a signature library is given has passed through here first (ADR 0010).
import { SaxesParser, type SaxesTagNS } from 'saxes'

export type XmlAttribute = { name: string; prefix: string; local: string; uri: string; value: string }

export type XmlElement = {
  namespace: string
  name: string
  /** By local name, for attributes without a namespace; others by `{namespace}name`. */
  attributes: ReadonlyMap<string, string>
  children: XmlElement[]
  /** The text directly inside, joined. */
  text: string
  /** Text and elements directly inside, in their order. */
  content: (string | XmlElement)[]
  /** As it is written. */
  qualifiedName: string
  prefix: string
  /** The attributes as they are written, declarations of namespaces included. */
  written: readonly XmlAttribute[]
  /** What prefixes stand for here. */
  scope: ReadonlyMap<string, string>
  parent: XmlElement | null
}

const maxElements = 3_000
const maxAttributes = 64
const maxDepth = 32

/** Why a document is not even looked at. */
export class XmlRefused extends Error {}

/** @throws XmlRefused for everything that a SAML message has no use for */
export function parseXml(xml: string): XmlElement {
  const text = xml.replace(/^\uFEFF/, '')
  const declaration = /^<\?xml [^?<>]*\?>/.exec(text)?.[0] ?? ''
  if (/<[!?]/.test(text.slice(declaration.length))) {
    throw new XmlRefused('The message has a DOCTYPE, comment, CDATA section or processing instruction')
  }
  const reader = new TreeReader()
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw new XmlRefused(`The message is not well-formed XML: ${error.message.slice(0, 120)}`)
  })
  parser.on('opentag', (tag) => reader.open(tag))
  parser.on('text', (part) => reader.text(part))
  parser.on('closetag', () => reader.close())
  parser.write(text).close()
  if (reader.root === undefined) throw new XmlRefused('The message is empty')
  return reader.root
}

class TreeReader {
  root: XmlElement | undefined
  #current: XmlElement | null = null
  #elements = 0
  #depth = 0

  open({ name: qualifiedName, prefix, local, uri: namespace, attributes: found, ns }: SaxesTagNS): void {
    const attributes = Object.values(found)
    this.#elements += 1
    this.#depth += 1
    if (this.#elements > maxElements) throw new XmlRefused(`The message has more than ${maxElements} elements`)
    if (this.#depth > maxDepth) throw new XmlRefused(`The message is nested deeper than ${maxDepth} elements`)
    if (attributes.length > maxAttributes) throw new XmlRefused('An element has too many attributes')
    const element: XmlElement = {
      ...{ namespace, name: local, qualifiedName, prefix },
      attributes: new Map(attributes.map(({ uri, local, value }) => [uri === '' ? local : `{${uri}}${local}`, value])),
      children: [],
      text: '',
      content: [],
      written: attributes,
      scope: scopeOf(this.#current?.scope, ns),
      parent: this.#current,
    }
    this.#current?.children.push(element)
    this.#current?.content.push(element)
    this.root ??= element
    this.#current = element
  }

  text(part: string): void {
    if (this.#current === null) return
    this.#current.text += part
    this.#current.content.push(part)
  }

  close(): void {
    this.#depth -= 1
    this.#current = this.#current?.parent ?? null
  }
}

const noScope: ReadonlyMap<string, string> = new Map()

function scopeOf(
  outer: ReadonlyMap<string, string> | undefined,
  own: Record<string, string>,
): ReadonlyMap<string, string> {
  const declared = Object.entries(own)
  return declared.length === 0 ? (outer ?? noScope) : new Map([...(outer ?? noScope), ...declared])
}

const valueEscapes: Record<string, string> = {
  ...{ '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' },
}

/** The value of an attribute, as canonical XML writes it. */
export const escapeValue = (text: string): string => text.replace(/[&<"\t\n\r]/g, (each) => valueEscapes[each] ?? each)

/**
 * The text of an element that is to be read by itself, with what prefixes stand for where it was taken from: a message may
 * declare all of its namespaces once, at its root (Namespaces in XML 1.0, 6.1).
 */
export function inScope(text: string, scope: ReadonlyMap<string, string>): string {
  const tag = /^\uFEFF?(?:<\?xml [^?<>]*\?>)?\s*<[^\s/>?!]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*/.exec(text)?.[0]
  if (tag === undefined) return text
  const own = new Set([...tag.matchAll(/\s(xmlns(?::[^\s=]+)?)\s*=/g)].map(([, name]) => name))
  const inherited = [...scope]
    .map(([prefix, uri]) => [prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri] as const)
    .filter(([name]) => !own.has(name) && name !== 'xmlns:xml')
  const declarations = inherited.map(([name, uri]) => ` ${name}="${escapeValue(uri)}"`)
  return `${tag}${declarations.join('')}${text.slice(tag.length)}`
}

/** The children with this name in this namespace. */
export const childrenOf = (element: XmlElement, namespace: string, name: string): XmlElement[] =>
  element.children.filter((child) => child.namespace === namespace && child.name === name)

/** The element and everything below it. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* descendants(child)
}
