// What a role is made of, checked, and the statements that write it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared, type Statement } from '#db/statement.ts'
import { instantSchema, nameSchema } from '#platform/input.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import type { RoleKind } from '../../decisions/evaluate.ts'
import { permissionFault } from '../../decisions/permissions.ts'
import { slugSchema } from '../../ground/slug.ts'
import type { RoleRecord } from './roles.ts'

const permissionSchema = z.string().superRefine((permission, check) => {
  const fault = permissionFault(permission)
  if (fault !== undefined) check.addIssue({ code: 'custom', message: fault })
})

const permissionsSchema = z
  .array(permissionSchema)
  .max(500, 'must have at most 500 entries')
  .transform((names) => [...new Set(names)].sort())

/** The fields that whoever makes a role chooses. */
export const roleFields = {
  key: slugSchema,
  name: nameSchema,
  purpose: z
    .string()
    .trim()
    .min(1, 'a role needs a purpose: say what it is for')
    .max(1_000, 'must have at most 1000 characters'),
  rank: z.number().int().min(0).max(1_000),
  allows: permissionsSchema,
  denies: permissionsSchema,
  owner: nameSchema.nullable(),
  reviewAt: instantSchema.nullable(),
}

/** @param kind a role that people choose from, unless said otherwise */
export type NewRole = Omit<RoleRecord, 'id' | 'createdAt' | 'updatedAt'> & { kind?: RoleKind }

const insertRole = prepared<
  {
    organizationId: string
    id: string
    key: string
    name: string
    purpose: string
    rank: number
    pack: string | null
    isBuiltIn: boolean
    kind: RoleKind
    owner: string | null
    reviewAt: string | null
    now: string
  },
  never
>(
  (
    p,
  ) => sql`insert into roles (organization_id, id, key, name, purpose, rank, pack, is_built_in, kind, owner, review_at,
      created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.key}, ${p.name}, ${p.purpose}, ${p.rank}, ${p.pack}, ${p.isBuiltIn}, ${p.kind}, ${p.owner},
      ${p.reviewAt}::timestamptz,      ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

const insertPermissions = prepared<
  { organizationId: string; roleId: string; allows: readonly string[]; denies: readonly string[] },
  never
>(
  (p) => sql`insert into role_permissions (organization_id, role_id, permission, effect)
    select ${p.organizationId}, ${p.roleId}, permission, 'deny' from unnest(${p.denies}::text[]) permission
    union all
    select ${p.organizationId}, ${p.roleId}, permission, 'allow' from unnest(${p.allows}::text[]) permission
      where permission <> all (${p.denies}::text[])`,
)

const deletePermissions = prepared<{ organizationId: string; roleId: string }, never>(
  (p) => sql`delete from role_permissions where organization_id = ${p.organizationId} and role_id = ${p.roleId}`,
)

/** Keeps others from making roles of the same keys until the transaction ends. */
export const lockRoles = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('roles ' || ${p.organizationId}, 0))`,
)

/** A new role as a record, and the statements that write it. A permission both allowed and denied is kept as denied. */
export function newRole(ctx: CallContext, role: NewRole): { record: RoleRecord; statements: Statement<never>[] } {
  const { allows, denies, kind = 'role', ...columns } = role
  const [id, now] = [ctx.ids.next('rol'), nowOf(ctx)]
  const { organizationId } = ctx
  const kept = allows.filter((permission) => !denies.includes(permission))
  return {
    record: { id, ...columns, denies, allows: kept, createdAt: now, updatedAt: now },
    statements: [
      insertRole({ organizationId, id, ...columns, kind, now }),
      insertPermissions({ organizationId, roleId: id, allows: kept, denies }),
    ],
  }
}

/** The statements that replace what a role allows and denies. */
export function replacePermissions(
  ctx: CallContext,
  role: { roleId: string; allows: readonly string[]; denies: readonly string[] },
): Statement<never>[] {
  const { organizationId } = ctx
  return [deletePermissions({ organizationId, roleId: role.roleId }), insertPermissions({ organizationId, ...role })]
}
