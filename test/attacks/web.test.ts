// Session and web rows of docs/attacks.md: headers of every answer, races with a deactivation, changed memberships, polluted
// forms, and what errors and logs say.
import { afterAll, beforeAll, expect } from 'vitest'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { deleteAssignment } from '#access/grants/assignments/delete-assignment.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { expectAccepted, pend, post, row, type SetUp, type Stage, setUps, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const both = setUps[0] as SetUp
const get = (path: string, headers: Record<string, string> = {}) =>
  stage.nodes[0].request(path, { headers: { accept: 'text/html', ...headers } })

/** Pages and answers of every kind of status. */
const everywhere = [
  '/login',
  '/',
  '/account',
  '/nowhere',
  '/signed-out',
  '/emergency',
  '/session',
  '/api/v1/brands',
  '/login/reset/x',
  '/invitation/x',
]

row('W-006', 'pages run no script but ours, and cannot be framed or sent elsewhere', async (attempt) => {
  for (const path of everywhere) {
    await attempt(async () => {
      const answer = await get(path)
      if (!answer.headers.get('content-type')?.includes('text/html')) return
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=-]+'/)
      for (const part of [
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        'form-action',
      ])
        expect(policy).toContain(part)
      expect(policy).not.toContain('unsafe')
    })
  }
})

row(
  'W-009',
  'security headers are on every answer, and no answer is kept (W-008: none can be framed)',
  async (attempt) => {
    for (const path of [...everywhere, '/scim/v2/dir_x/Users', '/healthz']) {
      await attempt(async () => {
        const { headers } = await get(path)
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('x-frame-options')).toBe('DENY')
        expect(headers.get('strict-transport-security')).toMatch(/max-age=(6307|3153)\d+/)
        expect(headers.get('referrer-policy')).not.toBeNull()
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
        expect(headers.get('cache-control')).toContain('no-store')
      })
    }
  },
)

row(
  'C-048',
  'a deactivation while a sign-in is between verification and session leaves no live session',
  async (attempt) => {
    const { organization } = stage.a
    const { owner } = stage.nodes[0]
    await expectAccepted(await pend(stage, stage.nodes[0], both))
    const [alice] = await owner`select id from users where user_name = 'alice@a.test'`
    const key = { userId: alice?.['id'] as string, directoryId: null }
    for (const first of ['sign-in', 'deactivation']) {
      await attempt(async () => {
        const pending = await pend(stage, stage.nodes[1], both)
        const works = {
          'sign-in': () => post(pending, pending.seal(pending.options)),
          deactivation: () => deactivateUser(organization.ctx, { ...key }),
        }
        const started: Promise<unknown>[] = []
        // Both wait for the row that is held, and go on in the order in which they came.
        await owner.begin(async (sql) => {
          await sql`select 1 from users where id = ${key.userId} for update`
          for (const name of first === 'sign-in'
            ? (['sign-in', 'deactivation'] as const)
            : (['deactivation', 'sign-in'] as const)) {
            started.push(works[name]())
            await new Promise((resolve) => setTimeout(resolve, 300))
          }
        })
        await Promise.all(started)
        expect(await owner`select 1 from live_sessions where user_id = ${key.userId}`).toHaveLength(0)
        expect(await pending.browser.session()).toBeUndefined()
        await reactivateUser(organization.ctx, key)
      })
    }
    await expectAccepted(await pend(stage, stage.nodes[0], both))
  },
)

row('W-025', 'a membership that is taken away is gone from the open session on both nodes', async (attempt) => {
  const { ctx } = stage.a.organization
  const pending = await pend(stage, stage.nodes[0], both)
  await expectAccepted(pending)
  const userId = (await pending.browser.session())?.user.id ?? ''
  const brand = await createBrand(ctx, { slug: 'aurora', name: 'Aurora' })
  const editor = (await listRoles(ctx)).find(({ key }) => key === 'editor')?.id ?? ''
  const assignment = await createAssignment(ctx, { userId, roleId: editor, brandId: brand.id, reason: 'Test' })
  expect(await pending.browser.session()).toMatchObject({ brands: [{ slug: 'aurora', roles: [{ key: 'editor' }] }] })
  await deleteAssignment(ctx, assignment.id)
  const cookie = `__Host-rolecall_session=${pending.browser.cookies.get('__Host-rolecall_session')}`
  for (const node of stage.nodes) {
    await attempt(async () => {
      const answer = await node.request('/session', { headers: { cookie } })
      expect(await answer.json()).toMatchObject({ brands: [] })
    })
  }
})

row('W-050', 'fields that come twice, as lists or under names of the prototype', async (attempt) => {
  const { origin } = stage.nodes[0].urls
  for (const body of [
    'name=a&name=b',
    'name[]=a',
    '__proto__=x&name=a',
    '__proto__.x=1',
    'constructor=x',
    'name=%ff',
  ]) {
    for (const path of ['/login', '/login/password', '/login/forgot', '/emergency']) {
      await attempt(async () => {
        const answer = await stage.nodes[0].request(path, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin,
            'sec-fetch-site': 'same-origin',
            accept: 'text/html',
          },
          body,
        })
        expect(answer.status).toBe(400)
        expect(({} as Record<string, unknown>)['x']).toBeUndefined()
      })
    }
  }
})

row('W-047', 'errors tell a reference and nothing of what is underneath', async (attempt) => {
  for (const path of [
    '/nowhere',
    '/sign-in/con_x',
    '/saml/con_x/metadata',
    '/oidc/con_x/callback?state=x',
    '/invitation/x',
    '/oauth2/authorize?client_id=x',
    '/oauth2/interaction/x',
  ]) {
    await attempt(async () => {
      const answer = await get(path)
      const text = await answer.text()
      expect(answer.status).toBeLessThan(500)
      expect(text).not.toMatch(/\bat \S+ \(|node_modules|\/src\/|select |postgres|SQLSTATE/i)
    })
  }
})

row('W-054', 'a fresh installation knows nobody', async (attempt) => {
  for (const name of ['admin', 'administrator', 'root', 'admin@example.com']) {
    await attempt(async () => {
      const found = await stage.nodes[0]
        .owner`select 1 from users u join passwords p on p.user_id = u.id where u.user_name = ${name}`
      expect(found).toHaveLength(0)
    })
  }
})
