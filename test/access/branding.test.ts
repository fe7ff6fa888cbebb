// How an organization looks: who may say so, what is refused, where it is shown and where not, and what a logo is made of.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRole } from '#access/grants/roles/create-role.ts'
import { sendDueMails } from '#access/notices/mail/send-mails.ts'
import { getBranding } from '#access/organizations/branding/branding.ts'
import { changeBranding } from '#access/organizations/branding/change-branding.ts'
import { putLogo } from '#access/organizations/branding/change-logo.ts'
import { contrast } from '#access/organizations/branding/colours.ts'
import { issuePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { Secret } from '#platform/secret.ts'
import { createMailTransport } from '#platform/smtp.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { jpegWithMetadata, png, webpWithMetadata } from '../support/pictures.ts'
import { signIn } from '../support/sessions.ts'
import { startSmtpServer } from '../support/smtp-server.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage({ hasMailServer: true })
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
})

const aboveOf = ({ ctx }: Client): CallContext => ({ ...ctx, organizationId: platformId, entry: enterInstance({}) })
const organizationOf = ({ organizationId: id, slug, ctx }: Client) => ({ id, slug, ctx })
const page = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await stage.request(path, { headers: { Accept: 'text/html', ...headers } })
  return { status: answer.status, text: await answer.text() }
}
const upload = (bytes: Uint8Array) =>
  client.send('PUT', 'branding/logo', { content: Buffer.from(bytes).toString('base64') })

describe('the look of an organization', () => {
  test('is changed by the API, and shown on its sign-in page and to its people; the change is on record', async () => {
    const changed = await client.patch('branding', {
      ...{ displayName: 'Aurora Press', accentLight: '#7A1F5C', supportContact: 'help@aurora.example.com' },
      ...{ privacyUrl: 'https://aurora.example.com/privacy', language: 'de' },
    })
    expect(changed).toMatchObject({ status: 200, body: { displayName: 'Aurora Press', accentLight: '#7a1f5c' } })
    expect((await client.get('branding')).body).toMatchObject({ supportContact: 'help@aurora.example.com' })
    expect(await client.auditOf(client.organizationId)).toContain('branding.change')

    const { text } = await page(`/login?organization=${client.slug}`)
    expect(text).toContain('Aurora Press')
    expect(text).toContain('/look/7a1f5c-x-x-x.css')
    expect(text).toContain('mailto:help@aurora.example.com')
    expect(text).toContain('https://aurora.example.com/privacy')

    const userId = await createPerson(organizationOf(client), 'ada@example.com', 'Ada Okafor')
    const { cookie } = await signIn(client, userId)
    expect((await page('/account', { Cookie: cookie })).text).toContain('Aurora Press')
  })

  test('is shown to nobody who only knows the short name where the sign-in page is neutral', async () => {
    await changeBranding(client.ctx, {
      displayName: 'Aurora Press',
      accentLight: '#7a1f5c',
      helpUrl: 'https://a.example',
    })
    await putLogo(client.ctx, png({ width: 24 }))
    await updateSignInPolicy(client.ctx, { signInPage: 'neutral' })
    const [neutral, none] = [await page(`/login?organization=${client.slug}`), await page('/login?organization=nobody')]
    expect(neutral.text).not.toMatch(/Aurora|look\/|logo\/|a\.example/)
    expect(neutral.text.replaceAll(client.slug, 'nobody').replaceAll(/nonce-[\w-]+/g, '')).toBe(none.text)
  })

  test('is nobody else’s: each organization has its own', async () => {
    await changeBranding(client.ctx, { displayName: 'Aurora Press' })
    const other = await stage.createClient()
    expect((await other.get('branding')).body).toMatchObject({ displayName: null, logoHash: null })
    const read = await client.send('GET', 'branding', undefined, { 'Rolecall-Organization': other.slug })
    expect(read.status).toBe(404)
    expect((await page(`/login?organization=${other.slug}`)).text).not.toContain('Aurora Press')
  })

  test('takes the permission organization.write and a fresh proof', async () => {
    const organization = organizationOf(client)
    const fields = { key: 'reader', name: 'Reader', purpose: 'Reads', owner: 'Ada', rank: 35 }
    await createRole(client.ctx, { ...fields, allows: ['settings.view', 'users.manage'], denies: [] })
    const userId = await createPerson(organization, 'reader@example.com', 'Rea Reader')
    await giveRole(organization, { userId, role: 'reader' })
    const ctx = await actingAs(organization, userId)
    await expect(getBranding(ctx)).resolves.toMatchObject({ displayName: null })
    await expect(changeBranding(ctx, { displayName: 'Mine' })).rejects.toMatchObject({ reason: 'permission' })
    await expect(putLogo(ctx, png())).rejects.toMatchObject({ reason: 'permission' })
    const stale = { ...client.ctx, proof: 'stale' as const }
    await expect(changeBranding(stale, { displayName: 'Mine' })).rejects.toMatchObject({ reason: 'fresh_proof' })
  })

  test('is the platform’s where the organization says nothing, and colours go together', async () => {
    const above = aboveOf(client)
    const background = { backgroundLight: '#ffffff', backgroundDark: '#000000' }
    await changeBranding(above, { displayName: 'Newsdesk', ...background, helpUrl: 'https://help.example.com' })
    try {
      expect((await page('/login')).text).toContain('Newsdesk')
      await changeBranding(client.ctx, { accentLight: '#7a1f5c' })
      const { text } = await page(`/login?organization=${client.slug}`)
      expect(text).toContain('/look/7a1f5c-x-x-x.css')
      expect(text).toContain('https://help.example.com')
      expect(text).not.toContain('Newsdesk')
    } finally {
      const nothing = { displayName: null, backgroundLight: null, backgroundDark: null, helpUrl: null }
      await changeBranding(above, nothing)
    }
  })

  test('of the platform takes a platform key with the scope organizations.write', async () => {
    const above = aboveOf(client)
    const send = async (scopes: Parameters<typeof issuePlatformKey>[1]['scopes'], method: string, body?: unknown) => {
      const { key } = await issuePlatformKey(above, { name: 'Newsroom', scopes })
      const headers = { Authorization: `Bearer ${key}` }
      return client.send(method, 'branding', body, headers)
    }
    expect((await send(['organizations.read'], 'GET')).status).toBe(200)
    expect((await send(['organizations.read'], 'PATCH', { helpUrl: 'https://h.example' })).status).toBe(403)
    expect((await send(['applications.write'], 'GET')).status).toBe(403)
    expect((await send(['organizations.write'], 'PATCH', { helpUrl: null })).status).toBe(200)
  })

  test('is said and read by the command line', async () => {
    const of = ['--organization', client.slug] as const
    const set = await stage.rolecall('branding', 'set', ...of, '--accent-dark', '#f0a0d0', '--language', 'fr', '--json')
    expect(set.json).toMatchObject({ accentDark: '#f0a0d0', language: 'fr' })
    const unset = await stage.rolecall('branding', 'set', ...of, '--accent-dark', '', '--json')
    expect(unset.json).toMatchObject({ accentDark: null, language: 'fr' })
    expect((await stage.rolecall('branding', 'show', ...of)).lines).toContain('language: fr')
    expect((await stage.rolecall('branding', 'show', '--platform')).exitCode).toBe(0)
  })

  test('is in mails: name, colour, sender and links', async () => {
    const smtp = await startSmtpServer()
    const transport = createMailTransport(new Secret(smtp.url), 'Rolecall <rolecall@example.com>')
    try {
      await changeBranding(client.ctx, {
        ...{ displayName: 'Aurora Press', accentLight: '#7a1f5c', mailSenderName: 'Aurora sign-in' },
        ...{ supportContact: 'help@aurora.example.com' },
      })
      await client.post('invitations', { email: 'new@example.com', roleId: await roleId(client, 'viewer') })
      await sendDueMails(client.ctx, transport)
      const data = smtp.mails.at(-1)?.data.replaceAll('=\r\n', '') ?? ''
      expect(data).toMatch(/From: "?Aurora sign-in"? <rolecall@example.com>/)
      expect(data).toContain('#7a1f5c')
      expect(data).toContain('Support: help@aurora.example.com')
    } finally {
      transport.close()
      await smtp.close()
    }
  })
})

describe('colours', () => {
  test.each([
    ['accentLight', { accentLight: '#62cdbf' }],
    ['accentDark', { accentDark: '#0d6661' }],
    ['backgroundLight', { backgroundLight: '#808080' }],
    ['backgroundDark', { backgroundDark: '#808080' }],
  ])('that cannot be read are refused with the ratio and the nearest that can: %s', async (path, input) => {
    const { status, body } = await client.patch('branding', input)
    expect(status).toBe(400)
    expect(body.errors).toMatchObject([{ path: path }])
    const said = /contrast of (\d+\.\d\d) to 1 .* (#[0-9a-f]{6}) is the nearest that passes/.exec(
      body.errors[0].message,
    )
    expect(Number(said?.[1])).toBeLessThan(4.5)
    expect(await client.patch('branding', { [path]: said?.[2] })).toMatchObject({ status: 200 })
  })

  test('are compared as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })

  test('are served as a style sheet by an address that is the colours, and nothing else is', async () => {
    const sheet = await stage.request('/look/7a1f5c-x-x-000000.css')
    expect(sheet.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(sheet.headers.get('cache-control')).toContain('immutable')
    expect(await sheet.text()).toContain('--accent: light-dark(#7a1f5c, #62cdbf);')
    for (const file of ['7a1f5c.css', 'red-x-x-x.css', '7a1f5c-x-x-x.css%7Bbody', 'x-x-x-00000g.css'])
      expect((await stage.request(`/look/${file}`)).status).toBe(404)
  })

  test('and links of other kinds are refused', async () => {
    for (const input of [
      { privacyUrl: 'javascript:alert(1)' },
      { helpUrl: 'http://a.example' },
      { accentLight: 'red' },
    ])
      expect((await client.patch('branding', input)).status).toBe(400)
  })
})

describe('a logo', () => {
  test.each([
    ['image/png', png({ metadata: 'Ada Secret' })],
    ['image/jpeg', jpegWithMetadata],
    ['image/webp', webpWithMetadata],
  ])('is kept without what nobody sees, and served by its hash: %s', async (mediaType, file) => {
    expect(file.toString('latin1')).toContain('Ada Secret')
    const { status, body } = await upload(file)
    expect(status).toBe(200)
    const served = await stage.request(`/logo/${body.logoHash}`)
    expect(Object.fromEntries(served.headers)).toMatchObject({
      ...{ 'content-type': mediaType, 'x-content-type-options': 'nosniff' },
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect(Buffer.from(await served.arrayBuffer()).toString('latin1')).not.toContain('Ada Secret')
    expect((await page(`/login?organization=${client.slug}`)).text).toContain(`src="/logo/${body.logoHash}"`)
    expect(await client.auditOf(client.organizationId)).toContain('branding.put_logo')

    expect((await client.delete('branding/logo')).body.logoHash).toBeNull()
    expect((await stage.request(`/logo/${body.logoHash}`)).status).toBe(404)
    expect((await client.delete('branding/logo')).status).toBe(404)
  })

  test.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['nothing', Buffer.alloc(0)],
    ['something behind a PNG', Buffer.concat([png(), Buffer.from('<script>')])],
    ['something behind a JPEG', Buffer.concat([jpegWithMetadata, Buffer.from('<script>')])],
    ['something behind a WebP', Buffer.concat([webpWithMetadata, Buffer.from('<script>')])],
    ['half a PNG', png().subarray(0, 60)],
    ['half a JPEG', jpegWithMetadata.subarray(0, jpegWithMetadata.length - 20)],
    ['half a WebP', webpWithMetadata.subarray(0, 40)],
    ['a PNG of other pixels than it says', png({ pixels: Buffer.alloc(100_000) })],
    ['a PNG without pixels', png({ width: 0, height: 0 })],
    ['a PNG that is too wide', png({ width: 5_000, height: 1 })],
    ['a PNG whose checksum is wrong', Buffer.from(png()).fill(1, 20, 21)],
  ])('is refused: %s', async (_, file) => {
    const { status, body } = await upload(file)
    expect([status, body.errors?.[0]?.path]).toEqual([400, 'logo'])
    expect((await client.get('branding')).body.logoHash).toBeNull()
  })

  test('of more than 256 KB is refused', async () => {
    expect((await upload(Buffer.alloc(262_145))).status).toBe(413)
  })
})
