// Address ranges that the organization has named (offices, countries, providers), by which sign-ins are told apart.
import { isIP } from 'node:net'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

const most = 10_000

/** `192.0.2.0/24`, `2001:db8::/32` or a single address. */
function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

const Input = z.object({
  places: z
    .array(
      z.object({
        range: z.string().trim().refine(isRange, 'is no address range such as 192.0.2.0/24 or 2001:db8::/32'),
        place: nameSchema,
      }),
    )
    .max(most, `must be at most ${most}`),
})

export type Place = { range: string; place: string }

const select = prepared<{ organizationId: string }, Place>(
  (p) =>
    sql`select range::text as range, place from address_places where organization_id = ${p.organizationId} order by range`,
)

/** @throws AppError forbidden */
export async function listPlaces(ctx: CallContext): Promise<Place[]> {
  requirePermission(ctx, 'audit.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId })))
  return rows ?? []
}

const clear = prepared<{ organizationId: string }, never>(
  (p) => sql`delete from address_places where organization_id = ${p.organizationId}`,
)

const insert = prepared<{ organizationId: string; ranges: readonly string[]; names: readonly string[] }, never>(
  (p) => sql`insert into address_places (organization_id, range, place)
    select ${p.organizationId}, r.range::inet, r.place from unnest(${p.ranges}::text[], ${p.names}::text[]) r (range, place)
    on conflict do nothing`,
)

/** All of them at once; of a range that is named twice, the first counts. @throws AppError forbidden, invalid */
export async function setPlaces(ctx: CallContext, input: z.input<typeof Input>): Promise<Place[]> {
  requirePermission(ctx, 'organization.write')
  const { places } = parseInput(Input, input)
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, async (tx) => {
    await tx.run(clear({ organizationId }))
    const [ranges, names] = [places.map(({ range }) => range), places.map(({ place }) => place)]
    await tx.run(insert({ organizationId, ranges, names }))
    const entry = { action: 'organization.set_places', targetType: 'organization', targetId: organizationId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { places: places.length } }))
    return tx.commitWith(select({ organizationId }))
  })
  return rows ?? []
}
