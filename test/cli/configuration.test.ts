// An organization as a document: exported, planned, applied, applied again; what is refused, and that nothing of it holds then.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { planConfiguration } from '#access/configuration/apply-configuration.ts'
import type { ConfigurationInput } from '#access/configuration/document.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { getConnection, openConnectionSecret } from '#connections/sign-in/connections.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { type AccessStage, type Client, type CommandResult, startStage } from '../support/access.ts'
import { beyondCeiling, within } from '../support/ceilings.ts'
import { createPerson } from '../support/people.ts'
import { scimClient } from '../support/scim.ts'
import { testKey } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let folder: string
beforeAll(async () => {
  stage = await startStage()
  folder = await mkdtemp(join(tmpdir(), 'rolecall-configuration-'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
  await stage.close()
})
beforeEach(async () => {
  client = await stage.createClient()
})

const run = (...args: string[]): Promise<CommandResult> => stage.rolecall(...args, '--organization', client.slug)

async function write(document: object | string): Promise<string> {
  const file = join(folder, `${client.slug}.yaml`)
  await writeFile(file, typeof document === 'string' ? document : stringify(document))
  return file
}

const plan = async (document: object | string, ...args: string[]) =>
  run('plan', await write(document), '--json', ...args)
const apply = async (document: object | string, ...args: string[]) =>
  run('apply', await write(document), '--json', '--yes', ...args)
const stepsOf = ({ json }: CommandResult): string[] =>
  (json.plan ?? json).steps.map(({ act, section, key }: Record<string, string>) => `${act} ${section} ${key}`.trim())
const exported = async (): Promise<ConfigurationInput> => (await run('export', '--json')).json
const audited = async (): Promise<number> =>
  Number(
    (await stage.app.owner`select count(*) from audit_events where organization_id = ${client.organizationId}`)[0]?.[
      'count'
    ],
  )

const whole = {
  version: 1,
  organization: { name: 'Studio North', roleStrategy: 'highest' },
  settings: { mailDays: 14, personalMailDomains: ['mail.example'], guestMaxDays: 30 },
  rolePacks: ['owner5'],
  brands: [
    { slug: 'aurora', name: 'Aurora' },
    { slug: 'borealis', name: 'Borealis' },
  ],
  roles: [
    {
      ...{ key: 'writer', name: 'Writer', purpose: 'Writes what others publish', rank: 25 },
      ...{ allows: ['content.view', 'content.create', 'content.publish'], denies: ['content.publish'] },
    },
  ],
  mappings: [
    { filter: 'title eq "Writer"', role: 'writer', brand: 'aurora' },
    { filter: 'userType eq "Staff"', role: 'viewer' },
  ],
  policies: [{ name: 'Quiet', permission: 'content.publish', brand: 'borealis', exceptRoles: ['administrator'] }],
  separationRules: [
    {
      ...{ name: 'Write or publish', purpose: 'Four eyes on what goes out', mode: 'watch' },
      ...{ first: { role: 'writer' }, second: { permission: 'content.publish' }, exceptRoles: ['administrator'] },
    },
  ],
  directories: [{ name: 'Okta', arrivals: 'staged', adoption: 'never', brakeShare: 10, brakeMinutes: 30 }],
  applications: [
    {
      ...{ name: 'Studio', redirectUris: ['https://studio.example.com/callback'], brandsClaim: 'slugs' },
      ...{ postLogoutRedirectUris: ['https://studio.example.com/'], isPkceRequired: false },
    },
  ],
}

const connections = [
  {
    ...{ name: 'Okta sign-in', type: 'oidc', preset: 'okta', issuer: 'https://idp.example.org', clientId: 'studio' },
    ...{ clientSecret: { env: 'STUDIO_SECRET' }, clientAuthentication: 'client_secret_post', jit: 'approval' },
    ...{ defaultRole: 'viewer', directory: 'Okta' },
  },
  {
    ...{ name: 'Old provider', type: 'saml', signed: 'both', attributes: { groups: ['memberOf'] }, jit: 'off' },
    metadataXml: buildMetadata({
      entityId: 'https://idp.example.net/metadata',
      certificates: [testKey().certificate],
      sso: { redirect: 'https://idp.example.net/sso' },
    }),
  },
]

describe('a document', () => {
  test('makes what it says, in one go; applied again it changes nothing, and neither does what is exported', async () => {
    const made = await apply(whole)
    expect([made.exitCode, made.errors]).toEqual([0, []])
    const { issued, failed } = made.json
    expect(issued).toMatchObject([
      { section: 'directories', key: 'Okta', secret: expect.stringMatching(/^rcs_/) },
      { section: 'applications', key: 'Studio', secret: expect.stringMatching(/^rca_/) },
    ])
    expect(failed).toEqual([])
    const before = await audited()
    expect([(await plan(whole)).exitCode, stepsOf(await plan(whole)), stepsOf(await apply(whole))]).toEqual([0, [], []])
    expect(await audited()).toBe(before)

    const document = await exported()
    expect(document).toMatchObject({
      ...{ version: 1, organization: whole.organization, settings: whole.settings, brands: whole.brands },
      roles: [{ key: 'writer', allows: ['content.create', 'content.view'], denies: ['content.publish'] }],
      ...{ policies: whole.policies, separationRules: whole.separationRules },
      directories: [{ ...whole.directories[0], status: 'active' }],
      applications: [{ ...whole.applications[0], status: 'active' }],
    })
    expect(stepsOf(await plan(document))).toEqual([])

    // The same elsewhere: everything but ids and secrets.
    const first = client
    client = await stage.createClient()
    expect((await apply(document)).exitCode).toBe(0)
    expect(await exported()).toEqual(document)
    expect(client.organizationId).not.toBe(first.organizationId)
  })

  test('as YAML, on standard output or in a file, and with a new organization', async () => {
    const file = join(folder, 'exported.yaml')
    await run('export', '--out', file)
    expect(parse(await readFile(file, 'utf8'))).toEqual(await exported())
    expect(parse((await run('export')).lines.join('\n'))).toEqual(await exported())
    const slug = `${client.slug}-copy`
    const asked = ['apply', file, '--organization', slug, '--create-organization'] as const
    expect((await stage.rolecall(...asked)).errors).toEqual([`error: Organization ${slug} not found`])
    expect((await stage.rolecall(...asked, '--yes')).exitCode).toBe(0)
    expect((await stage.rolecall('plan', file, '--organization', slug)).lines[0]).toMatch(/^Nothing to do/)
  })

  test('leaves alone the sections and fields that it does not have', async () => {
    await apply(whole)
    const little = { version: 1, roles: [{ key: 'writer', name: 'Author', purpose: 'Writes what others publish' }] }
    const found = await plan(little)
    expect(found.json.steps).toMatchObject([
      { act: 'change', section: 'roles', fields: [{ field: 'name', before: 'Writer', after: 'Author' }] },
    ])
    await apply(little)
    expect((await exported()).roles).toMatchObject([{ name: 'Author', rank: 25, denies: ['content.publish'] }])
  })
})

describe('a plan', () => {
  test('says who gains and who loses, changes nothing, and ends with an exit code of its own', async () => {
    await apply(whole)
    const ann = await createPerson(client, 'ann@example.com', 'Ann')
    await stage.app.owner`update users set attributes = attributes || '{"title": "Writer"}' where id = ${ann}`
    const before = await audited()
    const less = { version: 1, roles: [{ ...whole.roles[0], allows: ['content.view'] }] }
    const found = await run('plan', await write(less))
    expect(found.exitCode).toBe(5)
    expect(found.lines.join('\n')).toMatch(
      /~ roles writer\n +allows: \["content.create","content.view"\] → \["content.view"\]\n1 person has something less \(Ann\) from now on\n0 to make, 1 to change/,
    )
    expect(await audited()).toBe(before)

    const shown = await run('apply', await write(less))
    expect(shown.exitCode).toBe(1)
    expect(shown.lines.join('\n')).toContain('something less (Ann)')
    expect(shown.errors[0]).toMatch(/^error: Nothing is changed yet: repeat it with --yes/)
    expect(await audited()).toBe(before)
  })

  test('is what is applied, if that is insisted on', async () => {
    const { hash } = (await plan(whole)).json
    await client.post('brands', { slug: 'aurora', name: 'Aurora' })
    const file = await write(whole)
    const stale = await run('apply', file, '--expect', hash)
    expect([stale.exitCode, stale.errors[0]]).toEqual([1, expect.stringContaining('is out of date')])
    const now = (await plan(whole)).json.hash
    expect((await run('apply', file, '--expect', now)).exitCode).toBe(0)
  })

  test('tells what is here and not in the document, and removes it where that is asked for', async () => {
    await apply(whole)
    const less = {
      ...whole,
      brands: whole.brands.slice(0, 1),
      roles: [],
      mappings: [],
      policies: [],
      separationRules: [],
    }
    const found = await plan({ ...less, directories: [], applications: [] })
    expect(found).toMatchObject({ exitCode: 5, json: { steps: [] } })
    expect(found.json.drift.map(({ section }: { section: string }) => section)).toEqual([
      ...['brands', 'roles', 'directories', 'applications', 'policies', 'separationRules'],
      ...['mappings', 'mappings'],
    ])
    expect(stepsOf(await plan(less, '--prune'))).toEqual([
      ...['remove brands borealis', 'remove roles writer', 'remove policies Quiet'],
      'remove separationRules Write or publish',
      ...[
        'remove mappings filter "title eq \\"Writer\\"" → writer in aurora',
        'remove mappings filter "userType eq \\"Staff\\"" → viewer',
      ],
    ])
    expect((await apply(less, '--prune')).exitCode).toBe(0)
    expect(await exported()).toMatchObject({ roles: [], mappings: [], policies: [], brands: [{ slug: 'aurora' }] })
  })
})

describe('mappings by the names of groups', () => {
  const mapped = { version: 1, mappings: [{ group: 'Editors', role: 'editor' }] }
  const directoryOf = async (name: string) => {
    const { directory, token } = await createDirectory(client.ctx, { name })
    return scimClient((path, init) => stage.request(path, init), { directoryId: directory.id, token: token.token })
  }

  test('wait for a group that has not come, and are made once it has, with who is in it', async () => {
    expect(await plan(mapped)).toMatchObject({ exitCode: 0, json: { steps: [{ act: 'wait', section: 'mappings' }] } })
    expect((await apply(mapped)).exitCode).toBe(0)
    expect((await exported()).mappings).toEqual([])
    const scim = await directoryOf('Okta')
    await scim.group('Editors', [await scim.user('dora@example.com')])
    const found = await plan(mapped)
    expect(found.json.steps).toMatchObject([{ act: 'create', note: '1 in the group' }])
    expect(found.json.preview.gaining).toBe(1)
    await apply(mapped)
    expect((await exported()).mappings).toEqual([{ group: 'Editors', directory: 'Okta', role: 'editor', brand: null }])
    expect(stepsOf(await plan(mapped))).toEqual([])
  })

  test('name the directory where several groups are called so', async () => {
    const [okta, entra] = [await directoryOf('Okta'), await directoryOf('Entra ID')]
    await okta.group('Editors', [])
    await entra.group('Editors', [])
    expect((await plan(mapped)).errors[0]).toMatch(/several groups are called Editors: Okta, Entra ID; say of which/)
    const told = { version: 1, mappings: [{ group: 'Editors', directory: 'Entra ID', role: 'editor' }] }
    expect((await apply(told)).exitCode).toBe(0)
    expect((await exported()).mappings).toEqual([{ ...told.mappings[0], brand: null }])
  })
})

describe('connections', () => {
  const document = { ...whole, connections }

  test('are made as drafts, with a secret that lies elsewhere; it is compared, replaced, and never shown', async () => {
    expect((await plan(document)).errors[0]).toContain('is to be in the environment variable STUDIO_SECRET')
    vi.stubEnv('STUDIO_SECRET', 'the-first-secret-of-studio')
    const made = await apply(document)
    expect(made.json.failed).toEqual([])
    expect([stepsOf(await plan(document)), (await plan(document)).exitCode]).toEqual([[], 0])
    const listed = (await client.get('connections')).body.items
    expect(listed.map(({ name, status }: Record<string, string>) => [name, status])).toEqual([
      ['Okta sign-in', 'draft'],
      ['Old provider', 'draft'],
    ])
    expect((await exported()).connections).toMatchObject([
      {
        jit: 'approval',
        defaultRole: 'viewer',
        directory: 'Okta',
        clientSecret: { env: 'OKTA_SIGN_IN_CLIENT_SECRET' },
      },
      { signed: 'both', attributes: { groups: ['memberOf'] } },
    ])

    vi.stubEnv('STUDIO_SECRET', 'the-second-secret-of-studio')
    const found = await plan(document)
    expect(stepsOf(found)).toEqual(['change connections Okta sign-in'])
    await apply(document)
    const secret = openConnectionSecret(client.ctx, await getConnection(client.ctx, listed[0].id))
    expect(secret).toBe('the-second-secret-of-studio')
    for (const text of [made, found, await run('export')])
      expect(JSON.stringify(text)).not.toContain('secret-of-studio')
    vi.stubEnv('STUDIO_SECRET', '')
    expect(stepsOf(await plan(document))).toEqual([])
  })

  test('stay with their provider, and one that cannot be made is told of and tried again', async () => {
    const unreachable = {
      ...connections[1],
      metadataXml: undefined,
      metadataUrl: 'https://nowhere.example.net/metadata',
    }
    const failing = await apply({ version: 1, connections: [unreachable], brands: whole.brands })
    expect([failing.exitCode, failing.json.failed[0].key]).toEqual([1, 'Old provider'])
    expect((await client.get('brands')).body.items).toHaveLength(2)
    expect((await apply({ version: 1, connections: [connections[1]] })).exitCode).toBe(0)
    expect((await plan({ version: 1, connections: [unreachable] })).errors[0]).toMatch(
      /connections.Old provider.metadataUrl: is null here, and stays so/,
    )
  })
})

describe('a plan is about all of it', () => {
  test('what is new is shown with what it is made with, and is what the hash is about', async () => {
    const one = { version: 1, roles: [{ key: 'helper', name: 'Helper', purpose: 'Helps', allows: ['content.view'] }] }
    const other = { version: 1, roles: [{ ...one.roles[0], allows: ['users.read', 'content.view'] }] }
    const [first, second] = [(await plan(one)).json, (await plan(other)).json]
    expect(first.steps[0].fields).toContainEqual({ field: 'allows', before: null, after: ['content.view'] })
    expect(first.hash).not.toBe(second.hash)
    const refused = await run('apply', await write(other), '--expect', first.hash)
    expect([refused.exitCode, (await exported()).roles]).toEqual([1, []])
  })

  test('a policy or rule that is made anew keeps what the document leaves out', async () => {
    await apply(whole)
    await apply({ version: 1, policies: [{ name: 'Quiet', permission: 'content.view' }] })
    expect((await exported()).policies).toEqual([{ ...whole.policies[0], permission: 'content.view' }])
    const [rule] = whole.separationRules
    const second = { permission: 'content.view' }
    await apply({
      version: 1,
      separationRules: [{ name: rule?.name, purpose: rule?.purpose, first: rule?.first, second }],
    })
    expect((await exported()).separationRules).toEqual([{ ...rule, second }])
  })

  test('an exported document sees what is set by hand later, also where nothing was before', async () => {
    await apply({ ...whole, policies: [{ name: 'Quiet', permission: 'content.publish' }] })
    const document = await exported()
    await stage.app.owner`update policies set except_role_ids = (select jsonb_agg(id) from roles where key = 'viewer'
      and organization_id = ${client.organizationId}) where organization_id = ${client.organizationId}`
    await stage.app
      .owner`update roles set owner = 'Somebody' where organization_id = ${client.organizationId} and key = 'writer'`
    expect((await plan(document)).json.steps).toMatchObject([
      { section: 'roles', fields: [{ field: 'owner', before: 'Somebody', after: null }] },
      { section: 'policies', fields: [{ field: 'exceptRoles', before: ['viewer'], after: [] }] },
    ])
  })

  test('blocks of YAML end with a line break, which says nothing', async () => {
    const text =
      'version: 1\nroles:\n  - key: helper\n    name: Helper\n    purpose: >\n      Helps others\nmappings:\n  - role: viewer\n    filter: >\n      title pr\n'
    expect((await apply(text)).errors).toEqual([])
    expect(await plan(text)).toMatchObject({ exitCode: 0, json: { steps: [] } })
  })

  test('names that look like two are told apart', async () => {
    const { directory, token } = await createDirectory(client.ctx, { name: 'Okta' })
    const scim = scimClient((path, init) => stage.request(path, init), {
      directoryId: directory.id,
      token: token.token,
    })
    await scim.group('Staff', [])
    await client.post('groups', { displayName: 'Staff of Okta' })
    const both = [
      { group: 'Staff of Okta', directory: null, role: 'viewer' },
      { group: 'Staff', directory: 'Okta', role: 'viewer' },
    ]
    await apply({ version: 1, mappings: both.slice(0, 1) })
    expect(stepsOf(await apply({ version: 1, mappings: both.slice(1) }, '--prune'))).toHaveLength(2)
    expect((await exported()).mappings).toEqual([{ ...both[1], brand: null }])
    await apply({ version: 1, mappings: both })
    expect(await plan({ version: 1, mappings: both })).toMatchObject({ exitCode: 0 })
  })

  test('what waits, and a connection yet to be made, name only what is there', async () => {
    const waits = (more: object) => plan({ version: 1, mappings: [{ group: 'Ghosts', role: 'viewer', ...more }] })
    expect((await waits({})).exitCode).toBe(0)
    expect((await waits({ role: 'vewer' })).errors[0]).toContain('names the role vewer')
    expect((await waits({ directory: 'Oktaa' })).errors[0]).toContain('names the directory Oktaa')
    expect((await waits({ brand: 'nowhere' })).errors[0]).toContain('names the brand nowhere')
    vi.stubEnv('STUDIO_SECRET', 'the-first-secret-of-studio')
    const connect = (more: object) =>
      plan({ version: 1, connections: [{ ...connections[0], directory: null, ...more }] })
    expect((await connect({})).exitCode).toBe(5)
    expect((await connect({ defaultRole: 'nope' })).errors[0]).toContain('names the role nope')
    expect((await connect({ defaultRole: 'administrator' })).errors[0]).toContain('cannot be the default')
    expect((await connect({ issuer: 'no address' })).errors[0]).toContain('must be an address')
  })

  test('apply --expect again, once it is done, has nothing to do', async () => {
    const { hash } = (await plan(whole)).json
    const file = await write(whole)
    expect((await run('apply', file, '--expect', hash)).exitCode).toBe(0)
    expect((await run('apply', file, '--expect', hash)).exitCode).toBe(0)
  })

  test('secrets of alike names are exported under different variables', async () => {
    vi.stubEnv('STUDIO_SECRET', 'the-first-secret-of-studio')
    const alike = ['Okta (a)', 'Okta a', '認証'].map((name) => ({ ...connections[0], name, directory: null }))
    await apply({ version: 1, connections: alike })
    expect((await exported()).connections?.map((each) => ('clientSecret' in each ? each.clientSecret : null))).toEqual([
      ...[{ env: 'OKTA_A_CLIENT_SECRET' }, { env: 'OKTA_A_CLIENT_SECRET_2' }, { env: 'CONNECTION_CLIENT_SECRET' }],
    ])
  })
})

describe('refused', () => {
  test.each<[string, object | string, RegExp]>([
    ['no YAML', 'version: 1\n  brands: [', /cannot be read: .* at line/],
    ['a key that is there twice', 'version: 1\nversion: 1', /cannot be read: Map keys must be unique/],
    ['no version', { brands: [] }, /version: /],
    ['another version', { version: 2 }, /version: must be 1/],
    ['a section that there is not', { version: 1, users: [] }, /has what is not known here: users/],
    ['a field that there is not', { version: 1, brands: [{ slug: 'a1', name: 'A', colour: 'red' }] }, /colour/],
    ['an item that is there twice', { version: 1, brands: [whole.brands[0], whole.brands[0]] }, /has aurora twice/],
    [
      'a role that nobody has',
      { version: 1, mappings: [{ filter: 'title pr', role: 'ghost' }] },
      /the role ghost, which/,
    ],
    [
      'a brand that nobody has',
      { version: 1, mappings: [{ filter: 'title pr', role: 'viewer', brand: 'nowhere' }] },
      /the brand nowhere, which/,
    ],
    [
      'a group and a filter',
      { version: 1, mappings: [{ group: 'A', filter: 'title pr', role: 'viewer' }] },
      /one of them/,
    ],
    ['a secret as it is', { version: 1, connections: [{ ...connections[0], clientSecret: 'plain' }] }, /clientSecret/],
    ['a role pack that there is not', { version: 1, rolePacks: ['ghosts'] }, /Role pack not found/],
  ])('%s, by plan and apply, and nothing of it holds', async (_what, document, words) => {
    const before = await audited()
    for (const answer of [await plan(document), await apply(document)]) {
      expect(answer.exitCode).toBe(1)
      expect(answer.errors[0]).toMatch(words)
    }
    expect(await audited()).toBe(before)
  })

  test('one step that is not possible: none is taken', async () => {
    const before = await audited()
    const answer = await apply({ ...whole, applications: [{ name: 'Bad', redirectUris: ['ftp://example.com'] }] })
    expect([answer.exitCode, await audited()]).toEqual([1, before])
  })

  test('whoever does not hold everything', async () => {
    const readSecret = async () => undefined
    const wanted = { version: 1, brands: whole.brands } as ConfigurationInput
    const manager = within(client.ctx, { allows: ['organization.*', 'brands.*', 'roles.*'], denies: [] })
    await expect(planConfiguration(manager, wanted, { readSecret })).rejects.toMatchObject(beyondCeiling)
    const nobody = { ...client.ctx, permissions: new Set<never>() }
    await expect(planConfiguration(nobody, wanted, { readSecret })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await planConfiguration(client.ctx, wanted, { readSecret })).steps).toHaveLength(2)
  })

  test('what leaves nobody to administer', async () => {
    const ada = await createPerson(client, 'ada@example.com', 'Ada')
    await client.post('groups', { displayName: 'Administrators' })
    await apply({ version: 1, mappings: [{ group: 'Administrators', role: 'administrator' }] })
    const group = (await client.get('groups')).body.items[0].id
    await client.post(`groups/${group}/members`, { userIds: [ada] })
    const answer = await apply({ version: 1, mappings: [] }, '--prune')
    expect([answer.exitCode, answer.errors[0]]).toEqual([1, expect.stringContaining('No administrator would be left')])
  })

  test('two that are called alike', async () => {
    await client.post('directories', { name: 'Okta' })
    await client.post('directories', { name: 'Okta' })
    expect((await run('export')).errors[0]).toMatch(/Two of directories are called Okta: rename one/)
  })
})
