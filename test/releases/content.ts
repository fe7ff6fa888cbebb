// What the databases of releases are made of. Nothing of it is secret: their keys and tokens open nothing but them.
export const fixtureKeys = `test:${Buffer.alloc(32, 7).toString('base64')}`

/** What a database of a release is expected to go on answering, whatever version it was brought to. */
export type ReleaseFacts = {
  version: string
  /** From which it was made: the code that may still run beside the next version. */
  commit: string
  organizationId: string
  directoryId: string
  scimToken: string
  apiKey: string
  /** Of each of the questions. */
  decisions: boolean[]
  totalUsers: number
}

export const people = ['ann', 'bea', 'cleo', 'dan'].map((name) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${name}@example.com`,
  externalId: `ext-${name}`,
  displayName: name,
  title: name === 'cleo' ? 'Editor' : 'Writer',
  active: true,
  emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
}))

export const configurationOfFixture = {
  version: 1,
  organization: { name: 'Acme' },
  settings: { guestMaxDays: 90 },
  brands: [
    { slug: 'aurora', name: 'Aurora' },
    { slug: 'borealis', name: 'Borealis' },
  ],
  roles: [{ key: 'writer', name: 'Writer', purpose: 'Writes', allows: ['content.view', 'content.create'] }],
  directories: [{ name: 'Okta' }],
  mappings: [
    { group: 'Writers', directory: 'Okta', role: 'writer', brand: 'aurora' },
    { filter: 'title eq "Editor"', role: 'editor', brand: 'borealis' },
  ],
  policies: [{ name: 'Quiet', permission: 'content.publish', brand: 'borealis', exceptRoles: ['administrator'] }],
  separationRules: [
    { name: 'Apart', purpose: 'Four eyes', mode: 'watch', first: { role: 'writer' }, second: { role: 'editor' } },
  ],
  applications: [{ name: 'Studio', redirectUris: ['https://studio.example.com/callback'] }],
}

/** Who, what, and in which brand; null: in the organization. */
export const questions: readonly [user: string, permission: string, brand: string | null][] = [
  ['ann@example.com', 'content.create', 'aurora'],
  ['ann@example.com', 'content.create', 'borealis'],
  ['ann@example.com', 'content.create', null],
  ['bea@example.com', 'users.write', null],
  ['cleo@example.com', 'content.edit', 'borealis'],
  ['cleo@example.com', 'content.publish', 'borealis'],
  ['dan@example.com', 'content.view', 'aurora'],
]
