// SAML rows that need more than one message: replays, requests of others, other organizations, settings, RelayState.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import type { TestApp } from '../support/app.ts'
import { createSamlConnection, createTestBrowser, postResponse, startSaml, verifyDomain } from '../support/sign-in.ts'
import {
  bringsSession,
  expectAccepted,
  expectLedOn,
  expectRefused,
  type Pending,
  pend,
  post,
  postRaw,
  row,
  type SetUp,
  type Stage,
  setUps,
  startStage,
} from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const both = setUps[0] as SetUp
const assertionOnly = setUps[1] as SetUp
const responseOnly = setUps[2] as SetUp
const fresh = (setUp = both, node: TestApp = stage.nodes[0]): Promise<Pending> => pend(stage, node, setUp)
const genuine = (pending: Pending): string => pending.seal(pending.options)
const sessions = async (): Promise<number> => {
  const [counted] = await stage.nodes[0].owner`select count(*)::int as count from sessions`
  return counted?.['count'] as number
}

row('S-022', 'XXE: nothing is fetched and no file is read', async (attempt) => {
  let hits = 0
  const canary = createServer((_, answer) => {
    hits += 1
    answer.end('x')
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/x`
  const prefixes = [
    '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    `<!DOCTYPE r [<!ENTITY e SYSTEM "${url}">]>`,
    `<!DOCTYPE r [<!ENTITY % p SYSTEM "${url}"> %p;]>`,
    `<!DOCTYPE r SYSTEM "${url}">`,
  ]
  await expectAccepted(await fresh())
  for (const node of stage.nodes) {
    for (const prefix of prefixes) {
      await attempt(async () => {
        const pending = await fresh(both, node)
        const xml = prefix + genuine(pending).replace('>alice@a.test<', '>&e;<')
        await expectRefused(stage, () => post(pending, xml), { reason: 'malformed' })
      })
    }
  }
  expect(hits).toBe(0)
  expect([...stage.nodes[0].log.lines, ...stage.nodes[1].log.lines].join('')).not.toContain('root:x:0')
  await new Promise((resolve) => canary.close(resolve))
})

const withSetting = async (
  change: { signed?: 'either' | 'assertion' | 'response' | 'both'; isIdpInitiatedAllowed?: boolean },
  work: () => Promise<void>,
) => {
  const { organization, connection } = stage.a
  await updateConnection(organization.ctx, { connectionId: connection.id, ...change }, requireOrdinaryRole)
  try {
    await work()
  } finally {
    await updateConnection(
      organization.ctx,
      {
        connectionId: connection.id,
        signed: 'either',
        isIdpInitiatedAllowed: false,
      },
      requireOrdinaryRole,
    )
  }
}

for (const [id, title, signed, lacking, complete] of [
  ['S-029', 'the response alone is signed where assertions have to be', 'assertion', responseOnly, assertionOnly],
  ['S-030', 'the assertion alone is signed where responses have to be', 'response', assertionOnly, responseOnly],
] as const) {
  row(id, title, async (attempt) => {
    await withSetting({ signed }, async () => {
      await expectAccepted(await fresh(complete))
      for (const node of stage.nodes) {
        await attempt(async () => {
          const pending = await fresh(lacking, node)
          await expectRefused(stage, () => post(pending, genuine(pending)), { reason: 'signature' })
        })
      }
      await expectAccepted(await fresh(both))
    })
  })
}

row('S-054', 'the time window is exact to the second', async (attempt) => {
  const at = (pending: Pending, millis: number): Date => new Date(pending.node.clock.now().getTime() + millis)
  for (const setUp of setUps) {
    const early = await fresh(setUp)
    await expectAccepted(early, early.seal({ ...early.options, times: { notBefore: at(early, 59_000) } }))
    const late = await fresh(setUp)
    await expectAccepted(
      late,
      late.seal({
        ...late.options,
        times: { notOnOrAfter: at(late, -59_000), confirmationNotOnOrAfter: at(late, -59_000) },
      }),
    )
    for (const times of [
      { notBefore: 61_500 },
      { notOnOrAfter: -61_000 },
      { confirmationNotOnOrAfter: -61_000 },
    ] as Record<string, number>[]) {
      await attempt(async () => {
        const pending = await fresh(setUp)
        const moved = Object.fromEntries(Object.entries(times).map(([name, millis]) => [name, at(pending, millis)]))
        await expectRefused(stage, () => post(pending, pending.seal({ ...pending.options, times: moved })), {
          reason: /not_yet_valid|expired/,
        })
      })
    }
  }
})

row('S-058', 'the same response a second time, in the same and in another browser', async (attempt) => {
  for (const setUp of setUps) {
    const pending = await fresh(setUp)
    const xml = genuine(pending)
    await expectAccepted(pending, xml)
    await attempt(() => expectLedOn(stage, () => post(pending, xml)))
    await attempt(async () => {
      await stage.nodes[0].owner`update sessions set ended_at = now() where ended_at is null`
      await expectRefused(stage, () => post(pending, xml), { reason: 'replay' })
    })
    await attempt(async () => {
      const other = await fresh(setUp, stage.nodes[1])
      await expectRefused(stage, () => post(other, xml), { reason: 'in_response_to' })
    })
  }
})

row('S-059', '50 parallel posts of one response over two nodes open one session', async (attempt) => {
  for (const setUp of setUps) {
    const pending = await fresh(setUp)
    const xml = genuine(pending)
    const before = await sessions()
    const onOther = createTestBrowser(stage.nodes[1].request, stage.nodes[1].urls.origin)
    for (const [name, value] of pending.browser.cookies) onOther.cookies.set(name, value)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        postResponse(index % 2 === 0 ? pending.browser : onOther, stage.a.connection.id, xml),
      ),
    )
    const signedIn = answers.filter(bringsSession)
    for (let index = 1; index < answers.length; index += 1) {
      await attempt(async () => expect(signedIn).toHaveLength(1))
    }
    expect(await sessions()).toBe(before + 1)
  }
})

row('S-062', 'an InResponseTo that is unknown, of another browser, or run out', async (attempt) => {
  for (const setUp of setUps) {
    await attempt(async () => {
      const pending = await fresh(setUp)
      const xml = pending.seal({ ...pending.options, inResponseTo: '_0123456789abcdef' })
      await expectRefused(stage, () => post(pending, xml), { reason: 'in_response_to' })
    })
    await attempt(async () => {
      const [mine, theirs] = [await fresh(setUp), await fresh(setUp)]
      await expectRefused(stage, () => post(mine, genuine(theirs)), { reason: 'in_response_to' })
      // An invalid message uses nothing up: the browser whose request it is still gets in.
      await expectAccepted(theirs)
    })
    await attempt(async () => {
      const pending = await fresh(setUp)
      await stage.nodes[0].owner`update sign_in_requests set expires_at = now() - interval '1 second'`
      await expectRefused(stage, () => post(pending, genuine(pending)), { reason: 'request_used' })
    })
    await attempt(async () => {
      const pending = await fresh(setUp)
      const xml = genuine(pending)
      pending.browser.cookies.clear()
      await expectRefused(stage, () => post(pending, xml), { reason: 'in_response_to' })
    })
  }
})

row('S-063', "an unsolicited assertion in an unsigned response with the attacker's InResponseTo", async (attempt) => {
  for (const isIdpInitiatedAllowed of [false, true]) {
    await withSetting({ isIdpInitiatedAllowed }, async () => {
      await attempt(async () => {
        const pending = await fresh(assertionOnly)
        const xml = pending.seal({
          ...pending.options,
          inResponseTo: null,
          response: { inResponseTo: pending.requestId },
        })
        await expectRefused(stage, () => post(pending, xml), { reason: 'in_response_to' })
      })
    })
  }
  await expectAccepted(await fresh(assertionOnly))
})

row('S-065', "A's assertion in answer to B's request", async (attempt) => {
  for (const node of stage.nodes) {
    await attempt(async () => {
      const pending = await fresh(both, node)
      const { requestId } = await startSaml(pending.browser, stage.b.connection.id)
      await expectRefused(stage, () => post(pending, pending.seal({ ...pending.options, inResponseTo: requestId })), {
        reason: 'in_response_to',
      })
    })
  }
})

row('S-066', "A's genuine response at B's door", async (attempt) => {
  for (const setUp of setUps) {
    await attempt(async () => {
      const pending = await fresh(setUp)
      await expectRefused(stage, () => postResponse(pending.browser, stage.b.connection.id, genuine(pending)))
    })
    await attempt(async () => {
      // The same, made out to B, for a request that waits there.
      const pending = await fresh(setUp)
      const { requestId } = await startSaml(pending.browser, stage.b.connection.id)
      const { acsUrl, entityId } = pending.node.urls.connection(stage.b.connection.id)
      const xml = pending.seal({ ...pending.options, acsUrl, audience: entityId, inResponseTo: requestId })
      await expectRefused(stage, () => postResponse(pending.browser, stage.b.connection.id, xml), { reason: 'issuer' })
    })
  }
})

row('S-068', 'an e-mail domain of another organization', async (attempt) => {
  await withJit('verified_domains', async () => {
    for (const setUp of setUps) {
      await attempt(async () => {
        const pending = await fresh(setUp)
        const xml = pending.seal({
          ...pending.options,
          nameId: { value: 'admin@b.test' },
          attributes: [{ name: 'email', values: ['admin@b.test'] }],
        })
        await expectRefused(stage, () => post(pending, xml), { reason: /jit_domain|link_needs_confirmation/ })
      })
    }
    await expectAccepted(await fresh())
  })
})

const withJit = async (jit: 'off' | 'verified_domains', work: () => Promise<void>) => {
  const { organization, connection } = stage.a
  await updateConnection(organization.ctx, { connectionId: connection.id, jit }, requireOrdinaryRole)
  await work()
  await updateConnection(organization.ctx, { connectionId: connection.id, jit: 'off' }, requireOrdinaryRole)
}

row('S-069', 'a disabled connection', async (attempt) => {
  const { organization, connection } = stage.a
  for (const setUp of setUps) {
    const pending = await fresh(setUp)
    const unasked = pending.seal({ ...pending.options, inResponseTo: null })
    await setConnectionStatus(organization.ctx, { connectionId: connection.id, status: 'disabled' })
    await attempt(() => expectRefused(stage, () => post(pending, genuine(pending))))
    await attempt(() => expectRefused(stage, () => post(pending, unasked)))
    await setConnectionStatus(organization.ctx, { connectionId: connection.id, status: 'optional', isForced: true })
    // What was under way when it was disabled stays dead.
    await attempt(() => expectRefused(stage, () => post(pending, genuine(pending))))
    await expectAccepted(await fresh(setUp))
  }
})

row(
  'S-072',
  'an expired certificate of the provider is noted, and refused where the connection says so',
  async (attempt) => {
    const organization = await stage.nodes[0].createOrganization('expired')
    const ends = new Date(Date.now() + 5_000)
    const key = createSigningKey({
      commonName: 'idp.test',
      notBefore: new Date('2020-01-01'),
      notAfter: ends,
    })
    await verifyDomain(organization, 'expired.test')
    const connection = await createSamlConnection(organization, {
      idpEntityId: 'https://idp.test/expired',
      keys: [key],
    })
    // One that has ended is not taken in the first place.
    await sleep(ends.getTime() + 1_000 - Date.now())
    const sign = async () => {
      const browser = createTestBrowser(stage.nodes[0].request, stage.nodes[0].urls.origin)
      const { requestId } = await startSaml(browser, connection.id)
      const { acsUrl, entityId } = stage.nodes[0].urls.connection(connection.id)
      const xml = sealResponse(
        buildResponse({
          ...{ issuer: 'https://idp.test/expired', acsUrl, audience: entityId, inResponseTo: requestId },
          nameId: { value: 'eve@expired.test' },
          attributes: [{ name: 'email', values: ['eve@expired.test'] }],
        }),
        { key, sign: { response: true, assertion: true } },
      )
      return postResponse(browser, connection.id, xml)
    }
    expect((await sign()).status).toBe(303)
    const [noted] = await stage.nodes[0]
      .owner`select trace::text as trace from sign_in_attempts order by id desc limit 1`
    expect(noted?.['trace']).toContain('certificate_expired')
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, refusesExpiredCertificates: true },
      requireOrdinaryRole,
    )
    await attempt(() => expectRefused(stage, sign, { reason: 'certificate_expired' }))
  },
)

row('S-077', 'attributes with names of the prototype change nothing', async (attempt) => {
  for (const setUp of setUps) {
    await attempt(async () => {
      const pending = await fresh(setUp)
      const names = ['__proto__', 'constructor', 'toString', 'prototype']
      const attributes = [
        ...(pending.options.attributes ?? []),
        ...names.map((name) => ({ name, values: [{ raw: '<isAdmin>true</isAdmin><x>1</x>' }, 'true'] })),
      ]
      await expectAccepted(pending, pending.seal({ ...pending.options, attributes }))
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
      expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
    })
  }
})

const elsewhere = [
  'https://evil',
  '//evil',
  '/\\evil',
  '/%09/evil',
  'https:evil',
  'data:text/html,x',
  '@evil',
  'ours.evil.test',
  '\\\\evil',
  '/account/..//evil',
  'javascript:alert(1)',
]

row('S-080', 'RelayState and return_to lead to pages of ours only', async (attempt) => {
  await withSetting({ isIdpInitiatedAllowed: true }, async () => {
    for (const target of elsewhere) {
      await attempt(async () => {
        const pending = await fresh()
        const answer = await post(pending, pending.seal({ ...pending.options, inResponseTo: null }), {
          RelayState: target,
        })
        const done = await pending.browser.get(answer.headers.get('location') ?? '')
        expect([done.status, done.headers.get('location')]).toEqual([303, '/account'])
      })
      await attempt(async () => {
        const browser = createTestBrowser(stage.nodes[0].request, stage.nodes[0].urls.origin)
        const { requestId } = await startSaml(
          browser,
          stage.a.connection.id,
          `?return_to=${encodeURIComponent(target)}`,
        )
        const pending = { ...(await fresh()), browser, requestId }
        const answer = await post(pending, pending.seal({ ...pending.options, inResponseTo: requestId }))
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
      })
    }
    const pending = await fresh()
    const answer = await post(pending, pending.seal({ ...pending.options, inResponseTo: null }), {
      RelayState: '/account/sessions',
    })
    const done = await pending.browser.get(answer.headers.get('location') ?? '')
    expect(done.headers.get('location')).toBe('/account/sessions')
  })
})

row('S-081', 'an unsolicited response is refused by default, and never swaps people unseen', async (attempt) => {
  for (const setUp of setUps) {
    await attempt(async () => {
      const pending = await fresh(setUp)
      await expectRefused(stage, () => post(pending, pending.seal({ ...pending.options, inResponseTo: null })), {
        reason: 'unsolicited',
      })
    })
  }
  await withSetting({ isIdpInitiatedAllowed: true }, async () => {
    const pending = await fresh()
    await expectAccepted(pending)
    await attempt(async () => {
      const bob = {
        ...pending.options,
        inResponseTo: null,
        nameId: { value: 'bob@a.test' },
        attributes: [{ name: 'email', values: ['bob@a.test'] }],
      }
      const answer = await post(pending, pending.seal(bob))
      const next = answer.headers.get('location') ?? ''
      const page = await pending.browser.get(next)
      expect([page.status, (await pending.browser.session())?.user.userName]).toEqual([200, 'alice@a.test'])
      const confirmed = await pending.browser.post(next, {})
      expect([confirmed.status, (await pending.browser.session())?.user.userName]).toEqual([303, 'bob@a.test'])
    })
  })
})

row('S-082', 'RelayState payloads', async (attempt) => {
  await withSetting({ isIdpInitiatedAllowed: true }, async () => {
    for (const relayState of [
      'x'.repeat(5_000),
      '/account\r\nSet-Cookie: a=b',
      'javascript:alert(1)',
      '<script>alert(1)</script>',
      '/account?x=<script>',
    ]) {
      await attempt(async () => {
        const pending = await fresh()
        const answer = await post(pending, pending.seal({ ...pending.options, inResponseTo: null }), {
          RelayState: relayState,
        })
        const done = await pending.browser.get(answer.headers.get('location') ?? '')
        expect(done.headers.getSetCookie().join()).not.toContain('a=b')
        expect(done.headers.get('location') ?? '').toMatch(/^\/account(\?x=%3Cscript%3E)?$/)
      })
    }
  })
})

row('S-092', 'posts of many megabytes', async (attempt) => {
  for (const size of [600_000, 10_000_000]) {
    await attempt(async () => {
      const pending = await fresh()
      const answer = await postRaw(pending, { SAMLResponse: 'A'.repeat(size) })
      expect(answer.status).toBe(413)
    })
  }
  await attempt(async () => {
    const pending = await fresh()
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(65))
        if (sent > 50_000_000) controller.close()
      },
    })
    const answer = await pending.node.request(`/saml/${stage.a.connection.id}/acs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      duplex: 'half',
    } as RequestInit)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(sent).toBeLessThan(2_000_000)
  })
  await expectAccepted(await fresh())
})

row('S-100', 'forms that hold no message', async (attempt) => {
  const encoded = (xml: string): string => Buffer.from(xml).toString('base64')
  const forms: [string, (message: string) => string][] = [
    ['absent', () => 'RelayState=x'],
    ['twice', (message) => `SAMLResponse=${encodeURIComponent(message)}&SAMLResponse=${encodeURIComponent(message)}`],
    ['array', (message) => `SAMLResponse[]=${encodeURIComponent(message)}`],
    ['no base64', () => 'SAMLResponse=%25%25%25'],
    ['empty', () => 'SAMLResponse='],
    ['prototype', (message) => `SAMLResponse=${encodeURIComponent(message)}&__proto__=x`],
  ]
  for (const [, form] of forms) {
    await attempt(async () => {
      const pending = await fresh()
      const cookie = [...pending.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      await expectRefused(stage, async () =>
        pending.node.request(`/saml/${stage.a.connection.id}/acs`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', cookie },
          body: form(encoded(genuine(pending))),
        }),
      )
    })
  }
  const pending = await fresh()
  await expectAccepted(pending, `\uFEFF${genuine(pending)}`)
})
