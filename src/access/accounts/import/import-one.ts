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
import { isRecord } from '#platform/json.ts'
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
  await give(tx, ctx, { userId: id, row, found, person: undefined })
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
  const isGiven = await give(tx, ctx, { userId, row, found, person })
  for (const statement of off) await tx.run(statement)
  return { userId, outcome: isGiven || fields.length + off.length > 0 ? 'updated' : 'unchanged' } as const
}

/** Complex attributes and extensions part by part; lists as a whole. */
function merged(before: Attributes, given: Attributes): Attributes {
  const parts = Object.entries(given).map(([name, value]) => {
    const old = before[name]
    return [name, isRecord(value) && isRecord(old) ? { ...old, ...value } : value]
  })
  return { ...before, ...Object.fromEntries(parts) }
}

const givePassword = prepared<{ organizationId: string; userId: string; hash: string; now: string }, never>(
  (p) => sql`insert into passwords (organization_id, user_id, hash, must_change, changed_at)
    values (${p.organizationId}, ${p.userId}, ${p.hash}, false, ${p.now}::timestamptz) on conflict do nothing`,
)

type Giving = { userId: string; row: ImportRow; found: Known; person: KnownPerson | undefined }

/**
 * Gives what they have besides their profile, and lack by now, with one audit row. @returns whether there was anything
 * @throws AppError conflict (reason `identity`) where an identity is somebody else's
 */
async function give(tx: Transaction, ctx: CallContext, { userId, row, found, person }: Giving): Promise<boolean> {
  const { organizationId } = ctx
  const { passwordHash, totpSecret } = row
  const now = nowOf(ctx)
  const held = row.assignments
    .map(({ role, brand, expiresAt }) => ({
      ...{ userId, roleId: found.role(role), expiresAt: expiresAt ?? null },
      brandId: brand === null || brand === undefined ? null : found.brand(brand),
    }))
    .filter(({ roleId, brandId }) => person?.holdings.includes(`${roleId} ${brandId ?? ''}`) !== true)
  const linked = row.identities
    .map(({ connection, subject }) => ({ connectionId: found.connection(connection), subject }))
    .filter(({ connectionId, subject }) => person?.identities.includes(`${connectionId} ${subject}`) !== true)
  const password = passwordHash !== null && person?.hasPassword !== true ? [passwordHash] : []
  const totp = typeof totpSecret === 'string' && person === undefined ? [totpSecret] : []
  const links = linked.map((each) =>
    identityLink({ organizationId, ...each, userId, now, signedInAt: null, predecessorId: null }),
  )
  const others: Statement<unknown>[] = [
    ...held.map((each) => openAssignment(ctx, { ...each, reason: 'Imported' })),
    ...password.map((hash) => givePassword({ organizationId, userId, hash, now })),
    ...totp.map((secret) => importedTotp(ctx, { userId, secret })),
  ]
  if (links.length + others.length === 0) return false
  const detail = { assignments: held, identities: linked, hasPassword: password.length > 0, hasTotp: totp.length > 0 }
  const audit = recordAudit(ctx, { action: 'user.import', targetType: 'user', targetId: userId, detail })
  const owners = await Promise.all(links.map((link) => tx.run(link)))
  const taken = owners.findIndex(([owner]) => owner?.userId !== userId)
  if (taken !== -1)
    throw new AppError('conflict', `The identity ${linked[taken]?.subject} is somebody else's`, { reason: 'identity' })
  await Promise.all([...others, audit].map((statement) => tx.run(statement)))
  return true
}
