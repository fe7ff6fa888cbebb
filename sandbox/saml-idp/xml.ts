// XML as text, and a DOM for those who look into messages or change them after they were signed.
import { createRequire } from 'node:module'

// Loaded without its type file: that one would declare every global of a browser for the whole project.
const require = createRequire(import.meta.url)
const { DOMParser, XMLSerializer } = require('@xmldom/xmldom') as {
  DOMParser: new () => { parseFromString(xml: string, type: string): XmlDocument }
  XMLSerializer: new () => { serializeToString(node: XmlNode): string }
}

export interface XmlNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly localName: string | null
  readonly namespaceURI: string | null
  readonly parentNode: XmlNode | null
  readonly firstChild: XmlNode | null
  readonly nextSibling: XmlNode | null
  readonly childNodes: { readonly length: number; item(index: number): XmlNode | null }
  textContent: string | null
  nodeValue: string | null
  appendChild<Node extends XmlNode>(node: Node): Node
  insertBefore<Node extends XmlNode>(node: Node, before: XmlNode | null): Node
  removeChild<Node extends XmlNode>(node: Node): Node
  replaceChild<Node extends XmlNode>(node: XmlNode, old: Node): Node
  cloneNode(isDeep: boolean): this
}

export interface XmlElement extends XmlNode {
  readonly tagName: string
  getAttribute(name: string): string | null
  hasAttribute(name: string): boolean
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
}

export interface XmlDocument extends XmlNode {
  readonly documentElement: XmlElement
  createElementNS(namespace: string, name: string): XmlElement
  createTextNode(text: string): XmlNode
  createComment(text: string): XmlNode
  importNode<Node extends XmlNode>(node: Node, isDeep: boolean): Node
}

/** Text that is escaped, or XML that is taken as it is. */
export type XmlText = string | { raw: string }

/** Escapes text for content and double-quoted attributes. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The XML of text. */
export const xmlText = (text: XmlText): string => (typeof text === 'string' ? escapeXml(text) : text.raw)

type Attributes = Record<string, string | null | undefined>

/** An element as text. Children are XML; attributes and children that are null or undefined are left out. */
export function element(name: string, attributes: Attributes, ...children: (string | null | undefined)[]): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  const content = children.filter((child) => typeof child === 'string').join('')
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`
}

/** Parses XML. @throws Error (of the parser) if it is not well-formed. */
export const parseXml = (xml: string): XmlDocument => new DOMParser().parseFromString(xml, 'text/xml')

/** XML of a document or of a part, with the namespaces it needs. */
export const serializeXml = (node: XmlNode): string => new XMLSerializer().serializeToString(node)

/** Parses, lets the document be changed, and serializes. */
export function editXml(xml: string, edit: (document: XmlDocument) => void): string {
  const document = parseXml(xml)
  edit(document)
  return serializeXml(document)
}

/** All elements of that local name below a node, in document order. */
export function findElements(node: XmlNode, localName: string): XmlElement[] {
  const found: XmlElement[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (isElement(child) && child.localName === localName) found.push(child)
    found.push(...findElements(child, localName))
  }
  return found
}

/** The first element of that local name. @throws Error if there is none. */
export function findElement(node: XmlNode, localName: string): XmlElement {
  const [first] = findElements(node, localName)
  if (first === undefined) throw new Error(`There is no element ${localName}`)
  return first
}

const isElement = (node: XmlNode): node is XmlElement => node.nodeType === 1
