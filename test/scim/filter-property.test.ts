// Filters against a reference: for random people and random filters over the whole grammar, the ids that SQL finds are the
// ids that an evaluator written from RFC 7644 §3.4.2.2 finds in memory.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { runs, seed } from '../support/property.ts'
import { type Attribute, type Expression, holds, type Operator, type Value } from '../support/reference-filter.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

const words = [
  ...[
    'Ada',
    'ada',
    'ADA',
    'Adam',
    'Straße',
    'STRASSE',
    'ﬁn',
    'FIN',
    'A\u030asa',
    'Åsa',
    'Ωmega',
    'ωMEGA',
    'ΣΑΣ',
    'σας',
  ],
  ...['İstanbul', 'istanbul', '日本', '😀 smile', '\uffee', 'a%b', 'a_b', 'a\\b', "o'neil", 'x"y', '$1', '10', '9'],
  ...['true', 'null', 'with space', ' edge ', 'K', 'work', 'home', 'Legal', 'legal', 'a\tb', '(', ')', '[x]', 'ſ'],
]
const word = fc.constantFrom(...words)
const type = fc.constantFrom('work', 'home', 'Work', 'other')
const address = fc.constantFrom('ada@example.com', 'ADA@example.com', 'bo@example.com', 'caf\u00e9@example.com')

const emails = fc.uniqueArray(fc.record({ value: address, type, display: word }, { requiredKeys: ['value'] }), {
  maxLength: 3,
  selector: ({ value, type: kind }) => `${value} ${kind}`,
})
const person = fc.record(
  {
    displayName: word,
    externalId: word,
    title: word,
    nickName: word,
    active: fc.boolean(),
    name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
    emails: fc
      .tuple(emails, fc.nat(4))
      .map(([list, at]) => list.map((each, i) => (i === at ? { ...each, primary: true } : each))),
    phoneNumbers: fc.array(fc.record({ value: word, type }, { requiredKeys: [] }), { maxLength: 2 }),
    addresses: fc.array(fc.record({ locality: word, type }, { requiredKeys: [] }), { maxLength: 2 }),
    [enterprise]: fc.record(
      { department: word, employeeNumber: word, manager: word.map((value) => ({ value })) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['active'] },
)

type Named = Attribute & { text: string }

const attribute = (path: string[], rules: Partial<Attribute> = {}): Named => ({
  ...{ path, type: 'string', isCaseExact: false, isMultiValued: false, ...rules },
  text: path[0]?.startsWith('urn:') === true ? `${path[0]}:${path.slice(1).join('.')}` : path.join('.'),
})
const list = (path: string[], rules: Partial<Attribute> = {}): Named =>
  attribute(path, { isMultiValued: true, ...rules })
const isCaseExact = true

const strings = [
  attribute(['userName']),
  attribute(['displayName']),
  attribute(['title']),
  attribute(['nickName']),
  attribute(['externalId'], { isCaseExact }),
  attribute(['name', 'givenName']),
  attribute(['name', 'familyName']),
  attribute([enterprise, 'department']),
  attribute([enterprise, 'employeeNumber']),
  attribute([enterprise, 'manager', 'value']),
  list(['emails', 'value']),
  list(['emails', 'type']),
  list(['phoneNumbers', 'value']),
  list(['addresses', 'locality']),
  // A complex attribute compares by its value.
  { ...list(['emails', 'value']), text: 'emails' },
  { ...attribute([enterprise, 'manager', 'value']), text: `${enterprise}:manager` },
]
const booleans = [attribute(['active'], { type: 'boolean' }), list(['emails', 'primary'], { type: 'boolean' })]
const times = [
  attribute(['meta', 'created'], { type: 'dateTime' }),
  attribute(['meta', 'lastModified'], { type: 'dateTime' }),
]
const wholes = [
  list(['emails']),
  list(['phoneNumbers']),
  attribute(['name']),
  { ...attribute([enterprise]), text: enterprise },
]

const inElements: [Named, Named[], Named[]][] = [
  [
    list(['emails']),
    [attribute(['value']), attribute(['type']), attribute(['display'])],
    [attribute(['primary'], { type: 'boolean' })],
  ],
  [list(['phoneNumbers']), [attribute(['value']), attribute(['type'])], []],
  [list(['addresses']), [attribute(['locality']), attribute(['type'])], []],
]

const stringOperators: Operator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const someText = fc
  .oneof(
    word,
    address,
    type,
    word.map((text) => [...text].slice(0, 2).join('')),
    fc.string({ maxLength: 3, unit: 'grapheme' }),
  )
  .filter((text) => text !== '' && !text.includes('\0'))
const instant = fc.integer({ min: 0, max: 40 * 3_600 }).chain((seconds) => {
  const time = new Date(started + seconds * 1_000)
  const shifted = new Date(time.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  return fc.constantFrom(time.toISOString(), shifted)
})
let started = 0

function comparison(of: Named[], operators: Operator[], values: fc.Arbitrary<Value>): fc.Arbitrary<Expression> {
  const some = fc.constantFrom(...of)
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        attribute: some,
        operator: fc.constantFrom(...operators),
        value: values,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        attribute: some,
        operator: fc.constantFrom<Operator>('eq', 'ne'),
        value: fc.constant(null),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('present' as const), attribute: some }) },
  )
}

const nested = (leaf: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> =>
  fc.letrec<{ node: Expression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      leaf,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), part: tie('node') }),
    ),
  })).node

const elementLeaf = (texts: Named[], flags: Named[]): fc.Arbitrary<Expression> =>
  flags.length === 0
    ? comparison(texts, stringOperators, someText)
    : fc.oneof(comparison(texts, stringOperators, someText), comparison(flags, ['eq', 'ne'], fc.boolean()))

const elements = fc.constantFrom(...inElements).chain(([of, texts, flags]) =>
  fc.record({
    kind: fc.constant('elements' as const),
    list: fc.constant(of),
    part: nested(elementLeaf(texts, flags)),
    rest: fc.option(elementLeaf(texts, flags), { nil: undefined }),
  }),
)

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 8, arbitrary: comparison(strings, stringOperators, someText) },
  {
    weight: 2,
    arbitrary: comparison(booleans, ['eq', 'ne'], fc.oneof(fc.boolean(), fc.constantFrom('True', 'false'))),
  },
  {
    weight: 2,
    arbitrary: fc.constant(null).chain(() => comparison(times, ['eq', 'ne', 'gt', 'ge', 'lt', 'le'], instant)),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('present' as const), attribute: fc.constantFrom(...wholes) }) },
  { weight: 3, arbitrary: elements },
)

/** The filter as text, with the freedom that the grammar leaves: case, URN prefixes, brackets, white space. */
function textOf(expression: Expression, dice: () => number, isInElement = false): string {
  const again = (part: Expression): string => textOf(part, dice, isInElement)
  const anyCase = (text: string): string => (dice() % 3 === 0 ? text.toUpperCase() : text)
  const nameOf = (of: Attribute): string => {
    const { text } = of as Named
    const prefix = !isInElement && !text.startsWith('urn:') && dice() % 4 === 0 ? `${core}:User:` : ''
    return anyCase(prefix + text)
  }
  switch (expression.kind) {
    case 'and':
      return expression.parts
        .map((part) => (part.kind === 'or' ? `(${again(part)})` : again(part)))
        .join(anyCase(' and '))
    case 'or':
      return expression.parts
        .map((part) => (dice() % 3 === 0 ? `( ${again(part)} )` : again(part)))
        .join(anyCase('  or '))
    case 'not':
      return `${anyCase('not')}${dice() % 2 === 0 ? ' ' : ''}(${again(expression.part)})`
    case 'present':
      return `${nameOf(expression.attribute)} ${anyCase('pr')}`
    case 'compare':
      return `${nameOf(expression.attribute)} ${anyCase(expression.operator)} ${JSON.stringify(expression.value)}`
    case 'elements': {
      const rest = expression.rest === undefined ? '' : `.${textOf(expression.rest, dice, true)}`
      return `${nameOf(expression.list)}[${textOf(expression.part, dice, true)}]${rest}`
    }
  }
}

let app: TestApp
let scim: ScimClient
let people: Record<string, unknown>[]
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  started = app.clock.now().getTime()
  const taken = new Set<unknown>()
  for (const [index, { externalId, ...attributes }] of fc.sample(person, { numRuns: 32, seed }).entries()) {
    // A directory calls nobody as it calls somebody else who is there.
    const named = taken.has(externalId) ? {} : { externalId }
    taken.add(externalId)
    // Only the sign-in address is one's own.
    const own = { value: `own-${index}@example.com`, type: 'other', primary: true }
    const further = attributes.emails?.map((email) => ({ ...email, primary: false })) ?? []
    await scim.user(`${words[index]}-${index}`.trim(), { ...attributes, ...named, emails: [own, ...further] })
    app.clock.advance(3_600_000)
  }
  people = (await scim.get('/Users?count=1000')).body.Resources
})
afterAll(() => app.close())

describe('RFC 7644 §3.4.2.2: what SQL finds is what the reference finds', () => {
  test('for 300 random filters over users', { timeout: 60_000 }, async () => {
    expect(people).toHaveLength(32)
    const sizes = new Set<number>()
    const property = fc.asyncProperty(nested(leaf), fc.infiniteStream(fc.nat(100)), async (expression, stream) => {
      const filter = textOf(expression, () => stream.next().value ?? 0)
      const expected = people.filter((each) => holds(expression, each)).map(({ id }) => id)
      const { status, body } = await scim.list('Users', filter, { count: '1000', attributes: 'id' })
      expect(status, `${filter}: ${JSON.stringify(body)}`).toBe(200)
      expect(
        body.Resources.map(({ id }: { id: string }) => id),
        filter,
      ).toEqual(expected)
      expect(body.totalResults).toBe(expected.length)
      sizes.add(expected.length)
    })
    await fc.assert(property, runs(300))
    // The filters said something: they did not all find nobody or everybody.
    expect(sizes.size).toBeGreaterThan(10)
  })
})
