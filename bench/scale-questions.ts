// What `scale` asks of an organization of any size: SCIM, decisions and pages. A search finds a handful of people in each of them.
import { type Call, createClient } from './client.ts'
import { idOf, open, size } from './console.ts'
import type { Rolecall } from './rolecall.ts'

export type Question = { what: string; ask(turn: number): Promise<unknown> }

/** A group of half of the people, after those that each is in a few of. */
export const bigGroup = idOf('grp', size.groups)

const pageSize = 100

const number = (turn: number, people: number): number => (turn * 977) % people
const filtered = (filter: string): string => `/Users?count=${pageSize}&filter=${encodeURIComponent(filter)}`

function patchOf(kind: 'Users' | 'Groups', id: string, operation: object): Call {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  return { method: 'PATCH', path: `/${kind}/${id}`, body: { schemas, Operations: [operation] } }
}

function scimQuestions({ scim }: Rolecall, since: string): Question[] {
  const people = size.users
  const get = (path: string) => scim.send({ method: 'GET', path })
  const joiner = (turn: number): string => idOf('usr', (number(turn, people) | 1) % people)
  return [
    {
      what: 'create a person',
      ask: (turn) => {
        const userName = `new${turn}@north.example.com`
        const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
        const body = { schemas, userName, externalId: `new-${turn}`, emails: [{ value: userName, primary: true }] }
        return scim.send({ method: 'POST', path: '/Users', body })
      },
    },
    { what: 'a person by id', ask: (turn) => get(`/Users/${idOf('usr', number(turn, people))}`) },
    {
      what: '`userName eq`',
      ask: (turn) => get(filtered(`userName eq "person${number(turn, people)}@north.example.com"`)),
    },
    {
      what: '`externalId eq`',
      ask: (turn) => get(filtered(`externalId eq "ext-${idOf('', number(turn, people)).slice(-8)}"`)),
    },
    // Not more of them where there are more people: the number ends the name.
    {
      what: '`displayName sw`',
      ask: (turn) => get(filtered(`displayName sw "Ada Okafor ${people - 100 - (turn % 90) * 100}"`)),
    },
    {
      what: '`userName co`',
      ask: (turn) => get(filtered(`userName co "on${people - 1 - number(turn, people / 2)}@no"`)),
    },
    { what: '`active eq false`', ask: () => get(filtered('active eq false')) },
    { what: '`meta.lastModified gt`', ask: () => get(filtered(`meta.lastModified gt "${since}"`)) },
    { what: 'first page by index', ask: () => get(`/Users?startIndex=1&count=${pageSize}`) },
    { what: 'deepest page by index', ask: () => get(`/Users?startIndex=${people - pageSize + 1}&count=${pageSize}`) },
    {
      what: 'PATCH of a title',
      ask: (turn) =>
        scim.send(patchOf('Users', idOf('usr', number(turn, 50)), { op: 'replace', path: 'title', value: `T${turn}` })),
    },
    {
      what: 'PATCH of `active`',
      ask: (turn) =>
        scim.send(
          patchOf('Users', idOf('usr', 2 + (turn >> 1)), { op: 'replace', path: 'active', value: turn % 2 === 1 }),
        ),
    },
    {
      what: 'a member into a big group',
      ask: (turn) => {
        const operation = { op: 'add', path: 'members', value: [{ value: joiner(turn) }] }
        return scim.send(patchOf('Groups', bigGroup, operation))
      },
    },
  ]
}

function pageQuestions({ origin }: Rolecall, cookie: string): Question[] {
  const page = (path: string) => open(`${origin}${path}`, cookie)
  return [
    {
      what: 'console: people by name',
      ask: (turn) => page(`/console/users?q=person${size.users - 1 - number(turn, size.users / 2)}`),
    },
    { what: 'console: people', ask: () => page('/console/users') },
    { what: 'console: people who are active', ask: () => page('/console/users?status=active') },
    { what: 'console: a person', ask: (turn) => page(`/console/users/${idOf('usr', number(turn, size.users))}`) },
    { what: 'console: overview', ask: () => page('/console') },
    { what: 'console: a brand', ask: (turn) => page(`/console/brands/${idOf('brd', (turn * 37) % size.brands)}`) },
    {
      what: 'console: audit trail of a person',
      ask: (turn) => page(`/console/audit?q=person${number(turn, size.users)}%40north.example.com`),
    },
  ]
}

async function decisionQuestion(rolecall: Rolecall): Promise<Question> {
  const named = ['--organization', 'bench', '--access', 'decisions', '--json']
  const { key } = JSON.parse(await rolecall.run('api-key', 'create', ...named)) as { key: string }
  const api = createClient(rolecall.origin, { authorization: `Bearer ${key}`, 'content-type': 'application/json' })
  return {
    what: 'a decision',
    ask: (turn) => {
      const subject = { type: 'user', id: idOf('usr', number(turn, size.users)) }
      const resource = { type: 'brand', id: idOf('brd', (turn * 37) % size.brands) }
      const body = { subject, action: { name: 'content.publish' }, resource }
      return api.send({ method: 'POST', path: '/access/v1/evaluation', body })
    },
  }
}

/** @param since what was changed before is not asked for; @param cookie of an administrator */
export const questionsOf = async (
  rolecall: Rolecall,
  { since, cookie }: { since: string; cookie: string },
): Promise<Question[]> => [
  ...scimQuestions(rolecall, since),
  await decisionQuestion(rolecall),
  ...pageQuestions(rolecall, cookie),
]
