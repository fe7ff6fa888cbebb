// A new organization comes with its role pack: both or neither.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, enterOrganization, inTransaction, nowOf } from '#src/context.ts'
import { insertPackRoles } from '../grants/roles/install-role-pack.ts'
import { defaultRolePack, findRolePack, rolePacks } from '../grants/roles/role-packs.ts'
import { requirePlatform } from '../ground/platform-rights.ts'
import { slugSchema } from '../ground/slug.ts'
import type { OrganizationRecord } from './organizations.ts'

const CreateOrganizationInput = z.object({
  slug: slugSchema,
  name: nameSchema,
  rolePack: z.enum(rolePacks.map(({ key }) => key)).default(defaultRolePack.key),
})

const insertOrganization = prepared<{ id: string; slug: string; name: string; now: string }, never>(
  (p) => sql`insert into organizations (id, slug, name, created_at, updated_at)
    values (${p.id}, ${p.slug}, ${p.name}, ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

/** An organization to be, the context inside of it, and the statements that make it. @throws AppError invalid */
export function newOrganization(ctx: CallContext, input: z.input<typeof CreateOrganizationInput>) {
  const { slug, name, rolePack } = parseInput(CreateOrganizationInput, input)
  const [id, now] = [ctx.ids.next('org'), nowOf(ctx)]
  const own: CallContext = { ...ctx, organizationId: id, entry: enterOrganization({ organizationId: id }) }
  const pack = findRolePack(rolePack) ?? defaultRolePack
  const detail = { slug, name, rolePack }
  const policy = {
    ...({ administratorBrandAccess: 'explicit', roleStrategy: 'union', secondPerson: 'never' } as const),
  }
  const record: OrganizationRecord = { id, slug, name, status: 'active', ...policy, createdAt: now, updatedAt: now }
  const statements: Statement<never>[] = [
    insertOrganization({ id, slug, name, now }),
    ...insertPackRoles(own, pack, pack.roles),
    recordAudit(own, { action: 'organization.create', targetType: 'organization', targetId: id, detail }),
  ]
  return { own, record, statements }
}

/**
 * Creates an organization with the roles of its pack (`mixer3` unless said otherwise); for the operator.
 * @throws AppError forbidden, invalid; conflict where the slug is taken
 */
export async function createOrganization(
  ctx: CallContext,
  input: z.input<typeof CreateOrganizationInput>,
): Promise<OrganizationRecord> {
  requirePlatform(ctx, 'organizations.write')
  const { own, record, statements } = newOrganization(ctx, input)
  await inTransaction(own, (tx) => tx.commitWith(...statements))
  return record
}
