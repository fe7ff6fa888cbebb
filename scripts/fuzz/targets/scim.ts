// Filters of SCIM (RFC 7644 §3.4.2.2), and the bodies of its PATCH (§3.5.2), as text.
import fc from 'fast-check'
import type { TestApp } from '../../../test/support/app.ts'
import { core, enterprise, patchOp } from '../../../test/support/scim.ts'
import type { Player, Target } from '../target.ts'

const attributes = [
  ...['userName', 'name.givenName', 'emails', 'emails.value', 'active', 'meta.created', 'meta.lastModified', 'id'],
  ...['externalId', 'groups', 'groups.value', 'roles.primary', 'members', 'members.value', 'displayName', 'schemas'],
  ...[
    `${enterprise}:manager`,
    `${enterprise}:manager.value`,
    enterprise,
    `${core}:User:userName`,
    '__proto__',
    'x.y.z',
  ],
]
const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'EQ', 'in']
const values = [
  ...['"x"', '"ada@example.com"', '""', '"\\u0000"', '"\\ud800"', '"%"', 'true', 'false', 'null', '1', '-5', '1e999'],
  ...['"2026-01-01T00:00:00Z"', '"9999999-12-31T00:00:00Z"', '"2026-02-30T00:00:00Z"', `"${'x'.repeat(300)}"`],
]

const attribute = fc.constantFrom(...attributes)
const value = fc.oneof(
  fc.constantFrom(...values),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
)

const filter = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(attribute, fc.constantFrom(...operators), value).map((parts) => parts.join(' ')),
    attribute.map((name) => `${name} pr`),
    fc.tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node')).map((parts) => parts.join(' ')),
    tie('node').map((inner) => `not (${inner})`),
    tie('node').map((inner) => `(${inner})`),
    fc.tuple(attribute, tie('node')).map(([name, inner]) => `${name}[${inner}]`),
  ),
})).node

/** What is wanted of it beside, as a client adds it. */
const further = ['', '&sortBy=userName', '&sortBy=meta.created&sortOrder=descending', '&count=1&startIndex=99999999999']

export const filters: Target = {
  name: 'filters',
  says: 'filters of SCIM, in queries and searches',
  grammar: filter,
  words: [...attributes, ...operators, ...values, '(', ')', '[', ']', 'and', 'or', 'not'],
  prepare: async (app) => {
    const scim = await app.createScim()
    for (const name of ['ada', 'bo', 'cy']) {
      const userId = await scim.user(`${name}@example.com`, {
        emails: [{ value: `${name}@example.com`, type: 'work' }],
      })
      await scim.group(name, [userId])
    }
    const headers = { authorization: `Bearer ${scim.token}` }
    const asked = async (path: string, init: RequestInit = {}): Promise<number> => {
      const answer = await app.request(scim.base + path, { ...init, headers: { ...headers, ...init.headers } })
      await answer.text()
      return answer.status
    }
    const play = async (input: string) => {
      const resource = input.length % 2 === 0 ? 'Users' : 'Groups'
      // A client encodes what it sends, and half a surrogate cannot be.
      const query = `?filter=${encodeURIComponent(input.toWellFormed())}${further[input.length % further.length]}`
      const search = JSON.stringify({ schemas: [], filter: input, sortBy: input.slice(0, 40) })
      const posted = { method: 'POST', body: search, headers: { 'content-type': 'application/scim+json' } }
      return { status: Math.max(await asked(`/${resource}${query}`), await asked(`/${resource}/.search`, posted)) }
    }
    return { play, seeds: [] }
  },
}

const path = fc.oneof(
  attribute,
  fc.tuple(attribute, filter).map(([name, inner]) => `${name}[${inner}]`),
  fc.tuple(attribute, filter, attribute).map(([name, inner, sub]) => `${name}[${inner}].${sub}`),
)

const json = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }),
    fc.constantFrom<unknown>('ada@example.com', 'True', 'False', '{{user}}', '{{group}}', null, true, 1e308, ''),
    fc.dictionary(fc.oneof(attribute, fc.constantFrom('value', 'type', 'primary', '$ref')), tie('node'), {
      maxKeys: 4,
    }),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node

const operation = fc.record(
  {
    op: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('add', 'replace', 'remove', 'Add') },
      { weight: 1, arbitrary: json },
    ),
    path: fc.oneof({ weight: 9, arbitrary: path }, { weight: 1, arbitrary: json }),
    value: json,
  },
  { requiredKeys: ['op'] },
)

export const patch: Target = {
  name: 'patch',
  says: 'bodies of PATCH, for users and groups',
  grammar: fc
    .array(operation, { maxLength: 4 })
    .map((operations) => JSON.stringify({ schemas: [patchOp], Operations: operations })),
  words: [
    ...[...attributes, ...values, '"op":"add"', '"op":"remove"', '"path":', '"value":', '{{user}}', '{{group}}'],
    ...['{', '}', '[', ']', ':', '"__proto__":{"isAdmin":true}', '"Operations":'],
  ],
  prepare: patchPlayer,
}

async function patchPlayer(app: TestApp): Promise<Player> {
  const scim = await app.createScim()
  let made = 0
  const fresh = async (): Promise<{ user: string; group: string }> => {
    made += 1
    const emails = [{ value: `fuzz-${made}@example.com`, type: 'work', primary: true }]
    const user = await scim.user(`fuzz-${made}@example.com`, { emails, name: { givenName: 'Ada' } })
    return { user, group: await scim.group(`Fuzz ${made}`, [user]) }
  }
  let victims = await fresh()
  const send = async (resource: string, body: string): Promise<number> => {
    const answer = await app.request(`${scim.base}/${resource}`, {
      ...{ method: 'PATCH', body },
      headers: { authorization: `Bearer ${scim.token}`, 'content-type': 'application/scim+json' },
    })
    await answer.text()
    return answer.status
  }
  const play = async (input: string) => {
    const { user, group } = victims
    const body = input.replaceAll('{{user}}', user).replaceAll('{{group}}', group)
    const statuses = [await send(`Users/${user}`, body), await send(`Groups/${group}`, body)]
    // What was accepted changed them: the next one finds them as they were, and a replay finds them so too.
    if (statuses.some((status) => status < 300)) victims = await fresh()
    return { status: Math.max(...statuses) }
  }
  return { play, seeds: [] }
}
