// E-mail domains: claimed by anybody, proven by DNS or the operator's word, looked at again, one organization each.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDomain, removeDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { domainName, resolveDomain, txtRecordOf } from '#connections/domains/domains.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const ownerOf = (name: string) => resolveDomain(app.services.database, name)

test('a claim counts once the TXT record proves it, and no longer than it does', async () => {
  const organization = await app.createOrganization()
  const { ctx, id } = organization
  const domain = await addDomain(ctx, { name: '@Proof.Example.com.' })
  expect([domain.name, domain.status, await ownerOf('proof.example.com')]).toEqual([
    'proof.example.com',
    'pending',
    undefined,
  ])
  expect(domain.challenge).toMatch(/^[0-9a-f]{32}$/)
  expect((await verifyDomain(ctx, domain.id)).status).toBe('pending')
  const record = txtRecordOf(domain)
  app.txt.set(record.name, ['something else', ` ${record.value} `])
  expect((await verifyDomain(ctx, 'proof.example.com')).status).toBe('verified')
  expect(await ownerOf('proof.example.com')).toBe(id)
  app.txt.set(record.name, [])
  expect((await verifyDomain(ctx, domain.id)).status).toBe('lapsed')
  expect(await ownerOf('proof.example.com')).toBeUndefined()
  const audits =
    await app.owner`select detail ->> 'status' as status from audit_events where action = 'domain.verify' and target_id = ${domain.id} order by id`
  expect(audits.map(({ status }) => status)).toEqual(['verified', 'lapsed'])
})

test('a verified domain belongs to one organization; claims of others stay claims', async () => {
  const [first, second] = [await app.createOrganization(), await app.createOrganization()]
  await addDomain(first.ctx, { name: 'one.example.com', isVerified: true })
  const claim = await addDomain(second.ctx, { name: 'one.example.com' })
  const record = txtRecordOf(claim)
  app.txt.set(record.name, [record.value])
  await expect(verifyDomain(second.ctx, claim.id)).rejects.toMatchObject({ code: 'conflict' })
  expect(await ownerOf('one.example.com')).toBe(first.id)
  await removeDomain(first.ctx, 'one.example.com')
  expect(await ownerOf('one.example.com')).toBeUndefined()
  expect((await verifyDomain(second.ctx, claim.id)).status).toBe('verified')
  await expect(removeDomain(first.ctx, claim.id)).rejects.toMatchObject({ code: 'not_found' })
})

test('by the API nobody vouches for a domain but DNS', async () => {
  const organization = await app.createOrganization()
  const headers = {
    authorization: `Bearer ${await app.createApiKey(organization)}`,
    'content-type': 'application/json',
  }
  const send = (body: object) => app.request('/api/v1/domains', { method: 'POST', headers, body: JSON.stringify(body) })
  expect((await send({ name: 'api.example.com', isVerified: true })).status).toBe(400)
  const made = await send({ name: 'api.example.com' })
  const domain = (await made.json()) as { id: string; status: string; txtRecord: { name: string; value: string } }
  expect([made.status, domain.status]).toEqual([201, 'pending'])
  app.txt.set(domain.txtRecord.name, [domain.txtRecord.value])
  const verified = await app.request(`/api/v1/domains/${domain.id}/verify`, { method: 'POST', headers })
  expect(((await verified.json()) as { status: string }).status).toBe('verified')
  const theirs = await app.createApiKey(await app.createOrganization())
  const stranger = await app.request(`/api/v1/domains/${domain.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${theirs}` },
  })
  expect(stranger.status).toBe(404)
})

test('a resolver that fails changes nothing', async () => {
  const { ctx } = await app.createOrganization()
  const { id } = await addDomain(ctx, { name: 'dns.example.com' })
  const failing = { ...ctx, resolveTxt: async () => Promise.reject(new Error('SERVFAIL')) }
  await expect(verifyDomain(failing, id)).rejects.toMatchObject({ code: 'unavailable' })
})

test.each(['', 'example', 'exa mple.com', '-a.example.com', '127.0.0.1', 'a@b', `${'a'.repeat(64)}.com`])(
  '%j is no domain',
  (text) => {
    expect(() => domainName(text)).toThrow(/not a domain/)
  },
)

test('a domain with other letters is kept as DNS has it', () => {
  expect(domainName('Bücher.example')).toBe('xn--bcher-kva.example')
})
