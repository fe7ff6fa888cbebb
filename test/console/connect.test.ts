// Setup links and the wizard by plain requests: who may, what a link reaches and what it does not, and what the live stream says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAuditEvents } from '#audit/list-events.ts'
import { listDirectories } from '#connections/directories/directories.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { presetNames, presets } from '#connections/providers/providers.ts'
import { beginSetup } from '#connections/setup-links/begin-setup.ts'
import { createSetupLink, revokeSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { chooseAgain } from '#connections/setup-links/choose-again.ts'
import { listSetupLinks } from '#connections/setup-links/setup-links.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { sha256 } from '#platform/crypto.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { createSamlConnection, testKey } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization

beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization('cedar')
})
afterAll(() => app.close())

/** Somebody with a link and nothing else. */
function visitor(token: string) {
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await app.request(`/setup/${token}${path}`, {
      ...init,
      headers: { accept: 'text/html', ...(init.headers as Record<string, string>) },
    })
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text(), answer }
  }
  return {
    get: (path = '') => send(path),
    post: (path: string, fields: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/x-www-form-urlencoded', origin: app.urls.origin },
          'sec-fetch-site': 'same-origin',
        },
        body: new URLSearchParams(fields).toString(),
      }),
  }
}

const metadata = (entityId: string, certificate = testKey().certificate) =>
  buildMetadata({
    entityId,
    certificates: [certificate],
    sso: { redirect: 'https://idp.example.net/sso' },
  })

async function linkOf(domains: string[] = [], arrivals: 'active' | 'staged' = 'active') {
  const { token, link } = await createSetupLink(organization.ctx, { label: 'IT of Cedar', domains, arrivals })
  return { token, link, ...visitor(token) }
}

describe('setup links in the console', () => {
  test('are made by who may connect, shown once, listed and revoked', async () => {
    const client = consoleClient(app, await createManager(organization))
    const made = await client.post('/console/connections/setup-links', { label: 'IT of Cedar', days: '3' })
    expect(made.status).toBe(200)
    const token = /\/setup\/([\w-]+)/.exec(made.text)?.[1] ?? ''
    expect((await visitor(token).get()).status).toBe(200)
    expect((await client.get('/console/connections')).text).not.toContain(token)
    const [link] = await listSetupLinks(organization.ctx)
    expect(link).toMatchObject({ label: 'IT of Cedar', status: 'open' })
    const [row] = await app.owner`select to_jsonb(l)::text as text from setup_links l where id = ${link?.id ?? ''}`
    expect(row?.['text']).toContain(sha256(token))
    expect(row?.['text']).not.toContain(token)
    expect((await client.post(`/console/connections/setup-links/${link?.id}/revoke`)).status).toBe(303)
    expect((await visitor(token).get()).status).toBe(401)
  })

  test.each([
    ['0', 'must be at least 1'],
    ['31', 'must be at most 30'],
  ])('are not good for %s days', async (days, message) => {
    const name = days === '0' ? 'Early Bird' : 'Late Bird'
    const client = consoleClient(app, await createManager(organization, { name }))
    const refused = await client.post('/console/connections/setup-links', { label: 'IT', days })
    expect([refused.status, refused.text.includes(message)]).toEqual([400, true])
  })

  test('a brand manager and a viewer reach none of it', async () => {
    const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
    const manager = consoleClient(
      app,
      await createManager(organization, { name: 'Bea Lind', role: 'administrator', brandId }),
    )
    const connection = await createSamlConnection(organization)
    for (const path of [
      ...['/console/connect', '/console/connections', '/console/directories', '/console/provisioning'],
      ...['/console/sign-ins', `/console/connections/${connection.id}`, `/console/connect/${connection.id}`],
    ])
      expect([path, (await manager.get(path)).status]).toEqual([path, 403])
    expect((await manager.post('/console/connections/setup-links', { label: 'x', days: '1' })).status).not.toBe(200)
    expect((await manager.post('/console/connect', { preset: 'okta', type: 'saml' })).status).not.toBe(303)
  })
})

describe('a setup link', () => {
  test('expired, revoked and unknown ones say so, and what to do', async () => {
    const revoked = await linkOf()
    await revokeSetupLink(organization.ctx, revoked.link.id)
    const expired = await linkOf()
    await app.owner`update setup_links set expires_at = now() - interval '1 minute' where id = ${expired.link.id}`
    for (const over of [revoked, expired]) {
      const answers = await Promise.all([
        over.get(),
        over.post('', { preset: 'okta', type: 'saml' }),
        over.get('/events'),
      ])
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
      expect(answers[0].text).toContain('This link has expired or was revoked')
    }
    expect((await visitor('nonsense').get()).status).toBe(404)
  })

  test('whoever tries tokens is stopped, whoever has one is not', async () => {
    const own = await linkOf()
    const tries = []
    for (let index = 0; index < 40; index += 1) tries.push((await visitor(`guess-${index}`).get()).status)
    expect(tries.at(-1)).toBe(429)
    expect((await own.get()).status).toBe(200)
  })

  test('makes one connection with its directory, and no second one', async () => {
    const own = await linkOf()
    expect(await own.post('', { preset: 'okta', type: 'saml' })).toMatchObject({ status: 303 })
    const again = await own.post('', { preset: 'entra', type: 'oidc' })
    expect([again.status, again.text.includes('has connected a provider already')]).toEqual([400, true])
    const link = (await listSetupLinks(organization.ctx)).find(({ id }) => id === own.link.id)
    const connection = await getConnection(organization.ctx, link?.connectionId ?? '')
    expect(connection).toMatchObject({ preset: 'okta', status: 'draft', jit: 'off', directoryId: link?.directoryId })
  })

  test('whoever chose the wrong provider goes back and chooses again, with the addresses that they have entered there', async () => {
    const own = await linkOf([], 'staged')
    await own.post('', { preset: 'okta', type: 'saml' })
    const link = async () => (await listSetupLinks(organization.ctx)).find(({ id }) => id === own.link.id)
    const { connectionId, directoryId } = (await link()) ?? {}
    await own.post('/provider', { metadataXml: metadata('http://www.okta.com/exk9') })
    expect((await own.get('')).text).toContain(`/setup/${own.token}/choice`)
    expect((await own.get('/choice')).text).toMatch(/value="okta"[^>]*checked/)
    expect((await own.post('/choice', { preset: 'nobody', type: 'saml' })).status).toBe(400)
    // Google delivers nobody: the directory, which nobody has used, goes.
    expect((await own.post('/choice', { preset: 'google', type: 'oidc' })).status).toBe(303)
    expect(await getConnection(organization.ctx, connectionId ?? '')).toMatchObject({
      ...{ preset: 'google', type: 'oidc', name: presets.google.title, directoryId: null, jit: 'verified_domains' },
      ...{ status: 'draft', settings: { issuer: '', clientId: '' } },
    })
    expect(await link()).toMatchObject({ connectionId, directoryId: null })
    expect((await listDirectories(organization.ctx)).map(({ id }) => id)).not.toContain(directoryId)
    // And comes again with a provider that does, with people who wait, as the link says.
    expect((await own.post('/choice', { preset: 'entra', type: 'saml', arrivals: 'active' })).status).toBe(303)
    const again = await link()
    const made = (await listDirectories(organization.ctx)).find(({ id }) => id === again?.directoryId)
    expect(made).toMatchObject({ arrivals: 'staged', name: presets.entra.title })
    // What the provider knows by a token stays.
    await own.post('/token', {})
    expect((await own.post('/choice', { preset: 'google', type: 'saml' })).status).toBe(303)
    expect(await link()).toMatchObject({ connectionId, directoryId: again?.directoryId })
    await app.owner`update connections set status = 'optional' where id = ${connectionId ?? ''}`
    const refused = await own.post('/choice', { preset: 'okta', type: 'saml' })
    expect([refused.status, refused.text.includes('People sign in through this connection')]).toEqual([400, true])
    expect((await own.get('')).text).not.toContain('Choose another provider')
  })

  test('the same in the console, for who may', async () => {
    const { id } = await beginSetup(organization.ctx, { preset: 'okta', type: 'saml', name: 'Staff' })
    const administrator = consoleClient(app, await createManager(organization, { name: 'Ines Duarte' }))
    const path = `/console/connect/${id}/choice`
    expect((await administrator.get(path)).text).toContain('value="Staff"')
    const form = { preset: 'jumpcloud', type: 'oidc', name: 'Staff' }
    expect((await administrator.post(path, form)).status).toBe(303)
    expect(await getConnection(organization.ctx, id)).toMatchObject({ ...form, status: 'draft' })
    const choice = { connectionId: id, preset: 'okta', type: 'saml' } as const
    const [event] = await listAuditEvents(organization.ctx, { filter: { action: 'connection.choose' }, limit: 1 })
    expect(event).toMatchObject({ targetId: id, detail: { preset: 'jumpcloud', before: 'okta' } })
    const reader = { ...organization.ctx, permissions: new Set(['connections.read'] as const) }
    await expect(chooseAgain(reader, choice)).rejects.toMatchObject({ code: 'forbidden' })
    const elsewhere = await app.createOrganization()
    await expect(chooseAgain(elsewhere.ctx, choice)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('reaches no other connection, no other directory, nothing of the console, and turns nothing on', async () => {
    const [own, other] = [await linkOf(), await linkOf()]
    await own.post('', { preset: 'okta', type: 'saml' })
    await other.post('', { preset: 'okta', type: 'saml' })
    const links = await listSetupLinks(organization.ctx)
    const theirs = links.find(({ id }) => id === other.link.id)
    expect((await own.get()).text).not.toContain(theirs?.connectionId ?? 'missing')
    expect((await own.get()).text).not.toContain(theirs?.directoryId ?? 'missing')
    expect((await own.post('/status', { status: 'optional' })).status).toBe(404)
    const before = await getConnection(organization.ctx, theirs?.connectionId ?? '')
    const fields = { metadataXml: metadata('https://idp.example.net/own'), connectionId: before.id }
    expect((await own.post('/provider', fields)).status).toBe(303)
    expect(await getConnection(organization.ctx, before.id)).toEqual(before)
    for (const path of ['/console', '/console/connections', '/api/v1/connections']) {
      const answer = await app.request(path, { headers: { authorization: `Bearer ${own.token}`, accept: 'text/html' } })
      expect([path, answer.status < 300]).toEqual([path, false])
    }
  })

  test('proves domains, but takes no domain’s standing away', async () => {
    const own = await linkOf(['proven.example.com'])
    await own.post('', { preset: 'okta', type: 'saml' })
    await own.post('/domains', { name: 'proven.example.com' })
    const [domain] = await app.owner`select id, challenge from domains where name = 'proven.example.com'`
    const check = () => own.post(`/domains/${domain?.['id']}/check`)
    expect((await check()).location).toContain('done=unverified')
    app.txt.set('_rolecall.proven.example.com', [`rolecall-domain-verification=${domain?.['challenge']}`])
    expect((await check()).location).toContain('done=verified')
    app.txt.delete('_rolecall.proven.example.com')
    await check()
    const [after] = await app.owner`select status from domains where name = 'proven.example.com'`
    expect(after?.['status']).toBe('verified')
  })

  test('X-14: sees and proves the domains that it was given, and no others', async () => {
    await addDomain(organization.ctx, { name: 'hidden.example.com' })
    const own = await linkOf(['given.example.com'])
    await own.post('', { preset: 'okta', type: 'saml' })
    const shown = await own.get()
    expect([shown.text.includes('hidden.example.com'), shown.text.includes('Prove given.example.com')]).toEqual([
      ...[false, true],
    ])
    const [hidden] = await app.owner`select id from domains where name = 'hidden.example.com'`
    expect((await own.post(`/domains/${hidden?.['id']}/check`)).status).toBe(404)
    expect((await own.post('/domains', { name: 'other.example.com' })).status).toBe(404)
    expect((await own.post('/domains', { name: 'given.example.com' })).location).toContain('done=created')
  })

  test('X-14: whoever made it has decided whether people wait', async () => {
    for (const arrivals of ['staged', 'active'] as const) {
      const own = await linkOf([], arrivals)
      expect((await own.get()).text).not.toContain('name="arrivals"')
      const other = arrivals === 'staged' ? 'active' : 'staged'
      await own.post('', { preset: 'okta', type: 'saml', arrivals: other })
      const [made] = await app.owner`select d.arrivals from setup_links l join directories d on d.id = l.directory_id
        where l.id = ${own.link.id}`
      expect(made?.['arrivals']).toBe(arrivals)
    }
  })

  test('forms from elsewhere change nothing', async () => {
    const own = await linkOf()
    const answer = await app.request(`/setup/${own.token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://elsewhere.example.net' },
      body: 'preset=okta&type=saml',
    })
    expect(answer.status).toBe(403)
    expect((await own.get()).text).toContain('Which identity provider do people sign in with?')
  })
})

describe('the wizard', () => {
  test.each(presetNames.flatMap((preset) => [[preset, 'saml'] as const, [preset, 'oidc'] as const]))(
    'has our values under the names of %s, %s',
    async (preset, type) => {
      const own = await linkOf()
      await own.post('', { preset, type })
      const page = await own.get()
      expect(page.status).toBe(200)
      expect(page.text).not.toMatch(/undefined|scimBaseUrl|redirectUri|acsUrl|\[object/)
      const links = await listSetupLinks(organization.ctx)
      const connectionId = links.find(({ id }) => id === own.link.id)?.connectionId ?? ''
      const { acsUrl, redirectUri } = app.urls.connection(connectionId)
      expect(page.text).toContain(type === 'saml' ? acsUrl : redirectUri)
    },
  )

  test('J1: whoever begins may have people wait at first, which the page then says', async () => {
    const administrator = consoleClient(app, await createManager(organization, { name: 'Noor Haddad' }))
    const form = { preset: 'okta', type: 'saml', name: 'Okta with a look first', arrivals: 'staged' }
    const begun = await administrator.post('/console/connect', form)
    const page = begun.location?.replace('?done=created', '') ?? ''
    const [directory] = (await listDirectories(organization.ctx)).filter(({ name }) => name === form.name)
    expect(directory?.arrivals).toBe('staged')
    await provisionUser(organization.ctx, {
      directoryId: directory?.id ?? '',
      content: { userName: 'waits@example.com', externalId: null, displayName: null, isActive: true, attributes: {} },
    })
    expect((await administrator.get(page)).text).toContain(`/console/directories/${directory?.id}#arrivals`)
    const plain = await administrator.post('/console/connect', { ...form, name: 'Okta at once', arrivals: '' })
    expect(plain.status).toBe(303)
    expect((await listDirectories(organization.ctx)).find(({ name }) => name === 'Okta at once')?.arrivals).toBe(
      'active',
    )
  })

  test('a draft without its provider signs nobody in, takes no message and cannot be turned on', async () => {
    const { id } = await beginSetup(organization.ctx, { preset: 'entra', type: 'oidc' })
    const administrator = consoleClient(app, await createManager(organization, { name: 'Cleo Ahn' }))
    const refused = await administrator.post(`/console/connect/${id}/status`, { status: 'optional' })
    expect([refused.status, refused.text.includes('does not know its provider yet')]).toEqual([400, true])
    expect((await app.request(`/sign-in/${id}`, { headers: { accept: 'text/html' } })).status).toBe(403)
    const logout = await app.request(`/oidc/${id}/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'logout_token=x',
    })
    expect(logout.status).toBe(404)
  })

  test('metadata that cannot be read is refused in words and stays in the form', async () => {
    const own = await linkOf()
    await own.post('', { preset: 'okta', type: 'saml' })
    const refused = await own.post('/provider', { metadataXml: '<nothing/>' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('describes no identity provider')
    expect(refused.text).toContain('&lt;nothing/&gt;')
    expect((await own.post('/provider', {})).text).toContain('Give the metadata of the identity provider')
  })

  describe('what is no metadata of the provider is recognized, at the step and by name', () => {
    const ended = createSigningKey({ notAfter: new Date('2020-01-03T00:00:00Z') }).certificate
    const ours = (): Promise<string> => app.request(`/saml/${used}/metadata`).then((answer) => answer.text())
    let used: string
    beforeAll(async () => {
      used = (await createSamlConnection(organization, { idpEntityId: 'https://idp.example.net/recognized' })).id
    })
    const pastes: [what: string, paste: () => string | Promise<string>, said: string[]][] = [
      ['a certificate', () => testKey().certificate, ['This is a certificate alone', 'EntityDescriptor']],
      ['a certificate that ended', () => ended, ['ended on 3 January 2020', 'make a new one']],
      ['a private key', () => '-----BEGIN PRIVATE KEY-----\nMIIE\n', ['private key']],
      [
        'a sign-in page',
        () => 'https://example.okta.example.com/app/1/sso/saml',
        ['This is an address', 'EntityDescriptor'],
      ],
      ['the address of metadata', () => 'https://idp.example.com/saml/metadata', ['Address of the metadata']],
      [
        'OpenID JSON',
        () => '{"issuer":"https://idp.example.com","authorization_endpoint":"x"}',
        ['OpenID Connect', 'SAML'],
      ],
      ['a web page', () => '<!DOCTYPE html><html><body>Sign in</body></html>', ['This is a web page']],
      ['our own metadata', ours, ['metadata of an application, such as our own']],
      [
        'another provider’s',
        () => metadata('https://sts.windows.net/1/'),
        ['the metadata of Microsoft Entra ID', 'Okta'],
      ],
      [
        'that of a Keycloak',
        () => metadata('https://sso.example.com/realms/staff'),
        ['the metadata of Keycloak', 'the connection is for Okta'],
      ],
      ['a fingerprint', () => 'AB:CD:'.repeat(16).slice(0, -1), ['the fingerprint of a certificate (SHA-256)']],
      ['a SAML Response', () => btoa('<samlp:Response xmlns:samlp="x" ID="a"/>'), ['SAML Response']],
      [
        'an ended certificate in it',
        () => metadata('https://idp.example.net/ended', ended),
        ['ended on 3 January 2020'],
      ],
    ]
    test.each(pastes)('%s', async (_, paste, said) => {
      const own = await linkOf()
      await own.post('', { preset: 'okta', type: 'saml' })
      const refused = await own.post('/provider', { metadataXml: await paste() })
      expect(refused.status).toBe(400)
      const step = refused.text.slice(refused.text.indexOf('id="provider"'))
      const alert = step.slice(0, step.indexOf('At the provider, go to'))
      expect(alert).toContain('role="alert"')
      expect(alert).not.toContain('is-done')
      for (const words of said) expect(alert).toContain(words)
    })

    test('and that of the provider is taken', async () => {
      const own = await linkOf()
      await own.post('', { preset: 'okta', type: 'saml' })
      const xml = `From: Ada <ada@example.com>\n\n${metadata('http://www.okta.com/exk1')}\n\nRegards, Ada`
      expect((await own.post('/provider', { metadataXml: xml })).status).toBe(303)
      expect((await own.get('')).text).toContain('The provider is http://www.okta.com/exk1.')
    })

    test('in the field of the address too, which needs no scheme', async () => {
      const own = await linkOf()
      await own.post('', { preset: 'okta', type: 'saml' })
      app.elsewhere.set('https://acme.okta.com', async (url) =>
        url.endsWith('/metadata')
          ? new Response(metadata('http://www.okta.com/exk2'))
          : new Response('<!DOCTYPE html><html><body>Sign in</body></html>'),
      )
      const answers: [typed: string, said: string][] = [
        [metadata('http://www.okta.com/exk2'), 'This is the metadata itself'],
        ['ada@example.com', 'This is an e-mail address'],
        ['https://{yourOktaDomain}/app/metadata', 'There is a placeholder in it'],
        [`${app.urls.origin}/saml/con_x/metadata`, 'This is an address of ours'],
        ['https://acme.okta.com/login', 'At the address there is a web page'],
        ['https://10.0.0.1/metadata', 'The address is not a public one. Paste the metadata itself instead'],
      ]
      for (const [metadataUrl, said] of answers) {
        const refused = await own.post('/provider', { metadataUrl })
        expect([refused.status, metadataUrl, refused.text.includes(said)]).toEqual([400, metadataUrl, true])
      }
      expect((await own.post('/provider', { metadataUrl: 'view-source:acme.okta.com/app/metadata' })).status).toBe(303)
      const [row] =
        await app.owner`select settings ->> 'metadataUrl' as url from connections order by updated_at desc limit 1`
      expect(row?.['url']).toBe('https://acme.okta.com/app/metadata')
    })
  })

  test('a certificate that has ended is not done; what to bring back has a field; a refusal is somebody who came', async () => {
    const connection = await createSamlConnection(organization, { idpEntityId: 'https://idp.example.net/over' })
    await app.owner`update connections set preset = 'okta', settings = jsonb_set(settings, '{certificates,0,notAfter}',
      '"2020-01-03T00:00:00.000Z"') where id = ${connection.id}`
    const administrator = consoleClient(app, await createManager(organization, { name: 'Dora Roth' }))
    await arriveBySaml(app, organization, connection, { nameId: 'eve@nowhere.example.com' })
    const { text } = await administrator.get(`/console/connect/${connection.id}`)
    const step = text.slice(text.indexOf('id="provider"'), text.indexOf('id="test"'))
    expect(step).toContain('The certificate has ended')
    expect(step).not.toContain('class="is-done"')
    expect(step).not.toContain('Sign on URL')
    expect(text).toContain('The last attempt was refused')
    expect(text).not.toContain('Nobody has come back')
  })

  test('once somebody has signed in, another provider is another connection', async () => {
    const connection = await createSamlConnection(organization, { idpEntityId: 'https://idp.example.net/used' })
    const administrator = consoleClient(app, await createManager(organization, { name: 'Dana Roth' }))
    const fields = { metadataXml: metadata('https://idp.example.net/another') }
    const refused = await administrator.post(`/console/connect/${connection.id}/provider`, fields)
    expect(refused.status).toBe(400)
    expect(await getConnection(organization.ctx, connection.id)).toMatchObject({ settings: connection.settings })
  })
})

describe('the live stream', () => {
  /** The events until one fits. */
  async function until(answer: Response, fits: (text: string) => boolean): Promise<string> {
    const reader = answer.body?.getReader()
    let text = ''
    for (;;) {
      const chunk = await reader?.read()
      text += new TextDecoder().decode(chunk?.value)
      if (chunk?.done !== false || fits(text)) break
    }
    await reader?.cancel()
    return text
  }

  test('tells a change as it happens, and ends with the link', { timeout: 20_000 }, async () => {
    const own = await linkOf(['live.example.com'])
    await own.post('', { preset: 'okta', type: 'saml' })
    const open = () => app.request(`/setup/${own.token}/events`)
    const answer = await open()
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    setTimeout(() => void addDomain(organization.ctx, { name: 'live.example.com', isVerified: true }), 300)
    expect(await until(answer, (text) => text.includes('live.example.com'))).toContain('event: step-domain')
    const second = await open()
    setTimeout(() => void revokeSetupLink(organization.ctx, own.link.id), 300)
    expect(await until(second, (text) => text.includes('event: end'))).toContain('event: end')
  })

  test('there are at most three at once for one link', { timeout: 20_000 }, async () => {
    const own = await linkOf()
    await own.post('', { preset: 'okta', type: 'saml' })
    const open = () => app.request(`/setup/${own.token}/events`)
    const streams = [await open(), await open(), await open()]
    expect((await open()).status).toBe(204)
    await Promise.all(streams.map((stream) => stream.body?.cancel()))
    await expect.poll(async () => (await open()).status, { timeout: 8_000 }).toBe(200)
  })
})

describe('/setup-links of the API', () => {
  test('makes, shows, lists and revokes links', async () => {
    const key = await app.createApiKey(organization)
    const send = (path: string, method = 'GET', body?: unknown) =>
      app.request(`/api/v1/setup-links${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    const made = await send('', 'POST', { label: 'IT of Elm', days: 2 })
    const link = (await made.json()) as { id: string; url: string; expiresAt: string }
    expect([made.status, (await app.request(new URL(link.url).pathname)).status]).toEqual([201, 200])
    expect(new Date(link.expiresAt).getTime() - Date.now()).toBeGreaterThan(1.9 * 86_400_000)
    const shown = await (await send(`/${link.id}`)).text()
    expect([shown.includes('IT of Elm'), shown.includes(link.url)]).toEqual([true, false])
    expect(await (await send('?limit=1')).text()).toContain(link.id)
    expect((await send('', 'POST', { label: 'x', days: 31 })).status).toBe(400)
    expect((await send(`/${link.id}`, 'DELETE')).status).toBe(204)
    expect((await app.request(new URL(link.url).pathname)).status).toBe(401)
    expect((await send('/stp_nonsense')).status).toBe(404)
  })
})
