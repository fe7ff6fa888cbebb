// The first administrator of a new installation: there is no default password. The first start offers a link, good once and for a
// day, that creates the organization and whoever runs it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { bare } from '#directory/fold.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { issueToken, sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { enterInstance, inTransaction, nowOf, type Services, servicesOf } from '#src/context.ts'
import { findAccount } from '../accounts/account/account.ts'
import { requireGoodPassword } from '../accounts/passwords/password-policy.ts'
import { firstPassword } from '../accounts/passwords/passwords.ts'
import { type Browser, openSession, type SignedIn } from '../accounts/sign-in/complete-sign-in.ts'
import { openAssignment } from '../grants/assignments/open-assignment.ts'
import { highestRole } from '../grants/roles/highest-role.ts'
import { newTrace } from '../sign-in/trace.ts'
import { newOrganization } from './create-organization.ts'

const place: SealPlace = ['instance_keys', 'value_sealed', 'instance', 'first_administrator']
const hours = 24

const countOrganizations = prepared<Record<string, never>, { hasAny: boolean }>(
  () => sql`select has_organizations() as "hasAny"`,
)

const keepOffer = prepared<{ valueSealed: string }, never>(
  (p) => sql`insert into instance_keys (id, purpose, value_sealed, created_at)
    values ('first_administrator', 'first_administrator', ${p.valueSealed}, now())
    on conflict (id) do update set value_sealed = excluded.value_sealed, created_at = excluded.created_at,
      retired_at = null`,
)

const findOffer = prepared<{ hours: number }, { valueSealed: string }>(
  (p) => sql`select value_sealed as "valueSealed" from instance_keys
    where id = 'first_administrator' and retired_at is null and created_at > now() - make_interval(hours => ${p.hours}::int)
      and not has_organizations()`,
)

const takeOffer = prepared<Record<string, never>, { valueSealed: string }>(
  () => sql`update instance_keys set retired_at = now() where id = 'first_administrator' and retired_at is null
    and not has_organizations() returning value_sealed as "valueSealed"`,
)

/** Whether nobody has an account here yet. */
export async function isNewInstallation(services: Services): Promise<boolean> {
  const [found] = await services.database.read(countOrganizations({}))
  return found?.hasAny === false
}

/** @returns the token of the link, in a new installation; undefined where there is an organization already */
export async function offerFirstAdministrator(services: Services): Promise<string | undefined> {
  const [found] = await services.database.run(countOrganizations({}))
  if (found?.hasAny !== false) return undefined
  const { plain, hash } = issueToken(services.randomBytes)
  await services.database.run(keepOffer({ valueSealed: services.sealing.seal(hash, place) }))
  return plain
}

/** Whether the token is that of the link that counts. */
export async function isFirstAdministratorOffer(services: Services, token: string): Promise<boolean> {
  const [offer] = await services.database.run(findOffer({ hours }))
  return offer !== undefined && services.sealing.open(offer.valueSealed, place) === sha256(token)
}

const FirstInput = z.object({
  organization: nameSchema,
  name: nameSchema,
  email: z.email('must be an e-mail address').max(320),
  password: z.string().max(1_000),
})

/** `Northwind Media` as `northwind-media`. */
const slugOf = (name: string): string =>
  bare(name)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'organization'

const shortest = 12

/**
 * Creates the organization, its roles and the administrator, and signs them in: all or nothing, and once.
 * @throws AppError invalid where a field will not do (the link stays good); forbidden where the link does not count (any more)
 */
export async function createFirstAdministrator(
  services: Services,
  given: z.input<typeof FirstInput> & { token: string; browser: Browser; requestId: string },
): Promise<SignedIn> {
  const { organization, name, email, password } = parseInput(FirstInput, given)
  const over = new AppError('forbidden', 'This link was already used, or has expired', { reason: 'link_over' })
  if (!(await isFirstAdministratorOffer(services, given.token))) throw over
  requireGoodPassword(password, { minLength: shortest, ownWords: [organization, name, email] })
  const instance = {
    ...servicesOf(services),
    ...{ organizationId: '', actor: { type: 'system', id: 'first_start' } as const, permissions: 'all' as const },
    ...{ entry: enterInstance({}), requestId: given.requestId },
  }
  const { own, statements } = newOrganization(instance, { name: organization, slug: slugOf(organization) })
  const setPassword = await firstPassword(own, { password })
  const userId = await inTransaction(own, async (tx) => {
    const [offer] = await tx.run(takeOffer({}))
    if (offer === undefined) throw over
    for (const statement of statements) await tx.run(statement)
    const content = { userName: email, externalId: null, displayName: name, isActive: true }
    const attributes = { emails: [{ value: email, type: 'work', primary: true }] }
    const { id } = await provisionWithin(tx, own, { directoryId: null, content: { ...content, attributes } })
    const [role] = await tx.run(highestRole({ organizationId: own.organizationId }))
    if (role === undefined) throw new Error('A role pack has an administrator')
    const reason = 'The first administrator'
    await tx.run(setPassword(id))
    await tx.run(openAssignment(own, { userId: id, roleId: role.id, brandId: null, reason }))
    const audit = { action: 'organization.first_administrator', targetType: 'user', targetId: id } as const
    await tx.run(recordAudit(own, { ...audit, detail: { email, at: nowOf(own) } }))
    return id
  })
  const account = await findAccount(own, userId)
  if (account === undefined) throw new Error('The account was made just now')
  const progress = { method: 'password', hasSecondFactor: false, hasNewPassword: true } as const
  const opening = { account, progress, browser: given.browser, trace: newTrace(), attemptMethod: 'password' as const }
  const opened = await openSession(own, opening)
  if (opened.kind === 'refused') throw over
  return opened
}
