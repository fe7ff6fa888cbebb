// One row: the person is created, or what they lack is added and their profile brought to what the row says. A password that
// somebody has by now, and whatever a directory decides, stays.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { deactivation } from '#directory/deactivation.ts'
import { fold } from '#directory/fold.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { updateUserWithin } from '#directory/update-user.ts'
import { changedFields, contentOf, type UserContent } from '#directory/user-content.ts'
import type { Attributes } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { openAssignment } from '../../grants/assignments/open-assignment.ts'
import { identityLink } from '../../sign-in/identities.ts'
import { importedTotp } from '../factors/totp.ts'
import type { Known, KnownPerson } from './references.ts'
import type { ImportRow } from './rows.ts'

export type RowOutcome = 'created' | 'updated' | 'unchanged'

type Found = Known & { people: ReadonlyMap<string, KnownPerson> }

/** @throws AppError invalid, conflict */
export async function importOne(
  tx: Transaction,
  ctx: CallContext,
  row: ImportRow,
  found: Found,
): Promise<{ userId: string; outcome: RowOutcome }> {
  const person = found.people.get(fold(row.userName))
  const content = contentFrom(row)
  if (person !== undefined) return bring(tx, ctx, { row, content, person, found })
  const { id } = await provisionWithin(tx, ctx, { directoryId: null, content })
  const statements = belongings(ctx, id, row, found, undefined)
  await Promise.all(statements.map((statement) => tx.run(statement)))
  await requireLinked(tx, ctx, id, row, found)
  return { userId: id, outcome: 'created' }
}

const contentFrom = ({ userName, externalId, displayName, status, attributes }: ImportRow): UserContent => ({
  ...{ userName, externalId: externalId ?? null, displayName: displayName ?? null, attributes },
  isActive: status === 'active',
})

type Bringing = { row: ImportRow; content: UserContent; person: KnownPerson; found: Found }

async function bring(tx: Transaction, ctx: CallContext, { row, content, person, found }: Bringing) {
  const { id: userId, directoryId, status } = person
  if (directoryId !== null)
    throw new AppError('conflict', 'A directory manages this person; what it does not decide is not imported either', {
      reason: 'managed_by_directory',
    })
  const { isActive, ...profile } = content
  // What a row does not mention stays.
  const change = (before: UserContent): UserContent => ({
    ...{ ...profile, externalId: profile.externalId ?? before.externalId },
    displayName: profile.displayName ?? before.displayName,
    attributes: merged(before.attributes, profile.attributes),
  })
  const before = contentOf(person)
  const fields = changedFields(before, change(before))
  if (fields.length > 0)
    await updateUserWithin(tx, ctx, { userId, directoryId: null, change: (current) => change(contentOf(current)) })
  const off = isActive === false && status === 'active' ? [deactivation(ctx, userId, { reason: 'administrator' })] : []
  const statements = [...belongings(ctx, userId, row, found, person), ...off]
  for (const statement of statements) await tx.run(statement)
  await requireLinked(tx, ctx, userId, row, found)
  return { userId, outcome: fields.length + statements.length > 0 ? 'updated' : 'unchanged' } as const
}

const isPart = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Complex attributes and extensions part by part; lists as a whole. */
function merged(before: Attributes, given: Attributes): Attributes {
  const parts = Object.entries(given).map(([name, value]) => {
    const old = before[name]
    return [name, isPart(value) && isPart(old) ? { ...old, ...value } : value]
  })
  return { ...before, ...Object.fromEntries(parts) }
}

const givePassword = prepared<{ organizationId: string; userId: string; hash: string; now: string }, never>(
  (p) => sql`insert into passwords (organization_id, user_id, hash, must_change, changed_at)
    values (${p.organizationId}, ${p.userId}, ${p.hash}, false, ${p.now}::timestamptz) on conflict do nothing`,
)

/** What they have besides their profile, and lack by now, as statements with one audit row. */
function belongings(
  ctx: CallContext,
  userId: string,
  { assignments, identities, passwordHash, totpSecret }: ImportRow,
  known: Known,
  person: KnownPerson | undefined,
): Statement<unknown>[] {
  const { organizationId } = ctx
  const now = nowOf(ctx)
  const held = assignments
    .map(({ role, brand, expiresAt }) => ({
      ...{ userId, roleId: known.role(role), expiresAt: expiresAt ?? null },
      brandId: brand === null || brand === undefined ? null : known.brand(brand),
    }))
    .filter(({ roleId, brandId }) => person?.holdings.includes(`${roleId} ${brandId ?? ''}`) !== true)
  const linked = identities
    .map(({ connection, subject }) => ({ connectionId: known.connection(connection), subject }))
    .filter(({ connectionId, subject }) => person?.identities.includes(`${connectionId} ${subject}`) !== true)
  const password = passwordHash !== null && person?.hasPassword !== true ? [passwordHash] : []
  const totp = typeof totpSecret === 'string' && person === undefined ? [totpSecret] : []
  const statements: Statement<unknown>[] = [
    ...held.map((each) => openAssignment(ctx, { ...each, reason: 'Imported' })),
    ...linked.map((each) => identityLink({ organizationId, ...each, userId, now, signedInAt: null })),
    ...password.map((hash) => givePassword({ organizationId, userId, hash, now })),
    ...totp.map((secret) => importedTotp(ctx, { userId, secret })),
  ]
  if (statements.length === 0) return []
  const detail = { assignments: held, identities: linked, hasPassword: password.length > 0, hasTotp: totp.length > 0 }
  return [...statements, recordAudit(ctx, { action: 'user.import', targetType: 'user', targetId: userId, detail })]
}

const owners = prepared<
  { organizationId: string; connectionIds: readonly string[]; subjects: readonly string[]; userId: string },
  { subject: string }
>(
  (p) => sql`select i.subject from unnest(${p.connectionIds}::text[], ${p.subjects}::text[]) w (connection_id, subject)
    join identities i on i.organization_id = ${p.organizationId} and i.connection_id = w.connection_id
      and i.subject = w.subject and i.user_id <> ${p.userId}`,
)

/** @throws AppError conflict where an identity is somebody else's */
async function requireLinked(
  tx: Transaction,
  ctx: CallContext,
  userId: string,
  row: ImportRow,
  known: Known,
): Promise<void> {
  if (row.identities.length === 0) return
  const connectionIds = row.identities.map(({ connection }) => known.connection(connection))
  const subjects = row.identities.map(({ subject }) => subject)
  const [taken] = await tx.run(owners({ organizationId: ctx.organizationId, connectionIds, subjects, userId }))
  if (taken !== undefined)
    throw new AppError('conflict', `The identity ${taken.subject} is somebody else's`, { reason: 'identity' })
}
