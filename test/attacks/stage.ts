// The bench of the rows of docs/attacks.md: two nodes on one database, organization A (domain a.test, identity provider with key kA,
// alice and the administrator admin@a.test), organization B (b.test, kB), and an attacker with a key of their own (kX).
import { expect, type TaskMeta, test } from 'vitest'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { createSigningKey, type SigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildResponse, type ResponseOptions } from '#sandbox/saml-idp/response.ts'
import { type SealOptions, sealResponse } from '#sandbox/saml-idp/sign.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import {
  createSamlConnection,
  createTestBrowser,
  startSaml,
  type TestBrowser,
  verifyDomain,
} from '../support/sign-in.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Attempts of this row that were made, and those that got through. */
    tried?: number
    accepted?: number
  }
}

export type SetUp = { name: string; sign: { response: boolean; assertion: boolean } }

export const setUps: readonly SetUp[] = [
  { name: 'both signed', sign: { response: true, assertion: true } },
  { name: 'assertion signed', sign: { response: false, assertion: true } },
  { name: 'response signed', sign: { response: true, assertion: false } },
]

export type Stage = {
  nodes: readonly [TestApp, TestApp]
  a: { organization: TestOrganization; connection: SamlConnection; key: SigningKey; issuer: string }
  b: { organization: TestOrganization; connection: SamlConnection; key: SigningKey; issuer: string }
  attackerKey: SigningKey
  close(): Promise<void>
}

export const issuerA = 'https://idp.test/A'
export const issuerB = 'https://idp.test/B'

/** @throws whatever goes wrong on the way */
export async function startStage(): Promise<Stage> {
  const first = await startTestApp()
  const second = await startTestApp({ databaseUrl: first.databaseUrl, ownerUrl: first.ownerUrl })
  const side = async (name: 'a' | 'b', issuer: string) => {
    const organization = await first.createOrganization(name)
    await verifyDomain(organization, `${name}.test`)
    const key = createSigningKey({ commonName: issuer })
    const connection = await createSamlConnection(organization, { idpEntityId: issuer, keys: [key], jit: 'off' })
    for (const person of ['alice', 'bob', 'admin']) await provision(organization, `${person}@${name}.test`)
    return { organization, connection, key, issuer }
  }
  const [a, b] = [await side('a', issuerA), await side('b', issuerB)]
  return {
    nodes: [first, second],
    ...{ a, b, attackerKey: createSigningKey({ commonName: issuerA }) },
    close: async () => {
      await second.close()
      await first.close()
    },
  }
}

export const provision = (organization: TestOrganization, email: string) =>
  provisionUser(organization.ctx, {
    directoryId: null,
    content: {
      userName: email,
      externalId: null,
      displayName: email,
      isActive: true,
      attributes: { emails: [{ value: email, type: 'work', primary: true }] },
    },
  })

/** A sign-in that a browser has begun, and what its identity provider would answer. */
export type Pending = {
  stage: Stage
  node: TestApp
  browser: TestBrowser
  requestId: string
  setUp: SetUp
  options: ResponseOptions
  /** Signs as A's identity provider in this set-up does. */
  seal(options: ResponseOptions, how?: Partial<SealOptions>): string
}

export async function pend(stage: Stage, node: TestApp, setUp: SetUp): Promise<Pending> {
  const { connection, key, issuer } = stage.a
  const browser = createTestBrowser(node.request, node.urls.origin)
  const { requestId } = await startSaml(browser, connection.id)
  const { entityId, acsUrl } = node.urls.connection(connection.id)
  const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
  const options: ResponseOptions = {
    ...{ issuer, acsUrl, audience: entityId, inResponseTo: requestId },
    nameId: { format: email, value: 'alice@a.test' },
    attributes: [{ name: 'email', values: ['alice@a.test'] }],
    sessionIndex: 'session-1',
  }
  const seal = (changed: ResponseOptions, how: Partial<SealOptions> = {}): string =>
    sealResponse(buildResponse(changed), { key, sign: setUp.sign, ...how })
  return { stage, node, browser, requestId, setUp, options, seal }
}

type Counts = Record<'users' | 'identities' | 'sessions' | 'members' | 'refusals', number>

async function count(stage: Stage): Promise<Counts> {
  const [row] = await stage.nodes[0].owner`select (select count(*)::int from users) as users,
    (select count(*)::int from identities) as identities, (select count(*)::int from sessions) as sessions,
    (select count(*)::int from group_members) as members,
    (select coalesce(sum(coalesce(a.count, 1)), 0)::int from sign_in_attempts a where a.outcome = 'refused' and exists (
      select from audit_events e where e.action = 'sign_in.refuse' and e.detail ->> 'reference' = a.reference)) as refusals`
  return row as Counts
}

/** What the page says, without what differs from request to request. */
const wordsOf = (page: string): string =>
  page.replace(/[2-9A-HJ-Z]{5}-[2-9A-HJ-Z]{5}/g, '#').replace(/nonce-[\w+/=-]+/g, '')

let genericPage: string | undefined

export type Expected = {
  /** The reason in the audit trail; any where it is not said. */
  reason?: string | RegExp
  /** False for messages that never reach a connection (too large, a query that cannot be read). */
  isAudited?: boolean
}

/**
 * Holds one attempt against R: 4xx, no cookie, nothing new in the database, one audit event, the same words as ever. Refusals of
 * browsers that have begun nothing are counted under one event.
 */
export async function expectRefused(
  stage: Stage,
  attempt: () => Promise<Response>,
  expected: Expected = {},
): Promise<void> {
  const { isAudited = true, reason } = expected
  const before = await count(stage)
  const answer = await attempt()
  const page = await answer.text()
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(bringsSession(answer)).toBe(false)
  const after = await count(stage)
  expect(after).toEqual({ ...before, refusals: before.refusals + (isAudited ? 1 : 0) })
  if (!isAudited) return
  genericPage ??= wordsOf(page)
  expect(wordsOf(page)).toBe(genericPage)
  if (reason === undefined) return
  const [event] = await stage.nodes[0].owner`select reason from sign_in_attempts where outcome = 'refused'
    order by greatest(occurred_at, last_at) desc, id desc limit 1`
  expect(event?.['reason']).toMatch(reason)
}

/** Whether an answer brings the browser a session. */
export const bringsSession = ({ headers }: Response): boolean =>
  headers.getSetCookie().some((line) => line.includes('rolecall_session='))

/** The browser is signed in already: it is led on, and gets nothing that it has not got. */
export async function expectLedOn(stage: Stage, attempt: () => Promise<Response>): Promise<void> {
  const before = await count(stage)
  const answer = await attempt()
  expect([answer.status, bringsSession(answer), await count(stage)]).toEqual([303, false, before])
}

/** The unmutated message signs alice in; without that a row proves nothing. */
export async function expectAccepted(pending: Pending, xml = pending.seal(pending.options)): Promise<void> {
  const answer = await post(pending, xml)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
  expect((await pending.browser.session())?.user.userName).toBe('alice@a.test')
}

export const post = (pending: Pending, xml: string, fields: Record<string, string> = {}): Promise<Response> =>
  postRaw(pending, { SAMLResponse: Buffer.from(xml, 'utf8').toString('base64'), ...fields })

export const postRaw = ({ browser, stage }: Pending, fields: Record<string, string>): Promise<Response> =>
  browser.postAcrossSites(`/saml/${stage.a.connection.id}/acs`, fields)

export type Variant = { name: string; make(pending: Pending): string; only?: SetUp['name'][]; reason?: string | RegExp }

/** A row that is one message each: every variant, in every set-up, on both nodes, between two controls. */
export function samlRow(stage: () => Stage, id: string, title: string, variants: readonly Variant[]): void {
  test(`${id} ${title}`, async ({ task }) => {
    const meta: TaskMeta = task.meta
    meta.tried = 0
    meta.accepted = 0
    for (const setUp of setUps) {
      await expectAccepted(await pend(stage(), stage().nodes[0], setUp))
      for (const node of stage().nodes) {
        for (const variant of variants.filter(({ only }) => only === undefined || only.includes(setUp.name))) {
          meta.tried += 1
          meta.accepted += 1
          const pending = await pend(stage(), node, setUp)
          const xml = variant.make(pending)
          await expectRefused(
            stage(),
            () => post(pending, xml),
            variant.reason === undefined ? {} : { reason: variant.reason },
          )
          meta.accepted -= 1
        }
      }
      await expectAccepted(await pend(stage(), stage().nodes[1], setUp))
    }
  })
}

/** A row that counts its attempts itself. `attempt` runs one of them. */
export function row(
  id: string,
  title: string,
  work: (attempt: (one: () => Promise<void>) => Promise<void>) => Promise<void>,
): void {
  test(`${id} ${title}`, async ({ task }) => {
    const meta: TaskMeta = task.meta
    meta.tried = 0
    meta.accepted = 0
    await work(async (one) => {
      meta.tried = (meta.tried ?? 0) + 1
      meta.accepted = (meta.accepted ?? 0) + 1
      await one()
      meta.accepted -= 1
    })
  })
}
