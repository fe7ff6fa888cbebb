// The work of a change of many people: person by person, each by the verb that a single one goes through, in a transaction of its
// own, so that whom it fails for keeps nobody else back. Whoever takes part claims a few at a time; claims of a node that died
// run out, and doing it again does no harm.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { asAppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { createAssignment } from '../../grants/assignments/create-assignment.ts'
import { deleteAssignment } from '../../grants/assignments/delete-assignment.ts'
import { actorContext } from '../../grants/managers/actor-context.ts'
import { deactivateUser } from '../status/deactivate-user.ts'
import { reactivateUser } from '../status/reactivate-user.ts'
import { blockerOf } from './blockers.ts'
import { type BulkAction, type Selected, selectPeople } from './selection.ts'
import type { UserChange, UserChangeOutcome } from './user-changes.ts'

type Work = Pick<UserChange, 'id' | 'action'>

/** At once, so that a long list takes no longer than it must, and leaves connections to others. */
const lanes = 3
const claimedAtOnce = 15

type Key = { organizationId: string; changeId: string }
type Claimed = { position: number; userId: string }

const claim = prepared<Key & { limit: number }, Claimed>(
  (p) => sql`update user_change_people p set claimed_at = now() from (
      select n.position from user_change_people n where n.organization_id = ${p.organizationId} and n.change_id = ${p.changeId}
        and n.outcome is null and (n.claimed_at is null or n.claimed_at < now() - interval '2 minutes')
      order by n.position limit ${p.limit}::int for update skip locked) next
    where p.organization_id = ${p.organizationId} and p.change_id = ${p.changeId} and p.position = next.position
    returning p.position, p.user_id as "userId"`,
)

type Result = Pick<UserChangeOutcome, 'outcome' | 'reason' | 'message'>

const note = prepared<Key & Result & { position: number }, never>(
  (p) => sql`update user_change_people set outcome = ${p.outcome}, reason = ${p.reason}, message = ${p.message}
    where organization_id = ${p.organizationId} and change_id = ${p.changeId} and position = ${p.position}::int`,
)

const finish = prepared<Key, never>(
  (p) => sql`update user_changes c set finished_at = now()
    where c.organization_id = ${p.organizationId} and c.id = ${p.changeId} and c.finished_at is null and not exists (
      select from user_change_people p where p.organization_id = c.organization_id and p.change_id = c.id and p.outcome is null)`,
)

/** @param ctx of whoever began it, with their rights of now */
export async function continueUserChange(
  ctx: CallContext,
  work: Work,
  { forMillis }: { forMillis: number },
): Promise<void> {
  const key = { organizationId: ctx.organizationId, changeId: work.id }
  const until = performance.now() + forMillis
  while (performance.now() < until) {
    const [claimed = []] = await inTransaction(ctx, (tx) => tx.commitWith(claim({ ...key, limit: claimedAtOnce })))
    if (claimed.length === 0) break
    const selection = { userIds: claimed.map(({ userId }) => userId) }
    const people = await inTransaction(ctx, (tx) => selectPeople(tx, ctx, { ...work, selection, excluded: [] }))
    await inLanes(claimed, async ({ position, userId }) => {
      const person = people.find(({ id }) => id === userId)
      const result = await carryOut(ctx, work.action, person)
      await inTransaction(ctx, (tx) => tx.commitWith(note({ ...key, position, ...result })))
    })
  }
  await inTransaction(ctx, (tx) => tx.commitWith(finish(key)))
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function carryOut(ctx: CallContext, action: BulkAction, person: Selected | undefined): Promise<Result> {
  if (person === undefined) return { outcome: 'failed', reason: 'not_found', message: 'No longer exists' }
  const blocker = blockerOf(ctx, action, person)
  if (blocker !== undefined) return { outcome: 'skipped', ...blocker }
  try {
    await perform(ctx, action, person)
    return { outcome: 'done', reason: null, message: null }
  } catch (error) {
    const { code, reason, message } = asAppError(error)
    if (code === 'unavailable') throw error
    return { outcome: 'failed', reason: reason ?? code, message }
  }
}

async function perform(ctx: CallContext, action: BulkAction, { id, assignmentId }: Selected): Promise<void> {
  switch (action.kind) {
    case 'deactivate':
      await deactivateUser(ctx, { userId: id, note: action.note, returnsAt: action.returnsAt })
      return
    case 'reactivate':
      await reactivateUser(ctx, { userId: id, restore: action.restore })
      return
    case 'assign': {
      const { kind: _, ...assignment } = action
      await createAssignment(ctx, { userId: id, ...assignment })
      return
    }
    case 'unassign':
      if (assignmentId !== null) await deleteAssignment(ctx, assignmentId)
      return
  }
}

const openChanges = prepared<{ organizationId: string }, Work & Pick<UserChange, 'actor'>>(
  (p) => sql`select id, action, json_build_object('type', actor_type, 'id', actor_id) as actor from user_changes
    where organization_id = ${p.organizationId} and finished_at is null order by id`,
)

const failRest = prepared<Key & { message: string }, never>(
  (p) => sql`update user_change_people set outcome = 'failed', reason = 'actor', message = ${p.message}
    where organization_id = ${p.organizationId} and change_id = ${p.changeId} and outcome is null`,
)

/** No longer in one run, so that the queue sees that the worker is alive; the next run goes on. */
const runMillis = 20_000

/** Goes on with every change that is under way, each in the name of whoever began it. @param ctx the worker's */
export async function continueUserChanges(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  const [open = []] = await inTransaction(ctx, (tx) => tx.commitWith(openChanges({ organizationId })))
  for (const { actor, ...work } of open) {
    const own = await actorContext(ctx, actor)
    if (own === undefined) await giveUp(ctx, work.id)
    else await continueOrGiveUp(ctx, own, work)
  }
}

async function continueOrGiveUp(ctx: CallContext, own: CallContext, work: Work): Promise<void> {
  try {
    await continueUserChange(own, work, { forMillis: runMillis })
  } catch (error) {
    if (asAppError(error).code !== 'forbidden') throw error
    await giveUp(ctx, work.id)
  }
}

async function giveUp(ctx: CallContext, changeId: string): Promise<void> {
  const key = { organizationId: ctx.organizationId, changeId }
  const message = 'The person who started this is no longer allowed to continue it'
  await inTransaction(ctx, (tx) => tx.commitWith<unknown>(failRest({ ...key, message }), finish(key)))
}
