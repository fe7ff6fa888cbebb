// What an invitation would lead to, before it is sent: what the person will hold, and what is to be thought of.
import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { domainOf } from '#connections/domains/domains.ts'
import { once } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { signsInBy } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import { parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermissionIn } from '#src/context.ts'
import { requireGuestInvitation } from '../grants/assignments/guests.ts'
import { requireTargets } from '../grants/managers/targets.ts'
import { CreateInvitationInput, holdingsOf, invitedName } from './create-invitation.ts'
import { type Holding, requireOverridable } from './invited-overrides.ts'
import { isPersonalMail } from './personal-mail.ts'

export type WarningCode = 'personal_mail' | 'foreign_domain' | 'no_end_date' | 'administrator' | 'provider_required'

export type InvitationPreview = {
  email: string
  displayName: string | null
  /**
   * `invited`: they have an invitation already, and to the same roles get a new link; `exists`: they cannot be invited;
   * `waiting`: nor can they, since somebody has to let them in.
   */
  person: 'new' | 'invited' | 'exists' | 'waiting'
  roles: {
    role: { id: string; key: string; name: string; purpose: string; allows: string[] }
    brand: { id: string; slug: string; name: string } | null
  }[]
  /** Single permissions on top of them, or taken from them. */
  overrides: {
    permission: string
    effect: 'allow' | 'deny'
    brand: { id: string; slug: string; name: string } | null
  }[]
  /** How long the link is good. */
  days: number
  /** When what they hold ends; null: never. */
  expiresAt: string | null
  warnings: { code: WarningCode; message: string }[]
}

type Facts = {
  status: string | null
  days: number
  personalDomains: string[] | null
  isOwnDomain: boolean
  /** Whether the organization has verified any. */
  hasOwnDomain: boolean
  enforced: string | null
  purposes: Record<string, string>
}

const factsOf = (organizationId: string, email: string, holdings: readonly Holding[]) =>
  once<Facts>(sql`select o.invitation_days as days, o.personal_mail_domains as "personalDomains",
      (select case when ${isWaiting} then 'waiting' else u.status end from users u where u.organization_id = o.id and u.deleted_at is null
        and ${signsInBy(sql`${fold(email)}`)} order by u.id limit 1) as status,
      exists (select from domains d where d.organization_id = o.id and d.name = ${domainOf(email) ?? ''}
        and d.status = 'verified') as "isOwnDomain",
      exists (select from domains d where d.organization_id = o.id and d.status = 'verified') as "hasOwnDomain",
      (select c.name from connections c where c.organization_id = o.id and c.status = 'enforced' order by c.id limit 1)
        as enforced,
      (select coalesce(json_object_agg(r.id, r.purpose), '{}') from roles r where r.organization_id = o.id
        and r.id = any (${sql.param(holdings.map(({ roleId }) => roleId))}::text[])) as purposes
    from organizations o where o.id = ${organizationId}`)

/** Nothing is sent or kept. @throws AppError as `createInvitation` does, but for a person who exists already */
export async function previewInvitation(
  ctx: CallContext,
  input: z.input<typeof CreateInvitationInput>,
): Promise<InvitationPreview> {
  const wanted = parseInput(CreateInvitationInput, input)
  const holdings = holdingsOf(wanted)
  for (const { brandId } of holdings) requirePermissionIn(ctx, 'invitations.write', brandId)
  requireFuture(wanted.expiresAt, ctx.clock.now(), 'expiresAt')
  return inTransaction(ctx, async (tx) => {
    await requireGuestInvitation(tx, ctx, { email: wanted.email, expiresAt: wanted.expiresAt ?? null })
    const [facts] = await tx.run(factsOf(ctx.organizationId, wanted.email, holdings))
    const targets = []
    for (const holding of holdings) targets.push(await requireTargets(tx, ctx, holding))
    const roles = targets.map(({ role, brand, permissions }) => ({
      role: { ...role, purpose: facts?.purposes[role.id] ?? '', allows: permissions.allows },
      brand,
    }))
    await requireOverridable(tx, ctx, wanted, holdings)
    const overrides = wanted.overrides.map(({ permission, effect, brandId = null }) => ({
      ...{ permission, effect, brand: roles.find(({ brand }) => (brand?.id ?? null) === brandId)?.brand ?? null },
    }))
    const { email, expiresAt = null } = wanted
    return {
      ...{ email, displayName: invitedName(wanted), expiresAt, roles, overrides },
      person: personOf(facts?.status ?? null),
      days: wanted.days ?? facts?.days ?? 7,
      warnings: facts === undefined ? [] : warningsOf(facts, { email, expiresAt, roles }),
    }
  })
}

/** Whether an invitation to this person would be made, or made again. */
export const canBeSent = ({ person }: InvitationPreview): boolean => person === 'new' || person === 'invited'

const personOf = (status: string | null): InvitationPreview['person'] => {
  if (status === null) return 'new'
  return status === 'invited' || status === 'waiting' ? status : 'exists'
}

function warningsOf(
  { personalDomains, isOwnDomain, hasOwnDomain, enforced }: Facts,
  { email, expiresAt, roles }: Pick<InvitationPreview, 'email' | 'expiresAt' | 'roles'>,
): InvitationPreview['warnings'] {
  const domain = domainOf(email) ?? ''
  const isPersonal = isPersonalMail(domain, personalDomains)
  const warnings: InvitationPreview['warnings'] = []
  const warn = (code: WarningCode, message: string): void => void warnings.push({ code, message })
  if (isPersonal) warn('personal_mail', `${domain} is personal mail: the address stays theirs when they leave.`)
  else if (!isOwnDomain) warn('foreign_domain', `${domain} is not a verified domain of your organization.`)
  if (!isOwnDomain && (hasOwnDomain || isPersonal) && expiresAt === null)
    warn('no_end_date', 'People from outside are better invited until a date.')
  if (roles.some(({ role }) => role.allows.includes('*')))
    warn('administrator', 'This makes them an administrator: they may do everything there.')
  if (enforced !== null)
    warn('provider_required', `They will have to sign in through ${enforced}; make sure that it knows them.`)
  return warnings
}
