// PATCH of group members: RFC 7644 §3.5.2, with the examples the standard gives for groups.
import { type Check, check } from '../check.ts'
import type { PatchOperation, ScimClient } from '../client.ts'
import { expectBody, expectStatus } from '../expect.ts'

interface Crew {
  readonly ann: string
  readonly bob: string
  readonly cyd: string
}

interface Example {
  readonly title: string
  readonly operations: (crew: Crew, name: string) => readonly PatchOperation[]
  readonly members: readonly (keyof Crew)[]
}

// The group starts with ann and bob.
const examples: readonly Example[] = [
  {
    title: 'add of a member appends',
    operations: ({ cyd }) => [{ op: 'add', path: 'members', value: [{ value: cyd }] }],
    members: ['ann', 'bob', 'cyd'],
  },
  {
    title: 'add without path appends members',
    operations: ({ cyd }) => [{ op: 'add', value: { members: [{ value: cyd }] } }],
    members: ['ann', 'bob', 'cyd'],
  },
  {
    title: 'add of a member who is in succeeds and changes nothing',
    operations: ({ ann }) => [{ op: 'add', path: 'members', value: [{ value: ann }] }],
    members: ['ann', 'bob'],
  },
  {
    title: 'remove of one member through a filter',
    operations: ({ ann }) => [{ op: 'remove', path: `members[value eq "${ann}"]` }],
    members: ['bob'],
  },
  {
    title: 'remove of a member who is not in succeeds and changes nothing',
    operations: ({ cyd }) => [{ op: 'remove', path: `members[value eq "${cyd}"]` }],
    members: ['ann', 'bob'],
  },
  {
    title: 'remove of members empties the group',
    operations: () => [{ op: 'remove', path: 'members' }],
    members: [],
  },
  {
    title: 'replace of members replaces them all',
    operations: ({ cyd }) => [{ op: 'replace', path: 'members', value: [{ value: cyd }] }],
    members: ['cyd'],
  },
  {
    title: 'replace of members with an empty array empties the group',
    operations: () => [{ op: 'replace', path: 'members', value: [] }],
    members: [],
  },
  {
    title: 'remove and add in one request',
    operations: ({ ann, cyd }) => [
      { op: 'remove', path: `members[value eq "${ann}"]` },
      { op: 'add', path: 'members', value: [{ value: cyd }] },
    ],
    members: ['bob', 'cyd'],
  },
  {
    title: 'replace of displayName keeps the members',
    operations: (_, name) => [{ op: 'replace', path: 'displayName', value: `${name}-renamed` }],
    members: ['ann', 'bob'],
  },
]

async function createCrew(client: ScimClient): Promise<Crew> {
  const create = async (label: string) => (await client.createUser({}, label)).id
  return { ann: await create('ann'), bob: await create('bob'), cyd: await create('cyd') }
}

export const patchMemberChecks: readonly Check[] = [
  ...examples.map(({ title, operations, members }) =>
    check(`RFC 7644 §3.5.2 PATCH group: ${title}`, async (client) => {
      const crew = await createCrew(client)
      const { path } = await client.createGroup({ members: [{ value: crew.ann }, { value: crew.bob }] })
      await client.patch(path, ...operations(crew, client.unique))
      const expected = members.map((label) => ({ value: crew[label] }))
      expectBody(await client.read(path), { members: expected.length > 0 ? { $exact: expected } : { $blank: true } })
    }),
  ),
  check('RFC 7644 §3.5.2 PATCH group: an unknown group is 404', async (client) => {
    const path = '/Groups/00000000-0000-4000-8000-000000000000'
    expectStatus(await client.tryPatch(path, { op: 'remove', path: 'members' }), 404)
  }),
  check('RFC 7644 §3.5.2 PATCH group: a hundred members in one request', async (client) => {
    const ids: string[] = []
    for (let index = 0; index < 100; index += 1) ids.push((await client.createUser({}, `m${index}`)).id)
    const { path } = await client.createGroup()
    await client.patch(path, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
    expectBody(await client.read(path), { members: { $exact: ids.map((value) => ({ value })) } })
  }),
]
