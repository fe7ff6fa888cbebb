// Lists are begun by themselves for whoever joins or leaves, and by hand; their owners are told once at the beginning, and once
// when something is overdue.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { checklistLetter } from '#words/letters/checklist.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../notices/alarms/organization-name.ts'
import { administratorRecipients, type Recipient } from '../notices/alarms/recipients.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'
import { type Checklist, getChecklist } from './checklists.ts'

type Occasion = { templateId: string; userId: string; occasion: string }

const toBegin = prepared<{ organizationId: string; limit: number }, Occasion>(
  (p) => sql`select b.template_id as "templateId", b.user_id as "userId", to_json(b.occasion) #>> '{}' as occasion
    from checklists_to_begin b where b.organization_id = ${p.organizationId} order by b.user_id, b.template_id limit ${p.limit}::int`,
)

type Begun = Occasion & { organizationId: string; id: string; createdBy: string; now: string }

const begin = prepared<Begun, { id: string }>(
  (p) => sql`with begun as (
      insert into checklists (organization_id, id, template_id, user_id, occasion, status, created_at, created_by)
      select t.organization_id, ${p.id}, t.id, ${p.userId}, ${p.occasion}::timestamptz, 'open', ${p.now}::timestamptz, ${p.createdBy}
      from checklist_templates t where t.organization_id = ${p.organizationId} and t.id = ${p.templateId}
      on conflict do nothing returning organization_id, id, template_id),
    tasks as (
      insert into checklist_tasks (organization_id, checklist_id, position, title, note, owner_id, due_at)
      select b.organization_id, b.id, k.at - 1, k.task ->> 'title', k.task ->> 'note', k.task ->> 'ownerId',
        ${p.now}::timestamptz + make_interval(days => (k.task ->> 'dueDays')::int)
      from begun b join checklist_templates t on t.organization_id = b.organization_id and t.id = b.template_id
      cross join lateral jsonb_array_elements(t.tasks) with ordinality k (task, at))
    select id from begun`,
)

type Told = {
  email: string | null
  timeZone: string | null
  name: string
  kind: 'joining' | 'leaving'
  person: string
  titles: string[]
}

/** The owners of open tasks of a list, each once; those of nobody in particular have no address. */
const owners = prepared<{ organizationId: string; checklistId: string; isOverdue: boolean; now: string }, Told>(
  (
    p,
  ) => sql`select (select ${emailColumn} from users u where u.organization_id = k.organization_id and u.id = k.owner_id
        and u.status = 'active') as email,
      (select ${timeZoneColumn} from users u where u.organization_id = k.organization_id and u.id = k.owner_id) as "timeZone",
      t.name, t.kind, coalesce(x.display_name, x.user_name) as person, json_agg(k.title order by k.position) as titles
    from checklist_tasks k
    join checklists c on c.organization_id = k.organization_id and c.id = k.checklist_id
    join checklist_templates t on t.organization_id = c.organization_id and t.id = c.template_id
    join users x on x.organization_id = c.organization_id and x.id = c.user_id
    where k.organization_id = ${p.organizationId} and k.checklist_id = ${p.checklistId} and k.settled_at is null
      and (not ${p.isOverdue}::boolean or k.due_at <= ${p.now}::timestamptz)
    group by k.organization_id, k.owner_id, t.name, t.kind, x.display_name, x.user_name`,
)

async function tell(
  tx: Transaction,
  ctx: CallContext,
  checklistId: string,
  administrators: readonly Recipient[],
  isOverdue: boolean,
): Promise<void> {
  const { organizationId } = ctx
  const organization = await organizationName(tx, ctx)
  for (const told of await tx.run(owners({ organizationId, checklistId, isOverdue, now: nowOf(ctx) }))) {
    const own = told.email === null ? [] : [{ email: told.email, zone: knownZone(told.timeZone) }]
    const isOwn = own.length > 0
    const url = ctx.urls.page(isOwn ? '/account/tasks' : `/console/checklists/${checklistId}`)
    for (const { email } of isOwn ? own : administrators) {
      const letter = checklistLetter({ ...told, organization, url, isOverdue })
      await queueMail(tx, ctx, { kind: 'checklist', to: email, letter, targetId: checklistId })
    }
  }
}

async function beginWithin(
  tx: Transaction,
  ctx: CallContext,
  occasion: Occasion,
  administrators: readonly Recipient[],
): Promise<string | undefined> {
  const { organizationId } = ctx
  const row = { organizationId, id: ctx.ids.next('clk'), createdBy: ctx.actor.id, now: nowOf(ctx) }
  const [begun] = await tx.run(begin({ ...occasion, ...row }))
  if (begun === undefined) return undefined
  await tell(tx, ctx, begun.id, administrators, false)
  const detail = { checklist: begun.id, template: occasion.templateId }
  const target = { targetType: 'user', targetId: occasion.userId } as const
  await tx.run(recordAudit(ctx, { action: 'checklist.begin', ...target, detail }))
  return begun.id
}

const atOnce = 100

/** @param ctx the worker's */
export async function beginChecklists(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  const administrators = await administratorRecipients(ctx)
  for (;;) {
    const found = await inTransaction(ctx, async (tx) => {
      const occasions = await tx.run(toBegin({ organizationId, limit: atOnce }))
      for (const occasion of occasions) await beginWithin(tx, ctx, occasion, administrators)
      return occasions.length
    })
    if (found < atOnce) break
  }
  await remindOfTasks(ctx, administrators)
}

const overdue = prepared<{ organizationId: string; now: string }, { checklistId: string }>(
  (p) => sql`with claimed as (
      update checklist_tasks k set reminded_at = ${p.now}::timestamptz from checklists c
      where k.organization_id = ${p.organizationId} and c.organization_id = k.organization_id and c.id = k.checklist_id
        and c.status = 'open' and k.settled_at is null and k.reminded_at is null and k.due_at <= ${p.now}::timestamptz
      returning k.checklist_id)
    select distinct checklist_id as "checklistId" from claimed`,
)

async function remindOfTasks(ctx: CallContext, administrators: readonly Recipient[]): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const lists = await tx.run(overdue({ organizationId: ctx.organizationId, now: nowOf(ctx) }))
    for (const { checklistId } of lists) await tell(tx, ctx, checklistId, administrators, true)
  })
}

const person = prepared<{ organizationId: string; userId: string; templateId: string }, { isThere: boolean }>(
  (p) => sql`select exists (select from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      and u.status <> 'erased') and exists (select from checklist_templates t
      where t.organization_id = ${p.organizationId} and t.id = ${p.templateId}) as "isThere"`,
)

/** By hand, whenever somebody wants it. @throws AppError forbidden; not_found for a person or a template that is not there */
export async function beginChecklist(
  ctx: CallContext,
  { userId, templateId }: { userId: string; templateId: string },
): Promise<Checklist> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId) || !isId('clt', templateId)) return refuseUnknown(ctx, 'User or checklist template')
  const { organizationId } = ctx
  const administrators = await administratorRecipients(ctx)
  const begun = await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(person({ organizationId, userId, templateId }))
    if (found?.isThere !== true) throw notFound('User or checklist template')
    return beginWithin(tx, ctx, { userId, templateId, occasion: nowOf(ctx) }, administrators)
  })
  if (begun === undefined)
    throw new AppError('conflict', 'Such a list was begun for them this very moment', { reason: 'begun' })
  return getChecklist(ctx, begun)
}
