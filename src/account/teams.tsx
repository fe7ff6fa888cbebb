// The pages of a person's own teams, and what a leader does there.
import { type Context, Hono } from 'hono'
import { getOwnAccess } from '#access/people/own/own-access.ts'
import { asLeader, getOwnTeam, personNamed } from '#access/people/own/own-teams.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession, sessionOf } from '#http/session.ts'
import type { FormState } from '#http/ui/form.tsx'
import { emptyForm, refusedForm } from '#http/ui/form-state.ts'
import { AppError, isProofWanted, notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import type { AccountServices } from './env.ts'
import { OwnTeamConfirmPage, OwnTeamPageView } from './team-pages.tsx'

type Kind = 'add_team_members' | 'remove_team_members'

/** @returns an app to be mounted at `/account/teams` */
export function createTeamPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const own = [readSession(services), requireSession(services)] as const
  const personOf = (c: Context<AppEnv>): CallContext => ownContext(services, c)

  pages.get('/:id', ...own, (c) => showTeam(c, personOf(c), c.req.param('id'), emptyForm))

  pages.post('/:id/members', sameOrigin, ...own, async (c) => {
    const [ctx, form] = [personOf(c), await readForm(c)]
    const teamId = c.req.param('id')
    await requireLed(ctx, teamId)
    try {
      const { id } = await personNamed(ctx, form['name'] ?? '')
      return await showChange(c, ctx, { kind: 'add_team_members', teamId, userId: id })
    } catch (error) {
      if (isProofWanted(error)) return proveFirst(c, teamId)
      return showTeam(c, ctx, teamId, refusedForm(form, error))
    }
  })

  const act = (kind: Kind) => async (c: Context<AppEnv>) => {
    const [ctx, { userId = '', hash }] = [personOf(c), await readForm(c)]
    const wanted = { kind, teamId: c.req.param('id') ?? '', userId }
    await requireLed(ctx, wanted.teamId)
    return makeOrShow(c, ctx, wanted, hash)
  }
  pages.post('/:id/members/add', sameOrigin, ...own, act('add_team_members'))
  pages.post('/:id/members/remove', sameOrigin, ...own, act('remove_team_members'))
  return pages
}

/** @throws AppError not_found for whoever does not lead it */
async function requireLed(ctx: CallContext, teamId: string): Promise<void> {
  const { team } = await getOwnTeam(ctx, teamId)
  if (!team.isLed) throw notFound('Team')
}

/** Shows what the change does, and makes it once that was seen. */
async function makeOrShow(
  c: Context<AppEnv>,
  ctx: CallContext,
  { kind, teamId, userId }: Wanted,
  hash: string | undefined,
): Promise<Response> {
  try {
    if (hash === undefined) return await showChange(c, ctx, { kind, teamId, userId })
    await saveChange(await asLeader(ctx, sessionOf(c)), { kind, teamId, userIds: [userId] }, hash)
    return c.redirect(`/account/teams/${teamId}?done=1`, 303)
  } catch (error) {
    if (isProofWanted(error)) return proveFirst(c, teamId)
    if (!(error instanceof AppError) || error.reason !== 'stale_preview') throw error
    return showChange(c, ctx, { kind, teamId, userId }, true)
  }
}

/** To the page of the proof, and from there back to the team. */
const proveFirst = (c: Context<AppEnv>, teamId: string): Response =>
  c.redirect(`/login/step-up?return_to=${encodeURIComponent(`/account/teams/${teamId}`)}`, 303)

async function showTeam(c: Context<AppEnv>, ctx: CallContext, teamId: string, state: FormState): Promise<Response> {
  const [access, page] = await Promise.all([getOwnAccess(ctx), getOwnTeam(ctx, teamId, c.req.query('cursor'))])
  const isRefused = state !== emptyForm
  const isDone = c.req.query('done') === '1'
  return renderPage(c, <OwnTeamPageView {...{ access, page, state, isDone }} />, { status: isRefused ? 400 : 200 })
}

type Wanted = { kind: Kind; teamId: string; userId: string }

async function showChange(
  c: Context<AppEnv>,
  ctx: CallContext,
  { kind, teamId, userId }: Wanted,
  isStale = false,
): Promise<Response> {
  const [access, { team, people }] = await Promise.all([getOwnAccess(ctx), getOwnTeam(ctx, teamId)])
  const change = { kind, teamId, userIds: [userId] }
  const preview = await previewChange(await asLeader(ctx, sessionOf(c)), change)
  const known = preview.entries.flatMap(({ sample }) => sample).find(({ id }) => id === userId)
  const name = known?.name ?? people.find(({ id }) => id === userId)?.name ?? 'this person'
  const page = <OwnTeamConfirmPage {...{ access, team, name, change, preview, isStale }} />
  return renderPage(c, page, { status: isStale ? 412 : 200 })
}
