// SAML rows about single logout: unsigned, smuggled, doubled, replayed, wrapped and inflating messages end no session.
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect } from 'vitest'
import { decodeRedirect, encodePost, redirectQuery, signQuery } from '#sandbox/saml-idp/bindings.ts'
import { buildLogoutRequest } from '#sandbox/saml-idp/logout.ts'
import { signXml } from '#sandbox/saml-idp/sign.ts'
import { editXml, findElement } from '#sandbox/saml-idp/xml.ts'
import type { TestApp } from '../support/app.ts'
import { expectAccepted, expectRefused, pend, row, type SetUp, type Stage, setUps, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** Alice, signed in, and her provider's way to sign her out. */
async function signedIn(node: TestApp = stage.nodes[0]) {
  const pending = await pend(stage, node, setUps[0] as SetUp)
  await expectAccepted(pending)
  const { sloUrl } = node.urls.connection(stage.a.connection.id)
  const request = (change: Partial<Parameters<typeof buildLogoutRequest>[0]> = {}): string =>
    buildLogoutRequest({ issuer: stage.a.issuer, destination: sloUrl, nameId: { value: 'alice@a.test' }, ...change })
  const isAlive = async (): Promise<boolean> => (await pending.browser.session()) !== undefined
  const byRedirect = (query: string): Promise<Response> => pending.browser.get(`${sloUrl}?${query}`)
  const byPost = (xml: string): Promise<Response> =>
    pending.browser.postAcrossSites(sloUrl, { SAMLRequest: encodePost(xml) })
  return { ...pending, request, isAlive, byRedirect, byPost, sloUrl }
}

type Alice = Awaited<ReturnType<typeof signedIn>>

const signedQuery = (xml: string, key = stage.a.key): string => redirectQuery({ parameter: 'SAMLRequest', xml, key })

/** A genuine request works by both bindings; alice needs a new session afterwards. */
async function control(): Promise<void> {
  const redirect = await signedIn()
  const answer = await redirect.byRedirect(signedQuery(redirect.request()))
  expect([answer.status, await redirect.isAlive()]).toEqual([303, false])
  const location = new URL(answer.headers.get('location') ?? '')
  expect(`${location.origin}${location.pathname}`).toBe('https://idp.example.net/slo')
  expect(decodeRedirect(location.searchParams.get('SAMLResponse') ?? '')).toContain('status:Success')
  const posted = await signedIn(stage.nodes[1])
  const postAnswer = await posted.byPost(signXml(posted.request(), ['LogoutRequest'], { key: stage.a.key }))
  expect([postAnswer.status, await posted.isAlive()]).toEqual([303, false])
}

function logoutRow(
  id: string,
  title: string,
  attempts: Record<string, (alice: Alice) => Promise<Response>>,
  isAudited = true,
): void {
  row(id, title, async (attempt) => {
    await control()
    for (const node of stage.nodes) {
      for (const send of Object.values(attempts)) {
        await attempt(async () => {
          const alice = await signedIn(node)
          await expectRefused(stage, () => send(alice), { isAudited })
          expect(await alice.isAlive()).toBe(true)
        })
      }
    }
    await control()
  })
}

logoutRow('S-083', 'a LogoutRequest without signature, or with that of somebody else', {
  'unsigned by redirect': (alice) =>
    alice.byRedirect(redirectQuery({ parameter: 'SAMLRequest', xml: alice.request() })),
  'unsigned by POST': (alice) => alice.byPost(alice.request()),
  "the attacker's key by redirect": (alice) => alice.byRedirect(signedQuery(alice.request(), stage.attackerKey)),
  "the attacker's key by POST": (alice) =>
    alice.byPost(signXml(alice.request(), ['LogoutRequest'], { key: stage.attackerKey })),
  "B's provider at A": (alice) => alice.byRedirect(signedQuery(alice.request({ issuer: stage.b.issuer }), stage.b.key)),
  'another issuer': (alice) => alice.byRedirect(signedQuery(alice.request({ issuer: stage.b.issuer }))),
  'another destination': (alice) =>
    alice.byRedirect(signedQuery(alice.request({ destination: 'https://evil.test/slo' }))),
  'no destination': (alice) => alice.byRedirect(signedQuery(alice.request({ destination: null }))),
  'SHA-1': (alice) =>
    alice.byRedirect(
      redirectQuery({
        parameter: 'SAMLRequest',
        xml: alice.request(),
        key: stage.a.key,
        signatureAlgorithm: 'rsa-sha1',
      }),
    ),
})

logoutRow(
  'S-084',
  'a disguised parameter beside the genuine signed query',
  {
    'encoded name first': async (alice) => {
      const evil = encodeURIComponent(
        deflateRawSync(alice.request({ nameId: { value: 'bob@a.test' } })).toString('base64'),
      )
      return alice.byRedirect(
        `SAML%52equest=${evil}&&${signedQuery(alice.request({ nameId: { value: 'nobody@a.test' } }))}`,
      )
    },
    'encoded name last': async (alice) => {
      const evil = encodeURIComponent(deflateRawSync(alice.request()).toString('base64'))
      return alice.byRedirect(
        `${signedQuery(alice.request({ nameId: { value: 'nobody@a.test' } }))}&SAML%52equest=${evil}`,
      )
    },
  },
  false,
)

logoutRow(
  'S-085',
  'doubled parameters',
  {
    'SAMLRequest twice': (alice) =>
      alice.byRedirect(
        `${redirectQuery({ parameter: 'SAMLRequest', xml: alice.request() })}&${signedQuery(alice.request())}`,
      ),
    'RelayState twice': (alice) =>
      alice.byRedirect(
        `RelayState=a&${signQuery(`${redirectQuery({ parameter: 'SAMLRequest', xml: alice.request() })}&RelayState=b`, stage.a.key)}`,
      ),
    'SigAlg twice': (alice) => alice.byRedirect(`SigAlg=x&${signedQuery(alice.request())}`),
    'request and response': (alice) => alice.byRedirect(`${signedQuery(alice.request())}&SAMLResponse=x`),
  },
  false,
)

row('S-086', 'a LogoutRequest a second time, without end, and a day old', async (attempt) => {
  for (const node of stage.nodes) {
    const alice = await signedIn(node)
    const query = signedQuery(alice.request())
    expect((await alice.byRedirect(query)).status).toBe(303)
    await attempt(async () => {
      const again = await signedIn(node)
      await expectRefused(stage, () => again.byRedirect(query), { reason: 'replay' })
      expect(await again.isAlive()).toBe(true)
    })
    await attempt(async () => {
      const later = await signedIn(node)
      const yesterday = new Date(Date.now() - 86_400_000)
      const xml = later.request({ issueInstant: yesterday, notOnOrAfter: null })
      await expectRefused(stage, () => later.byRedirect(signedQuery(xml)), { reason: 'issue_instant' })
      expect(await later.isAlive()).toBe(true)
    })
  }
  await control()
})

logoutRow('S-088', 'a wrapped or changed LogoutRequest', {
  'genuine one in an Object': (alice) => {
    const genuine = signXml(alice.request({ nameId: { value: 'nobody@a.test' } }), ['LogoutRequest'], {
      key: stage.a.key,
    })
    const xml = editXml(genuine, (document) => {
      const request = document.documentElement
      const clone = request.cloneNode(true)
      const signature = findElement(request, 'Signature')
      const holder = document.createElementNS('http://www.w3.org/2000/09/xmldsig#', 'ds:Object')
      holder.appendChild(clone)
      signature.appendChild(holder)
      request.setAttribute('ID', '_evil')
      const text = findElement(request, 'NameID').firstChild
      if (text !== null) text.nodeValue = 'alice@a.test'
    })
    return alice.byPost(xml)
  },
  'another person': (alice) => {
    const genuine = signXml(alice.request({ nameId: { value: 'nobody@a.test' } }), ['LogoutRequest'], {
      key: stage.a.key,
    })
    return alice.byPost(genuine.replace('nobody@a.test', 'alice@a.test'))
  },
  'changed after the query was signed': (alice) => {
    const query = signedQuery(alice.request({ nameId: { value: 'nobody@a.test' } }))
    const evil = encodeURIComponent(deflateRawSync(alice.request()).toString('base64'))
    return alice.byRedirect(query.replace(/SAMLRequest=[^&]*/, `SAMLRequest=${evil}`))
  },
})

logoutRow('S-091', 'a message that inflates to 200 MB', {
  bomb: (alice) => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000)).toString('base64')
    return alice.byRedirect(`SAMLRequest=${encodeURIComponent(bomb)}`)
  },
})
