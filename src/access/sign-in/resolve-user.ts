// From a verified message to a person (ADR 0030): the stored identity, or a link that may be made, or a new person where
// the connection allows that. Every way is noted in the trace; whoever is not let in is refused with a reason.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { domainOf, verifiedDomain } from '#connections/domains/domains.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import { activation } from '#directory/activation.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { isDirectorysHold } from '#directory/status-word.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { statusReasonWords } from '#words/status-reasons.ts'
import { areSeatsTaken } from '../ground/seats.ts'
import { chosenEmail, refuseSeveral } from './chosen-email.ts'
import { defaultAssignment } from './default-role.ts'
import { invitedEmailProof } from './email-proofs.ts'
import type { ExternalIdentity } from './external-identity.ts'
import { findUsers, lockStatus, type Person } from './find-user.ts'
import { identityLink } from './identities.ts'
import { tellOfLink } from './linked-identity.ts'
import { managesAnything } from './manages.ts'
import { LinkAwaitsApproval, passed, refuse, type Trace } from './trace.ts'

export type UserLookup = {
  connection: Connection
  identity: ExternalIdentity
  /** Somebody who has proven to be this user and asked for the link (or accepts an invitation). */
  expectedUserId: string | null
  isInvitation: boolean
  /** Of the stored identity; undefined where there is none yet. Somebody who was deleted has left it behind. */
  known: Person | undefined
  trace: Trace
}

export type ResolvedUser = {
  userId: string
  directoryId: string | null
  how: 'identity' | 'linked' | 'created' | 'waiting'
}

/** @throws SignInRefused */
export async function resolveIdentity(tx: Transaction, ctx: CallContext, lookup: UserLookup): Promise<ResolvedUser> {
  const { connection, identity, known, trace } = lookup
  if (known !== undefined && !known.isDeleted) {
    requireExpected(lookup, known)
    const successor = await successorOf(tx, ctx, lookup, known)
    if (successor !== undefined) return linkTo(tx, ctx, lookup, successor)
    passed(trace, 'identity', 'The identity is known')
    // The row is locked, so its status is that of the session's beginning.
    return {
      userId: await admitAs(tx, ctx, lookup, known, known.status),
      directoryId: known.directoryId,
      how: 'identity',
    }
  }
  const { organizationId } = ctx
  identity.profile.email = await chosenEmail(tx, ctx, lookup)
  const { externalId, email } = identity.profile
  const formerUserId = known?.id ?? null
  const found = await findUsers(tx, {
    organizationId,
    directoryId: connection.directoryId,
    externalId,
    email,
    formerUserId,
  })
  const person = await linkable(tx, ctx, lookup, found)
  if (person !== undefined) return linkTo(tx, ctx, lookup, person)
  if (found.removed.length > 0)
    refuse(
      trace,
      'removed_by_directory',
      'This person has left; only their directory, or an invitation, brings them back',
    )
  if (found.further.length > 0)
    refuse(trace, 'link_needs_confirmation', 'The address is a further one of somebody who signs in by another address')
  const { userId, isWaiting } = await create(tx, ctx, lookup)
  await link(tx, ctx, lookup, userId)
  return { userId, directoryId: null, how: isWaiting ? 'waiting' : 'created' }
}

async function linkTo(tx: Transaction, ctx: CallContext, lookup: UserLookup, person: Person): Promise<ResolvedUser> {
  const { connection, identity } = lookup
  const userId = await admit(tx, ctx, lookup, person)
  await link(tx, ctx, lookup, userId)
  await tellOfLink(tx, ctx, { userId, connectionId: connection.id, subject: identity.subject })
  return { userId, directoryId: person.directoryId, how: 'linked' }
}

/**
 * Whom the directory has brought in place of somebody whom it has switched off: providers rename people by that, and the identity
 * goes on to who is there.
 */
async function successorOf(
  tx: Transaction,
  ctx: CallContext,
  lookup: UserLookup,
  known: Person,
): Promise<Person | undefined> {
  if (known.status !== 'inactive' || !isDirectorysHold(known.statusReason)) return undefined
  const names = { organizationId: ctx.organizationId, directoryId: null, externalId: null, email: null }
  const { successor } = await findUsers(tx, { ...names, formerUserId: known.id })
  const found = successor.find(({ status }) => status === 'active')
  if (found === undefined) return undefined
  await requireNotTakenBack(tx, ctx, lookup, found)
  passed(lookup.trace, 'link', 'The directory has switched this person off and brought them again as another')
  return found
}

function requireExpected({ expectedUserId, trace }: UserLookup, person: Person): void {
  if (expectedUserId === null || expectedUserId === person.id) return
  refuse(trace, 'identity_of_another', 'The identity belongs to another user than the one who asked for the link')
}

/** Those who are there; where nobody is, those who are switched off. */
const living = (persons: Person[]): Person[] => {
  const present = persons.filter(({ status }) => status === 'active' || status === 'invited')
  return present.length > 0 ? present : persons
}

/** The one person whom this identity may be linked to. */
async function linkable(
  tx: Transaction,
  ctx: CallContext,
  lookup: UserLookup,
  found: Awaited<ReturnType<typeof findUsers>>,
): Promise<Person | undefined> {
  const { identity, expectedUserId, trace } = lookup
  if (expectedUserId !== null) return expected(tx, ctx, lookup, expectedUserId)
  const [successor] = living(found.successor)
  if (successor !== undefined) {
    await requireNotTakenBack(tx, ctx, lookup, successor)
    passed(trace, 'link', 'The directory has brought the person again by the same externalId')
    return successor
  }
  const [byId, ...others] = living(found.external_id)
  if (byId !== undefined && others.length === 0) {
    await requireNotTakenBack(tx, ctx, lookup, byId)
    // The connection's own directory brought this person under this externalId, so the provider has named them before, by a
    // name that it alone gives out: whoever controls it decides about this person anyway. A claim finds nobody else.
    passed(trace, 'link', 'The directory of this connection knows the person by the same externalId')
    return byId
  }
  if (identity.profile.email === null && identity.emails.length > 1) refuseSeveral(identity, trace)
  const byEmail = found.email[0] ?? found.user_name[0]
  if (byEmail === undefined) return undefined
  await requireVerifiedEmail(tx, ctx, lookup, 'link_needs_confirmation')
  if (byEmail.isEmergencyAccount)
    refuse(trace, 'emergency_account', 'Emergency accounts do not sign in through a provider')
  await requireNotTakenBack(tx, ctx, lookup, byEmail)
  await requireNoManager(tx, ctx, lookup, byEmail)
  passed(trace, 'link', 'The e-mail address is in a domain that the organization has verified')
  return byEmail
}

const userById = prepared<{ organizationId: string; userId: string }, Person>(
  (p) => sql`select u.id, u.directory_id as "directoryId", u.status, u.status_reason as "statusReason",
      u.deleted_at is not null as "isDeleted", true as "isInvited", false as "isEmergencyAccount"
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

async function expected(tx: Transaction, ctx: CallContext, { trace }: UserLookup, userId: string): Promise<Person> {
  const [person] = await tx.run(userById({ organizationId: ctx.organizationId, userId }))
  if (person === undefined) refuse(trace, 'unknown_user', 'The user who asked for the link is gone')
  passed(trace, 'link', 'The person asked for the link and has proven who they are')
  return person
}

const takenBack = prepared<
  { organizationId: string; connectionId: string; subject: string; userId: string },
  { one: number }
>(
  (p) => sql`select 1 as one from link_requests where organization_id = ${p.organizationId}
    and connection_id = ${p.connectionId} and subject = ${p.subject} and user_id = ${p.userId} and status <> 'approved'`,
)

/**
 * What the person has taken back, or an administrator has refused or yet to decide on, is not linked by itself.
 * @throws LinkAwaitsApproval
 */
async function requireNotTakenBack(
  tx: Transaction,
  ctx: CallContext,
  { connection, identity, trace }: UserLookup,
  person: Person,
): Promise<void> {
  const { subject } = identity
  const key = { organizationId: ctx.organizationId, connectionId: connection.id, subject, userId: person.id }
  if ((await tx.run(takenBack(key))).length === 0) return
  const detail = 'The person has taken this identity back, or an administrator has not approved it'
  trace.steps.push({ check: 'link_needs_approval', result: 'failed', detail })
  throw new LinkAwaitsApproval(detail, { subject, userId: person.id, email: identity.profile.email ?? '' })
}

/**
 * Who can say who somebody is can be anybody, so an address alone never opens the account of somebody who manages something.
 * @throws LinkAwaitsApproval
 */
async function requireNoManager(tx: Transaction, ctx: CallContext, lookup: UserLookup, person: Person): Promise<void> {
  const { identity, trace } = lookup
  const key = { organizationId: ctx.organizationId, userId: person.id }
  const status = await lockStatus(tx, key)
  // Whoever is not active is refused for that in a moment, and asks for nothing.
  if (status !== 'active' && status !== 'invited') return
  if (!(await managesAnything(tx, key))) return
  const detail =
    'The person manages something here: an address links nobody to them without their or an administrator’s word'
  trace.steps.push({ check: 'link_needs_approval', result: 'failed', detail })
  throw new LinkAwaitsApproval(detail, {
    subject: identity.subject,
    userId: person.id,
    email: identity.profile.email ?? '',
  })
}

/** @throws SignInRefused unless the provider's address is in a domain that the organization has proven */
async function requireVerifiedEmail(
  tx: Transaction,
  ctx: CallContext,
  { connection, identity, trace }: UserLookup,
  reason: string,
): Promise<void> {
  const name = identity.profile.email === null ? undefined : domainOf(identity.profile.email)
  if (name === undefined) refuse(trace, 'no_address', 'The provider sent no e-mail address')
  const key = { organizationId: ctx.organizationId, name, connectionId: connection.id }
  const [verified] = await tx.run(verifiedDomain(key))
  if (verified === undefined) refuse(trace, reason, `The domain ${name} is not verified for this organization`)
  if (!verified.mayVouch)
    refuse(trace, 'domain_of_another', `The domain ${name} is bound to other connections than this one`)
  if (identity.emailVerification === 'denied')
    refuse(trace, 'email_not_verified', 'The provider does not say that it has verified the e-mail address')
  passed(trace, 'verified_domain', name)
}

/** Lets a person through who exists. @throws SignInRefused for whoever is not active */
async function admit(tx: Transaction, ctx: CallContext, lookup: UserLookup, person: Person): Promise<string> {
  const status = await lockStatus(tx, { organizationId: ctx.organizationId, userId: person.id })
  return admitAs(tx, ctx, lookup, person, status)
}

async function admitAs(
  tx: Transaction,
  ctx: CallContext,
  lookup: UserLookup,
  person: Person,
  status: Person['status'] | undefined,
): Promise<string> {
  const { trace, isInvitation } = lookup
  const { id: userId, isDeleted, statusReason } = person
  if (isDeleted) refuse(trace, 'removed_by_directory', 'The directory removed this person')
  if (status === 'invited' && (person.isInvited || isInvitation)) {
    await tx.run(activation(ctx, userId, 'invitation'))
    // Whoever had the link got it at the address; whoever was only recognized by the address did not need it.
    if (isInvitation) await tx.run(invitedEmailProof(ctx, userId))
    passed(trace, 'invitation', 'The open invitation is accepted by this sign-in')
    return userId
  }
  if (status === 'invited') refuse(trace, 'awaits_approval', 'The person waits for the approval of an administrator')
  if (status !== 'active') refuse(trace, 'inactive', `The person is inactive${reasonWords(statusReason)}`)
  passed(trace, 'status', 'active')
  return userId
}

async function link(tx: Transaction, ctx: CallContext, lookup: UserLookup, userId: string): Promise<void> {
  const { organizationId } = ctx
  const { connection, identity, trace } = lookup
  const { subject } = identity
  const now = nowOf(ctx)
  const key = { organizationId, connectionId: connection.id, subject, userId }
  const predecessorId = lookup.known?.id ?? null
  const [row] = await tx.run(identityLink({ ...key, now, signedInAt: now, predecessorId }))
  if (row?.userId !== userId) refuse(trace, 'identity_of_another', 'The identity was linked to somebody else meanwhile')
  const from = lookup.known === undefined ? {} : { from: lookup.known.id }
  const detail = { connectionId: connection.id, subject, ...from }
  await tx.run(recordAudit(ctx, { action: 'user.link_identity', targetType: 'user', targetId: userId, detail }))
}

/** Just-in-time provisioning. @throws SignInRefused where the connection does not allow it for this person */
async function create(
  tx: Transaction,
  ctx: CallContext,
  lookup: UserLookup,
): Promise<{ userId: string; isWaiting: boolean }> {
  const { connection, identity, trace } = lookup
  const { jit } = connection
  if (jit === 'off')
    refuse(trace, 'unknown_user', 'Nobody is known by this identity, and first sign-ins create nobody here')
  if (jit === 'verified_domains') await requireVerifiedEmail(tx, ctx, lookup, 'jit_domain')
  const { profile, subject } = identity
  const userName = profile.email ?? subject
  const isInvited = jit === 'approval' || (await areSeatsTaken(tx, ctx))
  const content = {
    userName,
    externalId: profile.externalId,
    displayName: displayNameOf(identity),
    isActive: true,
    attributes: attributesOf(identity),
  }
  const user = await provisionWithin(tx, ctx, { directoryId: null, content, isInvited }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
    const isReserved = error.extensions?.['reservedUntil'] !== undefined
    const exists = 'A user with this userName exists already and is not linked'
    return refuse(trace, 'link_needs_confirmation', isReserved ? error.message : exists)
  })
  if (connection.defaultRoleId !== null) await tx.run(defaultAssignment(ctx, connection, user.id))
  passed(trace, 'created', isInvited ? 'Created, and waits for approval' : 'Created by the first sign-in')
  return { userId: user.id, isWaiting: isInvited }
}

function displayNameOf({ profile, subject }: ExternalIdentity): string {
  const whole = [profile.firstName, profile.lastName].filter((part) => part !== null).join(' ')
  return profile.displayName ?? (whole === '' ? (profile.email ?? subject) : whole)
}

function attributesOf({ profile }: ExternalIdentity): Record<string, unknown> {
  const { firstName, lastName, email } = profile
  const name = {
    ...(firstName === null ? {} : { givenName: firstName }),
    ...(lastName === null ? {} : { familyName: lastName }),
  }
  return {
    ...(Object.keys(name).length === 0 ? {} : { name }),
    ...(email === null ? {} : { emails: [{ value: email, type: 'work', primary: true }] }),
  }
}

const reasonWords = (reason: string | null): string =>
  reason !== null && Object.hasOwn(statusReasonWords, reason)
    ? ` (${statusReasonWords[reason as keyof typeof statusReasonWords]})`
    : ''
