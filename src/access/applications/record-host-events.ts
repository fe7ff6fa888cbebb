// What happens in the host's applications, in the same audit trail as everything else: content that is written and published,
// campaigns that are started. Their words begin with `app.`, so that nobody takes them for what Rolecall saw itself.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type AuditEntry, recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { instantSchema, invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermissionIn } from '#src/context.ts'

const word = /^[a-z][a-z0-9_]{0,39}$/
const action = /^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){1,3}$/

/** As deep and as long as an audit row bears. */
const detailLength = 8_000

const detail = z
  .record(z.string().max(100), z.unknown())
  .default({})
  .refine(
    (value) => JSON.stringify(value).length <= detailLength,
    `must have at most ${detailLength} characters as JSON`,
  )

const eventFields = {
  /** `noun.verb`, such as `content.publish`; kept with `app.` before it. */
  action: z.string().regex(action, 'must be words with dots between them, such as content.publish'),
  target: z.object({
    type: z.string().regex(word, 'must be one word, such as content'),
    id: nameSchema,
    name: nameSchema.nullish(),
  }),
  /** Who did it; the application itself where nobody is named. */
  userId: z.string().max(100).nullish(),
  brandId: z.string().max(100).nullish(),
  /** When it happened, where that was not now. */
  occurredAt: instantSchema.nullish(),
  detail,
}

const Input = z.object({ events: z.array(z.object(eventFields)).min(1).max(500) })

type Known = { users: string[]; brands: string[] }

const known = prepared<{ organizationId: string; userIds: readonly string[]; brandIds: readonly string[] }, Known>(
  (p) => sql`select
    coalesce((select json_agg(u.id) from users u
      where u.organization_id = ${p.organizationId} and u.id = any (${p.userIds}::text[])), '[]') as users,
    coalesce((select json_agg(b.id) from brands b
      where b.organization_id = ${p.organizationId} and b.id = any (${p.brandIds}::text[])), '[]') as brands`,
)

/**
 * All of them or none, in their order; each says which key told it.
 * @returns the ids of the audit events
 * @throws AppError invalid, also for a person or brand that is not there; forbidden (reasons `permission`, `other_brand`)
 */
export async function recordHostEvents(ctx: CallContext, input: z.input<typeof Input>): Promise<string[]> {
  const { events } = parseInput(Input, input)
  for (const { brandId = null } of events) requirePermissionIn(ctx, 'audit.write', brandId)
  const userIds = events.flatMap(({ userId }) => userId ?? [])
  const brandIds = events.flatMap(({ brandId }) => brandId ?? [])
  return inTransaction(ctx, async (tx) => {
    const [found = { users: [], brands: [] }] = await tx.run(
      known({ organizationId: ctx.organizationId, userIds, brandIds }),
    )
    const ids = events.map(() => ctx.ids.next('evt'))
    const statements = events.map(({ userId, ...event }, index) => {
      const { brandId } = event
      if (userId != null && !found.users.includes(userId)) throw unknown(index, 'userId', 'a user')
      if (brandId != null && !found.brands.includes(brandId)) throw unknown(index, 'brandId', 'a brand')
      const actor = userId == null ? ctx.actor : { type: 'user' as const, id: userId }
      return recordAudit({ ...ctx, actor }, entryOf(ctx, ids[index] ?? '', event))
    })
    await Promise.all(statements.map((statement) => tx.run(statement)))
    return ids
  })
}

const unknown = (index: number, name: string, what: string) =>
  invalidField(`events.${index}.${name}`, `is not the id of ${what} of this organization`)

type Told = Omit<z.output<z.ZodObject<typeof eventFields>>, 'userId'>

function entryOf(
  { actor }: CallContext,
  id: string,
  { action, target, brandId, occurredAt, detail }: Told,
): AuditEntry {
  const said = { ...(brandId == null ? {} : { brandId }), ...(occurredAt == null ? {} : { occurredAt }) }
  return {
    id,
    action: `app.${action}`,
    targetType: `app.${target.type}`,
    targetId: target.id,
    detail: { name: target.name ?? null, reportedBy: actor, ...said, said: detail },
  }
}
