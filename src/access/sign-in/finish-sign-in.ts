// The end of a sign-in through a provider: one transaction uses the request up, marks the message as used, finds the person,
// sets their groups from claims, and opens the session. What is not committed did not happen, replays included.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { domainOf } from '#connections/domains/domains.ts'
import {
  type Connection,
  connectionById,
  isConfigured,
  isOpenForSignIn,
  isOpenForTests,
} from '#connections/sign-in/connections.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, inTrial, nowOf, type Transaction } from '#src/context.ts'
import { sourceAsReason } from '#words/role-sources.ts'
import { type EffectiveAccess, effectiveAccessOf } from '../decisions/effective-access.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { attemptStatement, newReference, type SignInMethod, type Visitor } from './attempts.ts'
import { chosenEmail } from './chosen-email.ts'
import { maxGroups, setClaimGroups } from './claim-groups.ts'
import { providedEmailProof } from './email-proofs.ts'
import type { ExternalIdentity } from './external-identity.ts'
import { knownUser } from './find-user.ts'
import { checkProof } from './fresh-proof.ts'
import { keepIdToken } from './id-token.ts'
import { requestLink } from './link-requests.ts'
import {
  isTest,
  openRequestSecret,
  requestLedTo,
  type SignInPurpose,
  type SignInRequest,
  useRequest,
} from './requests.ts'
import { type ResolvedUser, resolveIdentity } from './resolve-user.ts'
import { browserSessionsEnd, sessionEnd } from './sessions/end-sessions.ts'
import { type StartedSession, sessionStart } from './sessions/start-session.ts'
import { LinkAwaitsApproval, noted, passed, refuse, SignInRefused, type Trace } from './trace.ts'
import { messageMark, type ReceivedMessage } from './used-messages.ts'

export type SignInAnswer = {
  connectionId: string
  identity: ExternalIdentity
  /** The request that this answers; null for one that the provider began. */
  request: SignInRequest | null
  /** True where the request was used up before (`claimSignIn`). */
  isClaimed?: boolean
  /** The message that counts once, until it would be refused for its age anyway. */
  message: ReceivedMessage | null
  visitor: Visitor
  trace: Trace
}

export type SignInOutcome =
  | { kind: 'signed_in'; token: string; expiresAt: string; userId: string; returnTo: string; reference: string }
  /** A test sign-in: what would have happened. */
  | { kind: 'tested'; trace: Trace; reference: string; person: ResolvedUser }
  /** Created, and waits for an administrator. */
  | { kind: 'pending'; reference: string }

const markTested = prepared<{ organizationId: string; connectionId: string; now: string }, never>(
  (p) => sql`update connections set tested_at = ${p.now}::timestamptz,
      status = case when status = 'draft' then 'tested' else status end
    where organization_id = ${p.organizationId} and id = ${p.connectionId} and (tested_at is null or status = 'draft')`,
)

/**
 * @throws SignInRefused with the trace filled in; nothing is committed then, and a request that waits goes on waiting.
 * @throws AppError unavailable
 */
export async function finishSignIn(ctx: CallContext, answer: SignInAnswer): Promise<SignInOutcome> {
  const purpose = answer.request?.purpose ?? 'sign_in'
  if (!isTest(purpose))
    return inTransaction(ctx, (tx) => openSession(tx, ctx, answer, purpose)).catch((error: unknown) =>
      keepLinkRequest(ctx, answer, error),
    )
  // A test leaves nothing behind but its attempt.
  const { person, held } = await inTrial(ctx, async (tx) => {
    const { person } = await identifyUser(tx, ctx, answer, purpose)
    const [held] = await tx.run(effectiveAccessOf(ctx.organizationId, person.userId))
    return { person, held }
  })
  answer.trace.mapped = { ...answer.trace.mapped, access: accessWords(held) }
  return testDone(ctx, answer, person)
}

const linkWords = {
  pending: 'It is kept, and waits for an administrator',
  approved: 'An administrator had approved this link, and it was removed since',
  refused: 'An administrator has refused this link',
  not_kept: 'Too many of this connection wait for the same person already; it is not kept',
}

/** What is refused is undone, but for the request that an administrator decides on. @throws whatever it was */
async function keepLinkRequest(
  ctx: CallContext,
  { connectionId, trace }: SignInAnswer,
  error: unknown,
): Promise<never> {
  if (error instanceof LinkAwaitsApproval) {
    const status = await requestLink(ctx, { connectionId, ...error.link })
    noted(trace, 'link_request', linkWords[status])
  }
  throw error
}

/** What the person would be, a line each, with the reason. */
const accessWords = (access: EffectiveAccess | undefined): string[] =>
  (access?.assignments ?? []).map(({ role, brand, source }) => {
    const where = brand === null ? 'in the whole organization' : `in ${brand.name}`
    return `${role.name} ${where}, because ${sourceAsReason(source)}`
  })

type IdentifiedUser = {
  connection: Connection
  person: ResolvedUser
  request: SignInRequest | null
  /** Since when the session counts as proven; null: this moment. */
  provenAt: string | null
}

/** What sign-ins and tests have in common: message, request, person, groups. */
async function identifyUser(
  tx: Transaction,
  ctx: CallContext,
  answer: SignInAnswer,
  purpose: SignInPurpose,
): Promise<IdentifiedUser> {
  const { trace, connectionId, identity, message } = answer
  const { organizationId } = ctx
  const isWaiting = answer.request !== null && answer.isClaimed !== true
  // Sent at once, judged in this order: a message that was used before is a replay, whatever became of its request.
  const key = { organizationId, connectionId, subject: identity.subject, now: nowOf(ctx) }
  const [connections, persons, marks, uses] = await Promise.all([
    tx.run(connectionById({ organizationId, connectionId })),
    tx.run(knownUser(key)),
    message === null ? undefined : tx.run(messageMark(ctx, connectionId, message)),
    isWaiting ? tx.run(useRequest({ organizationId, stateHash: answer.request?.stateHash ?? '' })) : undefined,
  ])
  const connection = requireOpen(connections[0], purpose, trace)
  if (marks !== undefined) requireFirst(marks[0], trace)
  const request = uses === undefined ? answer.request : requireWaiting(uses[0], trace)
  const provenAt = checkProof(ctx, { identity, request, trace })
  const known = persons[0]
  // Also of what is refused from here on: whom it named, and by what.
  trace.mapped = { profile: identity.profile, ...(known?.isDeleted === false ? { userId: known.id } : {}) }
  const isInvitation = purpose === 'invitation'
  const expectedUserId = purpose === 'link' || isInvitation ? (request?.userId ?? null) : null
  const person = await resolveIdentity(tx, ctx, {
    connection,
    identity,
    expectedUserId,
    isInvitation,
    known,
    trace,
  }).catch((error: unknown) => refuseForUserinfo(trace, error))
  trace.mapped = { ...trace.mapped, userId: person.userId, how: person.how }
  await takeGroups(tx, ctx, { connection, identity, person, trace })
  return { connection, person, request, provenAt }
}

/** Where there is no address since the place where it may be could not be read, that is the reason. @throws what it was given, or SignInRefused */
function refuseForUserinfo(trace: Trace, error: unknown): never {
  const unread = trace.steps.find(({ check, result }) => check === 'userinfo' && result === 'note')
  if (!(error instanceof SignInRefused) || error.reason !== 'no_address' || unread === undefined) throw error
  trace.steps = trace.steps.filter(({ check }) => check !== 'no_address')
  const why = unread.detail ?? ''
  return refuse(trace, 'userinfo_unavailable', `The ID token has no e-mail address, and userinfo gave none. ${why}`)
}

type Arrived = Pick<IdentifiedUser, 'connection' | 'person'> & Pick<SignInAnswer, 'identity' | 'trace'>

/** The groups of the message become those of the person, where it has any to go by and no directory decides. */
async function takeGroups(tx: Transaction, ctx: CallContext, arrived: Arrived): Promise<void> {
  const { connection, identity, person, trace } = arrived
  const { groupsState, profile } = identity
  if (person.directoryId !== null)
    return noted(trace, 'groups', 'The directory decides the groups of this person; those of the message are ignored')
  if (groupsState === 'listed') {
    const key = { connectionId: connection.id, userId: person.userId, values: profile.groups }
    const { added, removed } = await setClaimGroups(tx, ctx, key)
    if (profile.groups.length > maxGroups) noted(trace, 'groups', `Only the first ${maxGroups} are kept`)
    return passed(trace, 'groups', `${profile.groups.length} groups, ${added} new, ${removed} gone`)
  }
  noted(trace, 'groups', `The message says nothing to go by about groups (${groupsState}); stored ones stay`)
  if (groupsState !== 'unreadable') return
  const detail = { connectionId: connection.id, name: connection.name }
  await tx.run(raiseAlarm(ctx, { kind: 'groups_unreadable', detail }))
}

/** @throws SignInRefused where the connection does not serve such sign-ins (any more) */
export function requireOpen(connection: Connection | undefined, purpose: SignInPurpose, trace: Trace): Connection {
  if (connection === undefined) return refuse(trace, 'unknown_connection', 'The connection is gone')
  const isOpen = isTest(purpose) ? isOpenForTests(connection) : isOpenForSignIn(connection)
  if (!isConfigured(connection)) refuse(trace, 'not_configured', 'The connection does not know its provider yet')
  if (!isOpen) refuse(trace, 'connection_closed', `The connection is ${connection.status}`)
  passed(trace, 'connection', connection.status)
  return connection
}

function requireFirst(mark: { isFirst: boolean } | undefined, trace: Trace): void {
  if (mark === undefined) refuse(trace, 'replay', 'The message was used before')
  passed(trace, 'replay', 'The message is used for the first time')
}

function requireWaiting(request: SignInRequest | undefined, trace: Trace): SignInRequest {
  if (request === undefined)
    return refuse(trace, 'request_used', 'The sign-in that this answers is finished or has expired')
  passed(trace, 'request', 'It answers a sign-in that waited for it')
  return request
}

async function openSession(
  tx: Transaction,
  ctx: CallContext,
  answer: SignInAnswer,
  purpose: SignInPurpose,
): Promise<SignInOutcome> {
  const { identity, visitor, trace, connectionId } = answer
  const { connection, person, request, provenAt } = await identifyUser(tx, ctx, answer, purpose)
  const reference = newReference(ctx)
  const shared = {
    ...visitor,
    reference,
    method: connection.type as SignInMethod,
    connectionId,
    userId: person.userId,
    trace,
  }
  if (person.how === 'waiting') {
    await tx.commitWith(attemptStatement(ctx, { ...shared, outcome: 'pending', reason: 'awaits_approval' }))
    return { kind: 'pending', reference }
  }
  const start = sessionStart(
    { ...ctx, actor: { type: 'user', id: person.userId } },
    {
      userId: person.userId,
      method: connection.type,
      hasSecondFactor: identity.hasSecondFactor,
      connectionId,
      subject: identity.subject,
      providerSession: identity.providerSession,
      nameId: identity.nameId,
      idTokenSealed: null,
      notAfter: identity.notAfter,
      authenticatedAt: provenAt,
      ...visitor,
    },
  )
  const { organizationId } = ctx
  const proofs = await provenAddresses(tx, ctx, { connection, identity, userId: person.userId })
  passed(trace, 'session')
  const [rows] = await tx.commitWith<unknown>(
    start.statement,
    ...replacedEnd(ctx, request),
    ...(request === null ? [] : [requestLedTo(ctx, request, start.sessionId)]),
    ...proofs,
    attemptStatement(ctx, { ...shared, outcome: 'signed_in', reason: null }),
    ...(connection.testedAt === null ? [markTested({ organizationId, connectionId, now: nowOf(ctx) })] : []),
    ...(identity.idToken === null ? [] : [keepIdToken(ctx, start.sessionId, identity.idToken)]),
  )
  // The person's row is locked since their status was read, so there is a session, unless the organization was suspended.
  const [started] = (rows ?? []) as StartedSession[]
  if (started === undefined) return refuse(trace, 'inactive', 'The organization was suspended meanwhile')
  const returnTo = request?.returnTo ?? '/account'
  return {
    kind: 'signed_in',
    token: start.token,
    expiresAt: started.expiresAt,
    userId: person.userId,
    returnTo,
    reference,
  }
}

async function provenAddresses(
  tx: Transaction,
  ctx: CallContext,
  { connection, identity, userId }: { connection: Connection; identity: ExternalIdentity; userId: string },
): Promise<Statement<unknown>[]> {
  const email = await chosenEmail(tx, ctx, { connection, identity })
  const name = email === null || identity.emailVerification === 'denied' ? undefined : domainOf(email)
  if (email === null || name === undefined) return []
  return [providedEmailProof(ctx, { userId, email, name, connectionId: connection.id })]
}

/** The end of the session that this browser had when the sign-in began, or that another tab has opened meanwhile. */
function replacedEnd(ctx: CallContext, request: SignInRequest | null): Statement<unknown>[] {
  if (request === null) return []
  const replaced = openRequestSecret(ctx, request)['replaces']
  const known = typeof replaced === 'string' ? [sessionEnd(ctx, replaced, 'replaced')] : []
  return [...known, browserSessionsEnd(ctx, request.browserHash)]
}

async function testDone(ctx: CallContext, answer: SignInAnswer, person: ResolvedUser): Promise<SignInOutcome> {
  const { connectionId, visitor, trace, request } = answer
  const { organizationId } = ctx
  const reference = newReference(ctx)
  const userId = person.how === 'created' ? null : person.userId
  const method = 'subject' in answer.identity && answer.identity.idToken !== null ? 'oidc' : 'saml'
  const attempt = {
    ...visitor,
    reference,
    method,
    connectionId,
    userId,
    trace,
    outcome: 'tested',
    reason: null,
  } as const
  const audit = {
    action: 'connection.test',
    targetType: 'connection',
    targetId: connectionId,
    detail: { reference },
  } as const
  await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(
      ...(request === null ? [] : [useRequest({ organizationId, stateHash: request.stateHash })]),
      attemptStatement(ctx, attempt),
      markTested({ organizationId, connectionId, now: nowOf(ctx) }),
      recordAudit(ctx, audit),
    ),
  )
  return { kind: 'tested', trace, reference, person }
}
