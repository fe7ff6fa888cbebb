// Emergency access: the sealed accounts, whether they are proven, what they were used for, and the report about each use.
import { type Context, Hono } from 'hono'
import {
  createEmergencyAccount,
  isLeftToOperators,
  listEmergencyAccounts,
  type NewEmergencyAccount,
  resealEmergencyAccount,
} from '#access/accounts/emergency/emergency.ts'
import { getEmergencyUse, listEmergencyUses, signEmergencyReport } from '#access/accounts/emergency/emergency-uses.ts'
import { listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { renderPage } from '#http/pages.ts'
import type { FormState } from '#http/ui/form.tsx'
import { notFound } from '#platform/errors.ts'
import { type CallContext, isPermitted, requireFreshProof } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { AccountsPage } from './accounts-page.tsx'
import { EnvelopePage, ResealPage } from './envelope-pages.tsx'
import { UsePage } from './use-page.tsx'

/** @returns an app to be mounted at `/console/emergency` */
export function createEmergencyPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => showAccounts(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showAccounts(c, state) }, async (form) => {
      return showEnvelope(c, await createEmergencyAccount(c.get('ctx'), { name: form['name'] ?? '' }))
    }),
  )

  pages.get('/accounts/:id/reseal', async (c) => {
    const frame = frameOf(c)
    requireFreshProof(frame.ctx)
    const account = (await listEmergencyAccounts(frame.ctx)).find(({ userId }) => userId === c.req.param('id'))
    if (account === undefined) throw notFound('Emergency account')
    const isForOperators = await isLeftToOperators(frame.ctx)
    return renderPage(c, <ResealPage {...{ frame, account, isForOperators }} />)
  })

  pages.post('/accounts/:id/reseal', async (c) =>
    showEnvelope(c, await resealEmergencyAccount(c.get('ctx'), c.req.param('id'))),
  )

  pages.get('/uses/:id', (c) => showUse(c, c.req.param('id'), emptyForm))

  pages.post('/uses/:id', async (c) => {
    const useId = c.req.param('id')
    return submit(c, { again: (state) => showUse(c, useId, state) }, async (form) => {
      await signEmergencyReport(c.get('ctx'), { useId, statement: form['statement'] ?? '' })
      return `/console/emergency/uses/${useId}?done=signed`
    })
  })
  return pages
}

async function showAccounts(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [accounts, uses, isForOperators] = await Promise.all([
    ...([listEmergencyAccounts(frame.ctx), listEmergencyUses(frame.ctx), isLeftToOperators(frame.ctx)] as const),
  ])
  const ids = accounts.map(({ userId }) => userId)
  const attempts = isPermitted(frame.ctx, 'sign_ins.read') ? await listDoorAttempts(frame.ctx, ids) : []
  const page = <AccountsPage {...{ frame, accounts, uses, attempts, isForOperators, state }} />
  return renderForm(c, state, page)
}

/** The newest first. */
async function listDoorAttempts(ctx: CallContext, userIds: readonly string[]): Promise<SignInAttempt[]> {
  const each = await Promise.all(userIds.map((userId) => listAttempts(ctx, { userId, limit: 10 })))
  return each.flat().toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

const showEnvelope = (c: Context<ConsoleEnv>, account: NewEmergencyAccount) =>
  renderPage(c, <EnvelopePage {...{ frame: frameOf(c), account }} />)

/** No session of the door lasts longer; what is told at its end may be a moment later. */
const sessionMillis = 61 * 60_000

async function showUse(c: Context<ConsoleEnv>, useId: string, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const use = await getEmergencyUse(frame.ctx, useId)
  const since = new Date(use.startedAt)
  const until = new Date(since.getTime() + sessionMillis)
  const filter = { actorId: use.account.userId, since: since.toISOString(), until: until.toISOString() }
  const events = isPermitted(frame.ctx, 'audit.read') ? await listAuditEvents(frame.ctx, { filter, limit: 200 }) : []
  const page = <UsePage {...{ frame, use, events: events.toReversed(), state }} />
  return renderForm(c, state, page)
}
