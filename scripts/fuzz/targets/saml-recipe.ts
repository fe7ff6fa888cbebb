// An input of the SAML target: how a response is signed, and what is changed in it before that, afterwards, or in its base64. The
// message itself has ids, times and signatures of its moment; the same changes are made to whichever it is.
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import type { SigningKey } from '../../../sandbox/saml-idp/keys.ts'
import { sealResponse } from '../../../sandbox/saml-idp/sign.ts'
import { mutate, pick } from '../mutate.ts'
import type { Below } from '../target.ts'

export const stages = ['built', 'sealed', 'wire'] as const

export type Edit = {
  stage: (typeof stages)[number]
  /** Before which text it is made; where there is none, at so much of the whole. */
  before: string
  at: number
  /** How many characters go. */
  cut: number
  put: string
}

export type Recipe = { sign: 'both' | 'assertion' | 'response' | 'none'; key: 'ours' | 'other'; edits: Edit[] }

export const words: readonly string[] = [
  ...[
    '<saml:NameID>',
    '</saml:NameID>',
    '<saml:Assertion',
    '</saml:Assertion>',
    '<saml:Subject>',
    '<ds:Signature',
    'ID="',
  ],
  ...[
    '</ds:Signature>',
    '<ds:Reference URI="',
    '<ds:SignatureValue>',
    '<ds:DigestValue>',
    '<ds:Transforms>',
    '<samlp:Status>',
  ],
  ...[
    'InResponseTo="',
    'Recipient="',
    'NotOnOrAfter="',
    '<saml:Audience>',
    '<saml:AttributeStatement>',
    '<samlp:Response',
    '<',
  ],
  ...[
    '<saml:AttributeValue>',
    'xmlns:saml="',
    'Destination="',
    '<ds:KeyInfo>',
    '</samlp:Response>',
    '<saml:Issuer>',
    '/>',
  ],
]

const puts = [
  ...[
    'bob@example.com',
    '<!---->',
    '<!-- x -->',
    '<?x y?>',
    '<![CDATA[bob@example.com]]>',
    '&#98;',
    '&amp;',
    '&x;',
    ' ',
    '\n',
  ],
  ...[
    '<!DOCTYPE a [<!ENTITY x "bob@example.com">]>',
    '<saml:NameID>bob@example.com</saml:NameID>',
    ' ID="x"',
    ' Id="x"',
  ],
  ...[
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="x" Version="2.0"></saml:Assertion>',
    '\0',
    'A',
  ],
  ...[
    '<a xmlns="urn:x"/>',
    ' xmlns="urn:x"',
    ' xmlns:saml="urn:x"',
    '<x>'.repeat(400),
    '#xpointer(/)',
    'http://x.example.net/',
  ],
  ...[
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    '2099-01-01T00:00:00Z',
    '=',
  ],
]

const edit = fc.record<Edit>({
  stage: fc.constantFrom('built', 'sealed', 'sealed', 'sealed', 'wire'),
  before: fc.constantFrom('', ...words),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(fc.nat(8), fc.nat(2_000)),
  put: fc.oneof(fc.constantFrom('', ...puts), fc.string({ unit: 'binary', maxLength: 12 })),
})

export const recipes: fc.Arbitrary<string> = fc
  .record<Recipe>({
    sign: fc.constantFrom('both', 'assertion', 'response', 'none'),
    key: fc.constantFrom('ours', 'ours', 'ours', 'other'),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  })
  .map((recipe) => JSON.stringify(recipe))

/** One more change, or another text in one that there is. */
export function mutateRecipe(input: string, below: Below): string {
  const recipe = recipeIn(input)
  const place = {
    before: pick(['', ...words], below),
    at: below(1_000) / 1_000,
    cut: below(3) === 0 ? below(500) : below(4),
  }
  const put = mutate(pick(puts, below), below, words)
  return JSON.stringify({
    ...recipe,
    edits: [...recipe.edits, { stage: pick(stages, below), ...place, put }].slice(-6),
  })
}

/** Whatever the text lacks is as an honest provider has it. */
export function recipeIn(input: string): Recipe {
  const { sign = 'both', key = 'ours', edits = [] } = parsed(input)
  const whole = edits.map(({ stage = 'sealed', before = '', at = 0, cut = 0, put = '' }) => ({
    stage,
    before,
    at,
    cut,
    put,
  }))
  return { sign, key, edits: whole }
}

function parsed(input: string): { sign?: Recipe['sign']; key?: Recipe['key']; edits?: Partial<Edit>[] } {
  try {
    const value: unknown = JSON.parse(input)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** The message as its provider signed it, and what is posted, in base64. */
export function cook(recipe: Recipe, truthful: string, key: SigningKey): { sealed: string; wire: string } {
  const editedAt = (text: string, stage: Edit['stage']): string =>
    recipe.edits.filter((each) => each.stage === stage).reduce(edited, text)
  const sealed = seal(editedAt(truthful, 'built'), recipe.sign, key)
  const base64 = Buffer.from(editedAt(sealed, 'sealed'), 'utf8').toString('base64')
  return { sealed, wire: editedAt(base64, 'wire') }
}

const placements = {
  both: { response: true, assertion: true },
  assertion: { response: false, assertion: true },
  response: { response: true, assertion: false },
}

/** What cannot be read any more cannot be signed. */
function seal(xml: string, sign: Recipe['sign'], key: SigningKey): string {
  if (sign === 'none' || !isWellFormed(xml)) return xml
  try {
    return sealResponse(xml, { key, sign: placements[sign] })
  } catch {
    return xml
  }
}

/** By a parser that says nothing and forgives nothing; the other one knows no names beyond the first plane, and complains aloud. */
export function isWellFormed(xml: string): boolean {
  if (/<[^>]*[\u{10000}-\u{10ffff}]/u.test(xml)) return false
  const parser = new SaxesParser({ xmlns: true })
  let isFine = true
  parser.on('error', () => {
    isFine = false
  })
  parser.write(xml).close()
  return isFine
}

function edited(text: string, { before, at, cut, put }: Edit): string {
  const found = before === '' ? -1 : text.indexOf(before, Math.floor(at * text.length * 0.5))
  const from = found < 0 ? Math.floor(at * text.length) : found
  return text.slice(0, from) + put + text.slice(from + cut)
}
