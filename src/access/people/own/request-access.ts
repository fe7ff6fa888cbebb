// Somebody asks for access that they miss. The administrators are told as of an alarm, give it or not, and settle it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { lineSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'

const RequestAccessInput = z.object({
  words: lineSchema(300, 'say what you need, and what for'),
  /** What the page said that they may not do, where they ask from such a page. */
  refused: lineSchema(300, 'says what was refused').optional(),
})

/** More are no help to anybody. */
const mostADay = 3

type Key = { organizationId: string; userId: string }

// Locked, so that two requests of one person follow each other.
const lockUser = prepared<Key, { userName: string; displayName: string | null }>(
  (p) => sql`select u.user_name as "userName", u.display_name as "displayName" from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'active' for no key update`,
)

const lately = prepared<Key, { openSince: string | null; today: number }>(
  (p) => sql`select max(a.raised_at) filter (where a.settled_at is null) as "openSince",
      (count(*) filter (where a.raised_at > now() - interval '1 day'))::int as today
    from alarms a where a.organization_id = ${p.organizationId} and a.kind = 'access_request'
      and a.detail ->> 'userId' = ${p.userId}`,
)

/** Since when a request of theirs waits; null where none does. @throws AppError forbidden where the caller is no person */
export async function getOwnRequest(ctx: CallContext): Promise<{ openSince: string | null }> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx) }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(lately(key)))
  return { openSince: rows?.[0]?.openSince ?? null }
}

/**
 * @throws AppError invalid; forbidden where the caller is no person; conflict (reason `asked_already`) while a request of theirs
 *   waits; too_many after three of a day
 */
export async function requestAccess(ctx: CallContext, input: z.input<typeof RequestAccessInput>): Promise<void> {
  const { words, refused = null } = parseInput(RequestAccessInput, input)
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx) }
  await inTransaction(ctx, async (tx) => {
    const [person] = await tx.run(lockUser(key))
    if (person === undefined) throw notFound('User')
    const [before] = await tx.run(lately(key))
    if (before?.openSince != null)
      throw new AppError('conflict', 'You have asked already; wait for the answer', { reason: 'asked_already' })
    if ((before?.today ?? 0) >= mostADay) throw new AppError('too_many', 'You have asked often enough for today')
    const detail = { userId: key.userId, ...person, words, refused }
    await tx.commitWith(raiseAlarm(ctx, { kind: 'access_request', detail }))
  })
}
