// Groups from claims at sign-in, for people whom no directory manages: stored as groups of their connection, and mapped to
// roles like any other group (ADR 0029).
import { sql } from 'drizzle-orm'
import { type AuditRowParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { foldName } from '#directory/fold.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'

/** Of more than that the first ones count. */
export const maxGroups = 1_000

/** Groups are told apart by their folded names: another case or form of the same characters is the same group. */
type Key = { organizationId: string; connectionId: string; userId: string; keys: readonly string[] }

const compare = prepared<Key, { missing: number; surplus: number }>(
  (p) => sql`with wanted as (select key from unnest(${p.keys}::text[]) key),
    held as (
      select fold(cg.value) as key from connection_groups cg
      join group_members m on m.organization_id = cg.organization_id and m.group_id = cg.group_id and m.user_id = ${p.userId}
      where cg.organization_id = ${p.organizationId} and cg.connection_id = ${p.connectionId})
    select (select count(*)::int from (select key from wanted except select key from held) x) as missing,
      (select count(*)::int from (select key from held except select key from wanted) x) as surplus`,
)

const lockGroups = prepared<{ connectionId: string }, never>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended(${p.connectionId}, 7265))`,
)

type Parameters = AuditRowParameters & Key & { values: readonly string[]; ids: readonly string[]; now: string }

const apply = prepared<Parameters, { added: number; removed: number }>(
  (p) => sql`with wanted as (
      select value, id, name_key from unnest(${p.values}::text[], ${p.ids}::text[], ${p.keys}::text[]) w (value, id, name_key)),
    known as (
      select cg.value, fold(cg.value) as name_key, cg.group_id from connection_groups cg
      where cg.organization_id = ${p.organizationId} and cg.connection_id = ${p.connectionId}),
    fresh as (select w.* from wanted w where not exists (select from known k where k.name_key = w.name_key)),
    created as (
      insert into groups (organization_id, id, display_name, display_name_key, attributes, created_at, updated_at)
      select ${p.organizationId}, f.id, f.value, f.name_key, '{}', ${p.now}::timestamptz, ${p.now}::timestamptz from fresh f),
    linked as (
      insert into connection_groups (organization_id, connection_id, value, group_id)
      select ${p.organizationId}, ${p.connectionId}, f.value, f.id from fresh f),
    target as (
      select f.id as group_id from fresh f
      union all (select distinct on (w.name_key) k.group_id from known k join wanted w on w.name_key = k.name_key
        order by w.name_key, k.value = w.value desc, k.group_id)),
    added as (
      insert into group_members (organization_id, group_id, user_id, created_at)
      select ${p.organizationId}, t.group_id, ${p.userId}, ${p.now}::timestamptz from target t
      order by t.group_id on conflict do nothing returning group_id),
    removed as (
      delete from group_members m where m.organization_id = ${p.organizationId} and m.user_id = ${p.userId}
        and m.group_id in (select group_id from known) and m.group_id not in (select group_id from target)
      returning m.group_id),
    bumped as (
      update groups g set version = version + 1, updated_at = ${p.now}::timestamptz
      where g.organization_id = ${p.organizationId}
        and g.id in (select group_id from added union select group_id from removed)),
    audited as (${insertAudit(
      p,
      sql`jsonb_build_object('added', (select coalesce(jsonb_agg(group_id), '[]') from added),
        'removed', (select coalesce(jsonb_agg(group_id), '[]') from removed))`,
    )})
    select (select count(*)::int from added) as added, (select count(*)::int from removed) as removed`,
)

// The provider decides who is in its groups, the last administrator included; an alarm tells of it.
const honourProvider = prepared<Record<string, never>, unknown>(
  () => sql`select set_config('rolecall.last_administrator', 'honour', true)`,
)

/**
 * Makes the person a member of exactly these groups of the connection, creating those that are new. Groups of directories
 * and local ones are not touched. @returns how many were added and removed
 */
export async function setClaimGroups(
  tx: Transaction,
  ctx: CallContext,
  input: { connectionId: string; userId: string; values: readonly string[] },
): Promise<{ added: number; removed: number }> {
  const named = new Map<string, string>()
  for (const value of input.values.slice(0, maxGroups))
    if (!named.has(foldName(value))) named.set(foldName(value), value)
  const [keys, values] = [[...named.keys()], [...named.values()]]
  const { organizationId } = ctx
  const key = { organizationId, connectionId: input.connectionId, userId: input.userId, keys }
  const [difference] = await tx.run(compare(key))
  if (difference !== undefined && difference.missing + difference.surplus === 0) return { added: 0, removed: 0 }
  await tx.run(honourProvider({}))
  // Two first sign-ins with one new group make one group of it.
  await tx.run(lockGroups({ connectionId: input.connectionId }))
  const entry = { action: 'user.claim_groups', targetType: 'user', targetId: input.userId } as const
  const [outcome] = await tx.run(
    apply({
      ...auditParameters(ctx, entry),
      ...key,
      values,
      ids: values.map(() => ctx.ids.next('grp')),
      now: nowOf(ctx),
    }),
  )
  return outcome ?? { added: 0, removed: 0 }
}
