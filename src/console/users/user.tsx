// One person: what they hold, their sessions, sign-ins and history. What changes them has files of its own.
import { Hono } from 'hono'
import { type ListedTeam, listTeams } from '#access/grants/teams/teams.ts'
import { type Alarm, listAlarms } from '#access/notices/alarms/alarms.ts'
import { listAbsences } from '#access/people/absence/absences.ts'
import { getAccessMatrix } from '#access/people/access-matrix.ts'
import { findAddressProposal } from '#access/people/adoption/address-proposals.ts'
import { getLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { countByKind } from '#access/people/hand-over/record-moves.ts'
import type { Work } from '#access/people/hand-over/work.ts'
import { getInactivityStanding } from '#access/people/inactivity/exceptions.ts'
import { getListedUser } from '#access/people/list-users.ts'
import { approveUser } from '#access/people/status/approve-user.ts'
import { getDeactivationReceipt } from '#access/people/status/deactivation-receipt.ts'
import { listReviewTasks } from '#access/reviews/lines/tasks.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { endSession, endUserSessions } from '#access/sign-in/sessions/end-sessions.ts'
import { listSessions } from '#access/sign-in/sessions/sessions.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { renderPage } from '#http/pages.ts'
import { SmallLink } from '#http/ui/buttons.tsx'
import { brandsPermitted, type CallContext, isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { Panel } from '../ui/parts.tsx'
import { workWords } from '../ui/work.tsx'
import { createDataPage } from './data-page.tsx'
import { createEditPages } from './edit-pages.tsx'
import { AccessRequests } from './parts/access-requests.tsx'
import { AccessTab } from './parts/access-tab.tsx'
import { AddressProposalPanel, createAddressProposal } from './parts/address-proposal.tsx'
import { createAssignmentPages } from './parts/assignment-pages.tsx'
import { HeldBack } from './parts/held-back.tsx'
import { createOverridePage } from './parts/override-page.tsx'
import { UserFrame } from './parts/user-frame.tsx'
import { createPastPage } from './past-page.tsx'
import { AbsenceNotice, createAbsencePage } from './status/absence-page.tsx'
import { createInactivityPage, InactivityNotice } from './status/inactivity-page.tsx'
import { createStatusPages } from './status/status-pages.tsx'
import { HistoryTab, SessionsTab, SignInsTab } from './user-tabs.tsx'
import { createWhyPage } from './why-page.tsx'

const shownEvents = 50

const shownTeams = 50

/** @returns an app to be mounted at `/console/users` */
export function createUserPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const [user, matrix] = await Promise.all([getListedUser(frame.ctx, id), getAccessMatrix(frame.ctx, id)])
    const receipt = user.status === 'inactive' ? await receiptOf(frame.ctx, id) : undefined
    const [mayRead, mayWrite] = [isPermitted(frame.ctx, 'users.read'), isPermitted(frame.ctx, 'users.write')]
    const tasks = await listReviewTasks(frame.ctx, { userId: id, isOpen: true, limit: shownEvents })
    const [asked, proposal, standing, absences] = mayRead
      ? await Promise.all([
          listAccessRequests(frame.ctx, id),
          findAddressProposal(frame.ctx, id),
          getInactivityStanding(frame.ctx, id),
          listAbsences(frame.ctx, { userId: id, isOpen: true, limit: 1 }),
        ])
      : [[], undefined, undefined, []]
    const teams = await teamsOf(frame.ctx, id)
    const left = user.status === 'inactive' && mayRead ? (await getLeftBehind(frame.ctx, id)).work : []
    return renderPage(
      c,
      <UserFrame {...{ frame, user }} tab="access">
        <AccessRequests requests={asked} mayAnswer={mayWrite} />
        <AddressProposalPanel proposal={proposal} mayDecide={mayWrite} />
        {absences.map((absence) => (
          <AbsenceNotice absence={absence} />
        ))}
        {standing === undefined ? null : <InactivityNotice standing={standing} />}
        <HeldBack tasks={tasks} />
        <LeftBehind userId={id} work={left} />
        <AccessTab {...{ frame, user, matrix, receipt, teams }} />
      </UserFrame>,
    )
  })

  pages.get('/:id/sessions', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const [user, sessions] = await Promise.all([getListedUser(frame.ctx, id), listSessions(frame.ctx, id)])
    return renderPage(
      c,
      <UserFrame {...{ frame, user }} tab="sessions">
        <SessionsTab {...{ ctx: frame.ctx, user }} sessions={sessions} />
      </UserFrame>,
    )
  })

  pages.post('/:id/sessions/end', async (c) => {
    const userId = c.req.param('id')
    await endUserSessions(c.get('ctx'), { userId, reason: 'revoked' })
    return c.redirect(`/console/users/${userId}/sessions?done=ended`, 303)
  })

  pages.post('/:id/sessions/:sessionId/end', async (c) => {
    await endSession(c.get('ctx'), { sessionId: c.req.param('sessionId'), reason: 'revoked' })
    return c.redirect(`/console/users/${c.req.param('id')}/sessions?done=ended`, 303)
  })

  pages.get('/:id/sign-ins', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const user = await getListedUser(frame.ctx, id)
    const attempts = await listAttempts(frame.ctx, { userId: id, limit: shownEvents })
    return renderPage(
      c,
      <UserFrame {...{ frame, user }} tab="sign-ins">
        <SignInsTab user={user} attempts={attempts} />
      </UserFrame>,
    )
  })

  pages.get('/:id/audit', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const user = await getListedUser(frame.ctx, id)
    const events = await listAuditEvents(frame.ctx, { filter: { q: id }, limit: shownEvents })
    return renderPage(
      c,
      <UserFrame {...{ frame, user }} tab="audit">
        <HistoryTab user={user} events={events} />
      </UserFrame>,
    )
  })

  pages.post('/:id/approve', async (c) => {
    const userId = c.req.param('id')
    await approveUser(c.get('ctx'), userId)
    return c.redirect(`/console/users/${userId}?done=saved`, 303)
  })

  pages.route('/', createWhyPage())
  pages.route('/', createPastPage())
  pages.route('/', createDataPage())
  pages.route('/', createAssignmentPages())
  pages.route('/', createOverridePage())
  pages.route('/', createStatusPages())
  pages.route('/', createInactivityPage())
  pages.route('/', createAbsencePage())
  pages.route('/', createEditPages())
  pages.route('/', createAddressProposal())
  return pages
}

const LeftBehind = ({ userId, work }: { userId: string; work: readonly Work[] }) =>
  work.length === 0 ? null : (
    <Panel
      title="Left behind"
      lead={`${workWords(countByKind(work))}: nobody has taken it over yet.`}
      actions={<SmallLink href={`/console/left-behind/${userId}`}>Hand it over</SmallLink>}
    />
  )

/** What they have asked for, and nobody has answered yet. */
async function listAccessRequests(ctx: CallContext, userId: string): Promise<Alarm[]> {
  const open = await listAlarms(ctx, { isOpen: true })
  return open.filter(({ kind, detail }) => kind === 'access_request' && detail['userId'] === userId)
}

/** Those that the reader may see. */
async function teamsOf(ctx: CallContext, userId: string): Promise<ListedTeam[]> {
  if (brandsPermitted(ctx, 'teams.read').length === 0) return []
  return (await listTeams(ctx, { filter: { userId }, limit: shownTeams })).items
}

/** Undefined for who was never deactivated, or came switched off. */
async function receiptOf(ctx: CallContext, userId: string) {
  if (!isPermitted(ctx, 'users.read')) return undefined
  return getDeactivationReceipt(ctx, userId).catch((error: { code?: string }) => {
    if (error.code === 'not_found') return undefined
    throw error
  })
}
