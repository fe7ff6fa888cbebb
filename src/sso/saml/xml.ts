// XML from outside, read strictly into a small tree: no DOCTYPE, no comments, no CDATA, no processing instructions, bounded in
// size, elements and depth. What a signature library is given has passed through here first (design 8).
import { SaxesParser } from 'saxes'

export type XmlElement = {
  namespace: string
  name: string
  /** By local name, for attributes without a namespace; others by `{namespace}name`. */
  attributes: ReadonlyMap<string, string>
  children: XmlElement[]
  /** The text directly inside, joined. */
  text: string
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
  parser.on('opentag', ({ uri, local, attributes }) => reader.open(uri, local, Object.values(attributes)))
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

  open(namespace: string, name: string, attributes: { uri: string; local: string; value: string }[]): void {
    this.#elements += 1
    this.#depth += 1
    if (this.#elements > maxElements) throw new XmlRefused(`The message has more than ${maxElements} elements`)
    if (this.#depth > maxDepth) throw new XmlRefused(`The message is nested deeper than ${maxDepth} elements`)
    if (attributes.length > maxAttributes) throw new XmlRefused('An element has too many attributes')
    const element: XmlElement = {
      namespace,
      name,
      attributes: new Map(attributes.map(({ uri, local, value }) => [uri === '' ? local : `{${uri}}${local}`, value])),
      children: [],
      text: '',
      parent: this.#current,
    }
    this.#current?.children.push(element)
    this.root ??= element
    this.#current = element
  }

  text(part: string): void {
    if (this.#current !== null) this.#current.text += part
  }

  close(): void {
    this.#depth -= 1
    this.#current = this.#current?.parent ?? null
  }
}

/** The children with this name in this namespace. */
export const childrenOf = (element: XmlElement, namespace: string, name: string): XmlElement[] =>
  element.children.filter((child) => child.namespace === namespace && child.name === name)

/** The element and everything below it. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* descendants(child)
}
