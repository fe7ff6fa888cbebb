// What is to be done when somebody joins or leaves, in the organization or in one brand.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'

export type TemplateTask = {
  title: string
  note: string | null
  /** The id of a person; null: whoever administers the organization. */
  ownerId: string | null
  /** Days after somebody joined or left. */
  dueDays: number
}

export type ChecklistTemplate = {
  id: string
  name: string
  kind: 'joining' | 'leaving'
  brand: { id: string; slug: string; name: string } | null
  tasks: TemplateTask[]
  status: 'on' | 'off'
  countsFrom: string
  createdAt: string
  createdBy: string
  /** How many lists of it are open. */
  open: number
  /** For how many people the next run would begin one. */
  waiting: number
}

const Task = z.object({
  title: nameSchema,
  note: z.string().trim().max(2_000).nullable().default(null),
  ownerId: z.string().max(100).nullable().default(null),
  dueDays: z.int().min(0).max(365).default(7),
})

const Input = z.object({
  name: nameSchema,
  kind: z.enum(['joining', 'leaving']),
  brandId: z.string().max(100).nullable().default(null),
  tasks: z.array(Task).min(1, 'has no task').max(100, 'must be at most 100'),
})

export type ChecklistTemplateInput = z.input<typeof Input>

type Key = { organizationId: string; templateId: string }

const columns = sql`t.id, t.name, t.kind, t.tasks, t.status, ${isoTime(sql`t.counts_from`)} as "countsFrom",
  ${isoTime(sql`t.created_at`)} as "createdAt", t.created_by as "createdBy",
  (select json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) from brands b
    where b.organization_id = t.organization_id and b.id = t.brand_id) as brand,
  (select count(*)::int from checklists c where c.organization_id = t.organization_id and c.template_id = t.id
    and c.status = 'open') as open,
  (select count(*)::int from checklists_to_begin w where w.organization_id = t.organization_id and w.template_id = t.id) as waiting`

const select = prepared<{ organizationId: string; templateId: string | null }, ChecklistTemplate>(
  (p) => sql`select ${columns} from checklist_templates t where t.organization_id = ${p.organizationId}
    and (${p.templateId}::text is null or t.id = ${p.templateId}) order by t.id limit 200`,
)

/** At most two hundred. @throws AppError forbidden */
export async function listChecklistTemplates(ctx: CallContext): Promise<ChecklistTemplate[]> {
  requirePermission(ctx, 'users.read')
  const statement = select({ organizationId: ctx.organizationId, templateId: null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError forbidden, not_found */
export async function getChecklistTemplate(ctx: CallContext, templateId: string): Promise<ChecklistTemplate> {
  requirePermission(ctx, 'users.read')
  if (!isId('clt', templateId)) return refuseUnknown(ctx, 'Checklist template')
  const statement = select({ organizationId: ctx.organizationId, templateId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const found = rows?.[0]
  if (found === undefined) throw notFound('Checklist template')
  return found
}

const known = prepared<
  { organizationId: string; owners: readonly string[]; brandId: string | null },
  { owners: number; isBrand: boolean }
>(
  (p) => sql`select (select count(*)::int from users u where u.organization_id = ${p.organizationId}
      and u.id = any (${p.owners}::text[]) and u.deleted_at is null and u.status = 'active') as owners,
    ${p.brandId}::text is null or exists (select from brands b where b.organization_id = ${p.organizationId}
      and b.id = ${p.brandId}) as "isBrand"`,
)

type Row = Key & { name: string; kind: string; brandId: string | null; tasks: string; createdBy: string; now: string }

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into checklist_templates (organization_id, id, name, kind, brand_id, tasks, status, counts_from, created_at,
      created_by)
    values (${p.organizationId}, ${p.templateId}, ${p.name}, ${p.kind}, ${p.brandId}, ${p.tasks}::jsonb, 'on',
      ${p.now}::timestamptz, ${p.now}::timestamptz, ${p.createdBy})`,
)

/** It counts from now on. @throws AppError forbidden; invalid, also for an owner who is not active here; not_found for a brand */
export async function createChecklistTemplate(
  ctx: CallContext,
  input: ChecklistTemplateInput,
): Promise<ChecklistTemplate> {
  requirePermission(ctx, 'users.write')
  const { name, kind, brandId, tasks } = parseInput(Input, input)
  const { organizationId } = ctx
  const templateId = ctx.ids.next('clt')
  const owners = [...new Set(tasks.flatMap(({ ownerId }) => (ownerId === null ? [] : [ownerId])))]
  await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(known({ organizationId, owners, brandId }))
    if (found?.isBrand !== true) throw notFound('Brand')
    if (found.owners !== owners.length) throw invalidField('tasks', 'names an owner who is not active here')
    const row = { organizationId, templateId, name, kind, brandId, tasks: JSON.stringify(tasks) }
    await tx.run(insert({ ...row, createdBy: ctx.actor.id, now: nowOf(ctx) }))
    const detail = { name, kind, brandId, tasks: tasks.length }
    const target = { targetType: 'checklist_template', targetId: templateId } as const
    await tx.run(recordAudit(ctx, { action: 'checklist_template.create', ...target, detail }))
  })
  return getChecklistTemplate(ctx, templateId)
}

// Switched on again, it counts from then on: nobody is caught up with by a list that was off.
const setStatus = prepared<Key & { status: string; now: string }, { id: string }>(
  (p) => sql`update checklist_templates set status = ${p.status},
      counts_from = case when ${p.status} = 'on' and status = 'off' then ${p.now}::timestamptz else counts_from end
    where organization_id = ${p.organizationId} and id = ${p.templateId} returning id`,
)

const remove = prepared<Key, { id: string }>(
  (p) =>
    sql`delete from checklist_templates where organization_id = ${p.organizationId} and id = ${p.templateId} returning id`,
)

/** Deleted, it takes its lists along; what came of them stays in the audit trail. @throws AppError forbidden, not_found */
export async function changeChecklistTemplate(
  ctx: CallContext,
  { templateId, change }: { templateId: string; change: 'on' | 'off' | 'delete' },
): Promise<void> {
  requirePermission(ctx, 'users.write')
  if (!isId('clt', templateId)) return refuseUnknown(ctx, 'Checklist template')
  const key = { organizationId: ctx.organizationId, templateId }
  await inTransaction(ctx, async (tx) => {
    const statement = change === 'delete' ? remove(key) : setStatus({ ...key, status: change, now: nowOf(ctx) })
    const [done] = await tx.run(statement)
    if (done === undefined) throw notFound('Checklist template')
    const action = change === 'delete' ? 'checklist_template.delete' : 'checklist_template.update'
    const target = { targetType: 'checklist_template', targetId: templateId } as const
    await tx.run(recordAudit(ctx, { action, ...target, detail: { change } }))
  })
}
