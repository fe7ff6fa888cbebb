// Inviting a person: they exist from now on, as invited, with the roles that they will hold; none of it has effect before they
// accept. Inviting the same person again is sending it again.

import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditAction } from '#audit/actions.ts'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { signsInBy } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { issueToken } from '#platform/crypto.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermissionIn, type Transaction } from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../ceiling/ceiling.ts'
import { dropAssignments } from '../grants/assignments/drop-assignments.ts'
import { requireGuestInvitation } from '../grants/assignments/guests.ts'
import { requireTargets } from '../grants/managers/targets.ts'
import { type InvitationRecord, invitationById, shown } from './invitations.ts'
import { insertHolding } from './invited-holding.ts'
import { type Holding, holdingsOfOverrides, invitedOverride } from './invited-overrides.ts'
import { queueInvitation, resendWithin } from './send-invitation.ts'

const maxBrands = 100

export const CreateInvitationInput = z
  .object({
    email: z.email('must be an e-mail address').max(320),
    /** First and last name, unless said otherwise. */
    displayName: nameSchema.nullish(),
    givenName: nameSchema.nullish(),
    familyName: nameSchema.nullish(),
    /** In the organization. */
    roleId: z.string().nullish(),
    brands: z
      .array(z.object({ brandId: z.string(), roleId: z.string() }))
      .max(maxBrands)
      .default([]),
    /** Single permissions on top of those roles. */
    overrides: z.array(invitedOverride).max(20).default([]),
    note: z
      .string()
      .trim()
      .max(1_000, 'must have at most 1000 characters')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
      .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]*$/, 'must not contain control characters')
      .nullish(),
    /** How long the link is good; the organization's policy unless said otherwise. */
    days: z.int().min(1).max(90).nullish(),
    /** When what they will hold ends. */
    expiresAt: instantSchema.nullish(),
    /** Who vouches for them; the inviter unless said otherwise. */
    sponsor: nameSchema.nullish(),
  })
  .refine(({ roleId, brands }) => (roleId ?? null) !== null || brands.length > 0, {
    path: ['roleId'],
    message: 'an invitation needs a role, in the organization or in a brand',
  })

type Wanted = z.output<typeof CreateInvitationInput>

type Known = {
  userId: string
  status: string
  /** Brought by a staged directory, or by a first sign-in that wants an approval. */
  isWaiting: boolean
  invitationId: string | null
  holdings: Holding[]
}

// Locked, so that two invitations of one address follow each other.
const lockKnown = prepared<{ organizationId: string; key: string }, Known>(
  (p) => sql`select u.id as "userId", u.status, ${isWaiting} as "isWaiting",
      (select i.id from invitations i where i.organization_id = u.organization_id and i.user_id = u.id and i.status = 'pending')
        as "invitationId",
      (select coalesce(json_agg(json_build_object('roleId', a.role_id, 'brandId', a.brand_id)), '[]') from assignments a
        where a.organization_id = u.organization_id and a.user_id = u.id) as holdings
    from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and ${signsInBy(p.key)}
    order by u.id limit 1 for no key update of u`,
)

const invitationPolicy = prepared<{ organizationId: string }, { days: number; name: string }>(
  (p) => sql`select o.invitation_days as days, o.name from organizations o where o.id = ${p.organizationId}`,
)

const insertInvitation = prepared<
  {
    organizationId: string
    id: string
    userId: string
    email: string
    emailKey: string
    tokenHash: string
    note: string | null
    invitedBy: string
    days: number
    now: string
  },
  { expiresAt: string; inviter: string | null; timeZone: string | null }
>(
  (
    p,
  ) => sql`insert into invitations (organization_id, id, user_id, email, email_key, token_hash, status, note, invited_by,
      created_at, expires_at)
    values (${p.organizationId}, ${p.id}, ${p.userId}, ${p.email}, ${p.emailKey}, ${p.tokenHash}, 'pending', ${p.note},
      ${p.invitedBy}, ${p.now}::timestamptz, now() + make_interval(days => ${p.days}::int))
    returning expires_at as "expiresAt", (select coalesce(u.display_name, u.user_name) from users u
      where u.organization_id = ${p.organizationId} and u.id = ${p.invitedBy}) as inviter,
      (select ${timeZoneColumn} from users u
        where u.organization_id = ${p.organizationId} and u.id = ${p.userId}) as "timeZone"`,
)

/**
 * @throws AppError invalid; not_found for a role or brand that is not there; forbidden (reasons `permission`, `other_brand`,
 *   `ceiling`); against_policy (reasons `guest_domain`, `guest_end_date`); conflict where the person exists already
 *   (reason `uniqueness`), waits to be let in (reason `waiting`), or is invited with other roles (reason `other_roles`)
 */
export async function createInvitation(
  ctx: CallContext,
  input: z.input<typeof CreateInvitationInput>,
): Promise<InvitationRecord> {
  const { invitation } = await inviteUser(ctx, parseInput(CreateInvitationInput, input), 'resend')
  return invitation
}

/**
 * @param whereInvited whether somebody who is invited to the same already gets a new link
 * @throws AppError as `createInvitation` does
 */
export async function inviteUser(
  ctx: CallContext,
  wanted: Wanted,
  whereInvited: 'resend' | 'leave',
): Promise<{ invitation: InvitationRecord; isNew: boolean }> {
  const roles = holdingsOf(wanted)
  for (const { brandId } of roles) requirePermissionIn(ctx, 'invitations.write', brandId)
  requireFuture(wanted.expiresAt, ctx.clock.now(), 'expiresAt')
  const { organizationId } = ctx
  const key = fold(wanted.email)
  return inTransaction(ctx, async (tx) => {
    await requireGuestInvitation(tx, ctx, { email: wanted.email, expiresAt: wanted.expiresAt ?? null })
    // Each role and brand has to exist in this organization.
    for (const { roleId, brandId } of roles) await requireTargets(tx, ctx, { roleId, brandId })
    const holdings = [...roles, ...(await holdingsOfOverrides(tx, ctx, wanted, roles))]
    const [policy] = await tx.run(invitationPolicy({ organizationId }))
    const days = wanted.days ?? policy?.days ?? 7
    const [known] = await tx.run(lockKnown({ organizationId, key }))
    const asked = { wanted, holdings, days, organizationName: policy?.name ?? '' }
    const isNew = known === undefined || known.invitationId === null
    if (known !== undefined) {
      requireInvitable(known)
      await requireNotAbove(tx, ctx, known.userId)
    }
    const concern = { users: known === undefined ? [] : [known.userId], arrivals: ({ userId }: Made) => [userId] }
    const { invitationId } = await withinCeiling(tx, ctx, concern, () =>
      known === undefined || isNew
        ? invite(tx, ctx, known, asked)
        : inviteAgain(tx, ctx, known, { ...asked, whereInvited }),
    )
    const [rows] = await tx.commitWith(invitationById({ organizationId, invitationId }))
    const invitation = rows?.[0]
    if (invitation === undefined) throw notFound('Invitation')
    return { invitation: shown(invitation), isNew }
  })
}

const existsAlready = (): AppError =>
  new AppError('conflict', 'A person with this e-mail address exists already', { reason: 'uniqueness' })

const waits = (): AppError =>
  new AppError('conflict', 'This person waits to be let in; look at what they would hold and let them in instead', {
    reason: 'waiting',
  })

/** Nobody is invited past those who would let them in. @throws AppError conflict (reasons `uniqueness`, `waiting`) */
function requireInvitable({ status, isWaiting: waitsAlready, invitationId }: Known): void {
  if (status !== 'invited') throw existsAlready()
  if (waitsAlready && invitationId === null) throw waits()
}

const otherRoles = (): AppError =>
  new AppError('conflict', 'This person is invited already, with other roles; cancel that invitation first', {
    reason: 'other_roles',
  })

const audit = (ctx: CallContext, invitationId: string, action: AuditAction, detail: Record<string, unknown>) =>
  recordAudit(ctx, { action, targetType: 'invitation', targetId: invitationId, detail })

/** Each once. */
export function holdingsOf({ roleId, brands }: Pick<Wanted, 'roleId' | 'brands'>): Holding[] {
  const inOrganization = roleId === null || roleId === undefined ? [] : [{ roleId, brandId: null }]
  const holdings: Holding[] = [...inOrganization, ...brands]
  return [...new Map(holdings.map((holding) => [keyOf(holding), holding])).values()]
}

const keyOf = ({ roleId, brandId }: Holding): string => `${roleId} ${brandId ?? ''}`

const isSame = (left: Holding[], right: Holding[]): boolean =>
  JSON.stringify(left.map(keyOf).sort()) === JSON.stringify(right.map(keyOf).sort())

const namesOf = ({ givenName, familyName }: Wanted): [string, string][] =>
  Object.entries({ givenName, familyName }).filter((part): part is [string, string] => typeof part[1] === 'string')

/** What an invited person is called: as the invitation says, else by first and last name. */
export function invitedName(wanted: Wanted): string | null {
  const names = namesOf(wanted)
  return wanted.displayName ?? (names.length === 0 ? null : names.map(([, part]) => part).join(' '))
}

async function provision(tx: Transaction, ctx: CallContext, wanted: Wanted): Promise<string> {
  const { email } = wanted
  const names = namesOf(wanted)
  const content = {
    ...{ userName: email, externalId: null, displayName: invitedName(wanted), isActive: true },
    attributes: {
      ...(names.length === 0 ? {} : { name: Object.fromEntries(names) }),
      emails: [{ value: email, type: 'work', primary: true }],
    },
  }
  const permitted = { ...ctx, permissions: 'all' as const }
  return (await provisionWithin(tx, permitted, { directoryId: null, content, isInvited: true })).id
}

type Made = { invitationId: string; userId: string }

type Invitation = { wanted: Wanted; holdings: Holding[]; days: number; organizationName: string }

/** @returns the invitation that waits already. @throws AppError conflict where it is to other roles */
async function inviteAgain(
  tx: Transaction,
  ctx: CallContext,
  known: Known,
  { wanted, holdings, days, whereInvited }: Invitation & { whereInvited: 'resend' | 'leave' },
): Promise<Made> {
  const { invitationId, userId } = known
  if (invitationId === null) throw existsAlready()
  if (!isSame(known.holdings, holdings)) throw otherRoles()
  if (whereInvited === 'leave') return { invitationId, userId }
  await resendWithin(tx, ctx, { invitationId, days })
  await tx.run(audit(ctx, invitationId, 'invitation.resend', { email: wanted.email }))
  return { invitationId, userId }
}

/** A new person, or one whose earlier invitation was cancelled. */
async function invite(
  tx: Transaction,
  ctx: CallContext,
  known: Known | undefined,
  { wanted, holdings, days, organizationName }: Invitation,
): Promise<Made> {
  const { email, note = null, expiresAt = null, sponsor = null } = wanted
  const { organizationId } = ctx
  const userId = known?.userId ?? (await provision(tx, ctx, wanted))
  if (known !== undefined) await dropAssignments(tx, ctx, { userId, at: 'invitation' })
  const invitationId = ctx.ids.next('inv')
  const { plain, hash } = issueToken(ctx.randomBytes)
  const [now, createdBy] = [nowOf(ctx), ctx.actor.id]
  const row = { organizationId, id: invitationId, userId, email, emailKey: fold(email), tokenHash: hash, note }
  const [made] = await tx.run(insertInvitation({ ...row, invitedBy: createdBy, days, now }))
  for (const holding of holdings) await tx.run(insertHolding(ctx, { userId, expiresAt, sponsor, ...holding }))
  await queueInvitation(tx, ctx, {
    ...{ invitationId, token: plain, userId, email, note, organizationName },
    expiresAt: made?.expiresAt ?? now,
    inviter: made?.inviter ?? null,
    timeZone: made?.timeZone ?? null,
  })
  await tx.run(audit(ctx, invitationId, 'invitation.create', { email, userId, holdings, days, expiresAt }))
  return { invitationId, userId }
}
