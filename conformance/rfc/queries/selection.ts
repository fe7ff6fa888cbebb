// Attribute selection: RFC 7644 §3.4.2.5 and §3.9, attribute notation §3.10.
import { type Check, check } from '../check.ts'
import type { ScimClient } from '../client.ts'
import { expectBody, expectEqual, expectStatus } from '../expect.ts'
import { enterpriseUrn, userUrn } from '../urns.ts'

const absent = { $absent: true }
const always = { schemas: [userUrn], id: { $nonEmpty: true } }

async function createDetailed(client: ScimClient): Promise<string> {
  const { path } = await client.createUser({
    displayName: 'Ann Marsh',
    title: 'Engineer',
    name: { givenName: 'Ann', familyName: 'Marsh' },
    emails: [{ value: `${client.unique}@example.com`, type: 'work', display: 'Office' }],
    [enterpriseUrn]: { department: 'Tide Office', employeeNumber: '7' },
  })
  return path
}

interface Example {
  readonly title: string
  readonly query: Readonly<Record<string, string>>
  readonly expected: Readonly<Record<string, unknown>>
}

const examples: readonly Example[] = [
  {
    title: 'attributes returns the named ones with id and schemas',
    query: { attributes: 'displayName,title' },
    expected: { displayName: 'Ann Marsh', title: 'Engineer', emails: absent, name: absent, userName: absent },
  },
  {
    title: 'attributes names may have any case and spaces',
    query: { attributes: 'DISPLAYNAME, Title' },
    expected: { displayName: 'Ann Marsh', title: 'Engineer', emails: absent },
  },
  {
    title: 'attributes with a sub-attribute',
    query: { attributes: 'name.familyName' },
    expected: { name: { familyName: 'Marsh', givenName: absent }, displayName: absent },
  },
  {
    title: 'attributes with a sub-attribute of a multi-valued one',
    query: { attributes: 'emails.value' },
    expected: { emails: [{ value: { $nonEmpty: true }, type: absent }], displayName: absent },
  },
  {
    title: 'attributes with a full URN',
    query: { attributes: `${userUrn}:displayName` },
    expected: { displayName: 'Ann Marsh', title: absent },
  },
  {
    title: 'attributes with an attribute of the extension',
    query: { attributes: `${enterpriseUrn}:department` },
    expected: { [enterpriseUrn]: { department: 'Tide Office', employeeNumber: absent }, title: absent },
  },
  {
    title: 'attributes with the URN of the extension returns all of it',
    query: { attributes: enterpriseUrn },
    expected: { [enterpriseUrn]: { department: 'Tide Office', employeeNumber: '7' }, title: absent },
  },
  {
    title: 'excludedAttributes leaves the named ones out',
    query: { excludedAttributes: 'emails,title' },
    expected: { displayName: 'Ann Marsh', emails: absent, title: absent },
  },
  {
    title: 'excludedAttributes with a sub-attribute',
    query: { excludedAttributes: 'name.givenName' },
    expected: { name: { familyName: 'Marsh', givenName: absent }, displayName: 'Ann Marsh' },
  },
  {
    title: 'excludedAttributes with a full URN',
    query: { excludedAttributes: `${enterpriseUrn}:department` },
    expected: { [enterpriseUrn]: { department: absent, employeeNumber: '7' } },
  },
  {
    title: 'id and schemas cannot be excluded',
    query: { excludedAttributes: 'id,schemas,title' },
    expected: { title: absent, displayName: 'Ann Marsh' },
  },
  {
    title: 'an unknown name selects nothing and is no error',
    query: { attributes: 'favouriteHarbour' },
    expected: { displayName: absent, emails: absent },
  },
]

export const selectionChecks: readonly Check[] = [
  ...examples.map(({ title, query, expected }) =>
    check(`RFC 7644 §3.9 ${title}`, async (client) => {
      const path = await createDetailed(client)
      expectBody(await client.read(path, query), { ...always, ...expected })
    }),
  ),
  check('RFC 7644 §3.4.2.5 selection works on lists too', async (client) => {
    await createDetailed(client)
    const filter = `userName eq "${client.userName()}"`
    expectBody(await client.read('/Users', { filter, attributes: 'title' }), {
      totalResults: 1,
      Resources: [{ ...always, title: 'Engineer', displayName: absent, emails: absent }],
    })
    expectBody(await client.read('/Users', { filter, excludedAttributes: 'title' }), {
      Resources: [{ ...always, title: absent, displayName: 'Ann Marsh' }],
    })
  }),
  check('RFC 7644 §3.9 selection works on the answer to POST, PUT and PATCH', async (client) => {
    const query = { attributes: 'userName' }
    const created = await client.post('/Users', client.userBody({ title: 'Pilot' }), { query })
    expectStatus(created, 201)
    expectBody(created, { ...always, userName: client.userName(), title: absent })
    const path = `/Users/${created.body['id']}`
    const replaced = await client.send('PUT', path, { query, body: client.userBody({ title: 'Master' }) })
    expectBody(replaced, { ...always, title: absent })
    const operations = [{ op: 'replace', path: 'title', value: 'Mate' }]
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
    const patched = await client.send('PATCH', path, { query, body })
    expectStatus(patched, 200)
    expectBody(patched, { ...always, title: absent })
  }),
  check('RFC 7644 §3.9 excludedAttributes=members works on a group and on the list of groups', async (client) => {
    const user = await client.createUser()
    const { path } = await client.createGroup({ members: [{ value: user.id }] })
    const query = { excludedAttributes: 'members' }
    const group = await client.read(path, query)
    expectEqual(group, 'members', group.body['members'], undefined)
    const filter = `displayName eq "${client.unique}-group"`
    expectBody(await client.read('/Groups', { ...query, filter }), { Resources: [{ members: absent }] })
  }),
]
