// Mappings by a SCIM filter over the user: the database evaluates what the filter says, for every operator.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { enterprise, type ScimClient, scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
let editor: string
const people = new Map<string, string>()

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const credentials = await stage.app.createDirectory(organization)
  scim = scimClient((path, init) => stage.request(path, init), credentials)
  editor = await roleId(client, 'editor')
  people.set(
    'ada',
    await scim.user('ada@example.com', {
      ...{ title: 'Counsel (senior)', externalId: 'A1', name: { givenName: 'Ada', familyName: 'Lovelace' } },
      emails: [
        { value: 'ada@example.com', type: 'work', primary: true },
        { value: 'ada@home.example', type: 'home' },
      ],
      [enterprise]: { department: 'Legal', costCenter: '42' },
    }),
  )
  people.set('grace', await scim.user('grace@example.com', { title: 'Editor', [enterprise]: { department: 'Press' } }))
  people.set('bare', await scim.user('bare@example.com'))
})

afterAll(() => stage.close())

/** Who holds the role while a mapping by this filter exists. */
async function matching(filter: string): Promise<string[]> {
  const made = await client.confirm('POST', 'mappings', { filter, roleId: editor })
  expect(made).toMatchObject({ status: 201, body: { filter, group: null } })
  const held = await Promise.all(
    [...people].map(async ([name, id]) => {
      const { body } = await client.get(`users/${id}/access`)
      const sources = (body.assignments as { source: { filter: string } }[]).map(({ source }) => source.filter)
      expect(sources.every((each) => each === filter)).toBe(true)
      return sources.length > 0 ? [name] : []
    }),
  )
  expect((await client.confirm('DELETE', `mappings/${made.body.id}`)).status).toBe(204)
  return held.flat()
}

test.each([
  [`${enterprise}:department eq "Legal"`, ['ada']],
  [`${enterprise}:department eq "legal"`, ['ada']],
  [`${enterprise}:department ne "Legal"`, ['grace', 'bare']],
  [`${enterprise}:department pr`, ['ada', 'grace']],
  [`not (${enterprise}:department pr)`, ['bare']],
  ['title co "(SENIOR"', ['ada']],
  ['title sw "coun"', ['ada']],
  ['title ew "tor"', ['grace']],
  ['title co ".*"', []],
  ['name.familyName eq "lovelace"', ['ada']],
  ['emails.value ew "@home.example"', ['ada']],
  ['emails[type eq "work" and value sw "ada"]', ['ada']],
  ['emails[type eq "home" and primary eq true]', []],
  ['emails pr', ['ada']],
  ['externalId eq "A1"', ['ada']],
  ['externalId eq "a1"', []],
  ['title eq null', ['bare']],
  ['title ne null', ['ada', 'grace']],
  ['active eq true', ['ada', 'grace', 'bare']],
  ['userName gt "bare@example.com"', ['grace']],
  [`title eq "Editor" or ${enterprise}:costCenter eq "42"`, ['ada', 'grace']],
  [`title pr and not (${enterprise}:department eq "Press")`, ['ada']],
  ['title eq "\\" || true || \\""', []],
])('%s', async (filter, wanted) => {
  expect((await matching(filter)).sort()).toEqual([...wanted].sort())
})

describe('refused', () => {
  test.each([
    ['a name that is not in the schema', 'colour eq "red"', 'invalidFilter'],
    ['what is no filter', 'title eq', 'invalidFilter'],
    ['groups, which mappings are about', 'groups.value eq "x"', 'invalidFilter'],
    ['a filter that is too long', `title eq "${'x'.repeat(1_000)}"`, 'invalidFilter'],
  ])('%s', async (_, filter, reason) => {
    expect(await client.confirm('POST', 'mappings', { filter, roleId: editor })).toMatchObject({
      status: 400,
      body: { reason },
    })
  })

  test('a role that may do everything: attributes make no administrators', async () => {
    const administrator = await roleId(client, 'administrator')
    expect((await client.confirm('POST', 'mappings', { filter: 'title pr', roleId: administrator })).status).toBe(400)
  })

  test('a group and a filter at once, or neither', async () => {
    const groupId = (await client.post('groups', { displayName: 'A' })).body.id
    expect((await client.confirm('POST', 'mappings', { groupId, filter: 'title pr', roleId: editor })).status).toBe(400)
    expect((await client.confirm('POST', 'mappings', { roleId: editor })).status).toBe(400)
  })
})
