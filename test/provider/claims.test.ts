// What tokens say of a person: by scopes, by mappings of the application, within a bound, and the preview that says the same.
import { decodeJwt } from 'jose'
import { fetchUserInfo } from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { previewClaims } from '#access/applications/preview-claims.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const custom = 'urn:example:params:scim:schemas:extension:studio:2.0:User'

async function stage() {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  const attributes = {
    ...{
      title: 'Editor in chief',
      name: { givenName: 'Amara' },
      phoneNumbers: [{ value: '+44 1' }, { value: '+44 2' }],
    },
    [enterprise]: { department: 'News' },
    [custom]: { desk: { floor: 3 } },
  }
  await app.owner`update users set attributes = ${app.owner.json(attributes)} where id = ${userId}`
  const session = await signIn(organization, userId)
  const party = await createRelyingParty(app, organization)
  const change = (fields: object) => updateApplication(organization.ctx, { applicationId: party.clientId, ...fields })
  const claims = async (scope: string) => {
    const tokens = await party.signIn(session.cookie, { scope })
    return {
      id: decodeJwt(tokens.id_token ?? ''),
      info: await fetchUserInfo(party.config, tokens.access_token, userId),
    }
  }
  const preview = (scope: string) =>
    previewClaims(organization.ctx, { applicationId: party.clientId, user: userId, scope })
  return { organization, userId, session, party, change, claims, preview }
}

const names = (claims: object) =>
  Object.keys(claims)
    .filter((name) => ['organization', 'roles', 'brands', 'permissions'].includes(name))
    .sort()

describe('scopes', () => {
  test('bring what they say; an application that asks for openid alone gets what it always got', async () => {
    const { claims, change } = await stage()
    expect(names((await claims('openid')).id)).toEqual(['brands', 'organization', 'roles'])
    expect(names((await claims('openid permissions')).id)).toEqual(['brands', 'organization', 'permissions', 'roles'])
    await change({ accessClaims: 'by_scope' })
    expect(names((await claims('openid')).id)).toEqual([])
    for (const scope of ['organization', 'roles', 'brands', 'permissions']) {
      const { id, info } = await claims(`openid ${scope}`)
      expect([names(id), names(info)]).toEqual([[scope], [scope]])
    }
  })

  test('permissions are those that decisions give, in the organization and in each brand', async () => {
    const { organization, userId, claims } = await stage()
    const brand = await createBrand(organization.ctx, { slug: 'aurora', name: 'Aurora' })
    await giveRole(organization, { userId, role: 'editor', brandId: brand.id })
    const { id } = await claims('openid permissions')
    const [held] = id['brands'] as { permissions: string[] }[]
    expect(id['permissions']).toEqual([])
    expect(held?.permissions).toContain('content.edit')
    expect(held?.permissions).not.toContain('users.manage')
    expect((await claims('openid')).id['brands']).toEqual([{ id: brand.id, slug: 'aurora', roles: ['editor'] }])
  })
})

describe('attributes in claims', () => {
  test('come as the application wants them, extensions too, with the scope profile', async () => {
    const { change, claims, preview } = await stage()
    await change({
      claimMappings: [
        { claim: 'job', attribute: 'title' },
        { claim: 'given_name', attribute: 'name.givenName' },
        { claim: 'phones', attribute: 'phoneNumbers.value' },
        { claim: 'https://studio.example.com/department', attribute: `${enterprise}:department` },
        { claim: 'floor', attribute: `${custom}:desk.floor` },
        { claim: 'nothing', attribute: 'nickName' },
      ],
    })
    const said = {
      ...{ job: 'Editor in chief', given_name: 'Amara', phones: ['+44 1', '+44 2'], floor: 3 },
      'https://studio.example.com/department': 'News',
    }
    const { id, info } = await claims('openid profile')
    expect([id, info]).toMatchObject([said, said])
    for (const each of [id, info]) expect(each).not.toHaveProperty('nothing')
    expect((await claims('openid')).id).not.toHaveProperty('job')
    const shown = await preview('openid profile')
    expect(id).toMatchObject(shown.idToken)
    expect(info).toEqual(shown.userInfo)
  })

  test.each([
    'sub',
    'iss',
    'aud',
    'email_verified',
    'roles',
    'organization',
    'acr',
    'cnf',
    'roles_truncated',
    '',
    'a b',
  ])('do not get to say %j', async (claim) => {
    const { change } = await stage()
    await expect(change({ claimMappings: [{ claim, attribute: 'title' }] })).rejects.toMatchObject({ code: 'invalid' })
  })
  test.each(['password', 'emails[type eq "work"]', '', '__proto__.x y'])('are none called %j', async (attribute) => {
    const { change } = await stage()
    await expect(change({ claimMappings: [{ claim: 'job', attribute }] })).rejects.toMatchObject({ code: 'invalid' })
  })
})

test('an ID token has its bound; what is left out says so, and userinfo has it', async () => {
  const { organization, userId, claims, change } = await stage()
  const brands = Array.from({ length: 120 }, (_, at) => ({ slug: `brand-${at}`, name: `Brand ${at}` }))
  for (const each of brands) {
    const brand = await createBrand(organization.ctx, each)
    await giveRole(organization, { userId, role: 'editor', brandId: brand.id })
  }
  await app.owner`update users set attributes = ${app.owner.json({ title: 'x'.repeat(14_000) })} where id = ${userId}`
  await change({ claimMappings: [{ claim: 'job', attribute: 'title' }] })
  const { id, info } = await claims('openid profile email permissions')
  expect(id).toMatchObject({ brands_truncated: true, email: 'amara@example.com', sub: userId })
  expect(id).not.toHaveProperty('brands')
  expect(JSON.stringify(id).length).toBeLessThan(17_000)
  expect((info['brands'] as unknown[]).length).toBe(120)
  expect(info).not.toHaveProperty('brands_truncated')
})

describe('the preview', () => {
  test('is for whoever may see people and their access, and of people of the organization', async () => {
    const { organization, party, userId, preview } = await stage()
    expect((await preview('openid email')).idToken).toMatchObject({ sub: userId, email: 'amara@example.com' })
    const input = { applicationId: party.clientId, user: userId }
    for (const permissions of [
      ['applications.read', 'users.read'],
      ['applications.read', 'access.read'],
      ['users.read', 'access.read'],
    ]) {
      const ctx = { ...organization.ctx, permissions: new Set(permissions) as never }
      await expect(previewClaims(ctx, input)).rejects.toMatchObject({ code: 'forbidden' })
    }
    const foreign = await app.createOrganization()
    await expect(previewClaims(foreign.ctx, input)).rejects.toMatchObject({ code: 'not_found' })
    const stranger = await createPerson(foreign)
    await expect(previewClaims(organization.ctx, { ...input, user: stranger })).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})
