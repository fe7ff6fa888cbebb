// What a refusal says: whom it is about, which permission, and where.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, isPermitted, type Transaction } from '#src/context.ts'
import type { Breach } from './judge.ts'

type Named = {
  person: string | null
  role: string | null
  group: string | null
  team: string | null
  brand: string | null
}

const named = prepared<{ organizationId: string; id: string; scope: string }, Named>(
  (p) => sql`select
    (select t.name from teams t where t.organization_id = ${p.organizationId} and t.id = ${p.id}) as team,
    (select coalesce(u.display_name, u.user_name) from users u
      where u.organization_id = ${p.organizationId} and u.id = ${p.id}) as person,
    (select r.name from roles r where r.organization_id = ${p.organizationId} and r.id = ${p.id}) as role,
    (select g.display_name from groups g where g.organization_id = ${p.organizationId} and g.id = ${p.id}) as "group",
    (select b.name from brands b where b.organization_id = ${p.organizationId} and b.id = ${p.scope}) as brand`,
)

/** The refusal of a change that goes beyond the rights of whoever makes it: forbidden, reason `ceiling`. */
export async function breachError(
  tx: Transaction,
  ctx: CallContext,
  { kind, id, permission, scope }: Omit<Breach, 'kind'> & { kind: Breach['kind'] | 'above' },
): Promise<AppError> {
  const [found] = await tx.run(named({ organizationId: ctx.organizationId, id, scope }))
  const row = found === undefined || isPermitted(ctx, 'users.read') ? found : { ...found, person: null }
  const isSelf = ctx.actor.type === 'user' && ctx.actor.id === id
  const where = scope === '' ? '' : ` in ${row?.brand ?? 'other brands'}`
  const isGiven = kind === 'above' && row?.person == null && row?.role != null
  const message = isGiven
    ? `The role ${row.role} allows what you do not hold yourself: ${permission}${where}`
    : sentence(kind, subjectOf(row, isSelf), `${permission}${where}`)
  return new AppError('forbidden', message, {
    reason: 'ceiling',
    extensions: { concerns: { id, permission, brandId: scope === '' ? null : scope } },
  })
}

function subjectOf(row: Named | undefined, isSelf: boolean): string {
  if (isSelf) return 'you'
  if (row?.person != null) return row.person
  if (row?.role != null) return `whoever holds the role ${row.role}`
  if (row?.group != null) return `whoever is in the group ${row.group}`
  if (row?.team != null) return `whoever is in the team ${row.team}`
  return 'whoever comes in this way'
}

const upper = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

function sentence(kind: Breach['kind'] | 'above', subject: string, permission: string): string {
  switch (kind) {
    case 'gain':
      return `This would give ${subject} the permission ${permission}, which goes beyond your own rights`
    case 'loss':
      return `This would take the permission ${permission} from ${subject}, whose rights go beyond your own`
    case 'restriction':
      return `This would lift a restriction that holds for you: ${permission}. Somebody whom it does not bind has to do it`
    case 'above':
      return `${upper(subject)} may do more than you (${permission}); this takes somebody with at least their rights`
  }
}
