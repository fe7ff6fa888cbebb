// Two server processes on one database: what one of them does counts on the other at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeRedirect, encodePost } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { measureDeactivation } from '../../bench/deactivation.ts'
import { type Rolecall, startRolecall } from '../../bench/rolecall.ts'

let rolecall: Rolecall
let second: Awaited<ReturnType<Rolecall['startSecondNode']>>
beforeAll(async () => {
  rolecall = await startRolecall()
  second = await rolecall.startSecondNode()
}, 120_000)
afterAll(async () => {
  await second?.stop()
  await rolecall?.stop()
}, 60_000)

test('50 parallel posts of one assertion over two processes open exactly one session', {
  timeout: 60_000,
}, async () => {
  const key = createSigningKey()
  const issuer = 'https://idp.example.net/metadata'
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-nodes-'))
  const file = join(folder, 'metadata.xml')
  writeFileSync(
    file,
    buildMetadata({
      entityId: issuer,
      certificates: [key.certificate],
      sso: { redirect: 'https://idp.example.net/sso' },
    }),
  )
  await rolecall.run('domain', 'add', 'nodes.example.com', '--organization', 'bench', '--verified')
  const printed = await rolecall.run(
    ...[
      'connection',
      'create',
      '--organization',
      'bench',
      '--type',
      'saml',
      '--idp-metadata',
      file,
      '--jit',
      'on',
      '--force',
      '--json',
    ],
  )
  rmSync(folder, { recursive: true })
  const { startUrl, acsUrl, entityId } = JSON.parse(printed) as Record<'startUrl' | 'acsUrl' | 'entityId', string>
  const start = await fetch(startUrl, { redirect: 'manual' })
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const request = decodeRedirect(new URL(start.headers.get('location') ?? '').searchParams.get('SAMLRequest') ?? '')
  const response = buildResponse({
    ...{ issuer, acsUrl, audience: entityId, inResponseTo: /\bID="([^"]+)"/.exec(request)?.[1] ?? '' },
    nameId: { value: 'ada@nodes.example.com' },
    attributes: [{ name: 'email', values: ['ada@nodes.example.com'] }],
  })
  const message = encodePost(sealResponse(response, { key, sign: { response: true, assertion: true } }))
  const path = new URL(acsUrl).pathname
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      fetch(`${index % 2 === 0 ? rolecall.origin : second.origin}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ SAMLResponse: message }),
        headers: { cookie },
        redirect: 'manual',
      }),
    ),
  )
  // Posts that come after the session was opened lead on to it, and bring nothing.
  const brought = answers.filter(({ headers }) => headers.getSetCookie().some((line) => line.includes('_session=')))
  expect(brought).toHaveLength(1)
  expect(answers.every(({ status }) => status === 303 || status === 403)).toBe(true)
  const [counted] = await rolecall.owner`select count(*)::int as count from sessions`
  expect(counted?.['count']).toBe(1)
})

test('after the answer to a deactivation nothing of the person is accepted on either process', {
  timeout: 120_000,
}, async () => {
  const application = JSON.parse(
    await rolecall.run(
      ...['application', 'create', '--organization', 'bench', '--name', 'Newsroom', '--json'],
      ...['--redirect-uri', 'https://app.example.com/callback'],
    ),
  )
  const nodes = { ...rolecall.nodeFacts, origins: [rolecall.origin, second.origin] as const, application }
  const { accepted, requests } = await measureDeactivation(nodes, 12)
  expect([accepted, requests]).toEqual([0, 12 * 15])
})
