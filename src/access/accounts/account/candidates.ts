// Who may be meant by a name or address that is typed at the door. Where no organization is named it may be several people of
// several organizations: each organization is asked for itself, with limits of its own, and nothing that one of them does keeps
// people of another out, or shows it their attempts.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Services } from '#src/context.ts'
import { type Counted, countAttempt, type RateLimit } from '../../ground/count-attempts.ts'
import { findAccount, type LocalAccount } from './account.ts'
import { signInContext } from './sign-in-context.ts'

type Owner = { organizationId: string; userId: string }

const resolve = prepared<{ key: string; organizationId: string | null }, Owner>(
  (p) => sql`select organization_id as "organizationId", user_id as "userId"
    from resolve_password_accounts(${p.key}, ${p.organizationId})`,
)

const resolveWithoutPassword = prepared<{ key: string; organizationId: string | null }, Owner>(
  (p) => sql`select organization_id as "organizationId", user_id as "userId"
    from resolve_person_without_password(${p.key}, ${p.organizationId})`,
)

/** Somebody of this name who has no password: an attempt with one is theirs all the same, and is recorded where they are. */
export async function findWithoutPassword(
  services: Services,
  { key, organizationId, requestId }: Wanted,
): Promise<Candidate | undefined> {
  const [found] = await services.database.read(resolveWithoutPassword({ key, organizationId: organizationId ?? null }))
  if (found === undefined) return undefined
  const ctx = signInContext(services, found.organizationId, requestId)
  const account = await findAccount(ctx, found.userId)
  return account === undefined ? undefined : { ctx, account }
}

export type Candidate = { ctx: CallContext; account: LocalAccount }

export type Wanted = {
  /** The folded name or address. */
  key: string
  /** The organization that it is for, where that is known. */
  organizationId: string | undefined
  requestId: string
}

/**
 * Their accounts, each in the context of its organization; the likeliest first: of the organization that has proven the domain,
 * then by userName, then the oldest. A bounded number, of which no organization takes more than its share.
 */
export async function findCandidates(
  services: Services,
  { key, organizationId, requestId }: Wanted,
): Promise<Candidate[]> {
  const found = await services.database.read(resolve({ key, organizationId: organizationId ?? null }))
  // For nobody, too, an account is looked for.
  const looked = found.length > 0 ? found : [{ organizationId: '', userId: '' }]
  const accounts = await Promise.all(
    looked.map(async (each) => {
      const ctx = signInContext(services, each.organizationId, requestId)
      return { ctx, account: await findAccount(ctx, each.userId) }
    }),
  )
  return accounts.flatMap(({ ctx, account }) => (account === undefined ? [] : [{ ctx, account }]))
}

/**
 * What attempts at a name are counted by, in one organization. Coming through the organization's own door or through the common
 * one counts apart: if it did not, the lock of one seen at the other would tell that there is such a person.
 */
export const nameCounter = (
  limit: RateLimit,
  { key, organizationId, isNamed }: { key: string; organizationId: string; isNamed: boolean },
): Counted => ({ limit, key: `${isNamed ? 'own' : 'any'}:${organizationId}:${key}` })

export type Counting = {
  /** Those whose organization lets them try. */
  open: Candidate[]
  /** How long all of them have to wait; 0 where somebody may try, or nobody is meant and that is within the limit, too. */
  seconds: number
}

/** Counts an attempt against each organization in which it may be for somebody; where there is none, against nobody. */
export async function countCandidates(
  { database }: Services,
  limit: RateLimit,
  candidates: readonly Candidate[],
  { key, organizationId }: Pick<Wanted, 'key' | 'organizationId'>,
): Promise<Counting> {
  const isNamed = organizationId !== undefined
  const owners = [...new Set(candidates.map(({ ctx }) => ctx.organizationId))]
  const counted = owners.length > 0 ? owners : [organizationId ?? '']
  const waits = new Map(
    await Promise.all(
      counted.map(async (owner) => {
        const counter = nameCounter(limit, { key, organizationId: owner, isNamed })
        return [owner, await countAttempt(database, counter)] as const
      }),
    ),
  )
  const open = candidates.filter(({ ctx }) => waits.get(ctx.organizationId) === 0)
  return { open, seconds: Math.min(...waits.values()) }
}
