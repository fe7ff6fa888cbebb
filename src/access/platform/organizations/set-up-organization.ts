// A new customer in one step: the organization with its roles, brands and settings, whoever is to run it, and the link by which
// their IT connects an identity provider. All of it or nothing.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import type { SetupLinkRecord } from '#connections/setup-links/setup-links.ts'
import { AppError } from '#platform/errors.ts'
import { given, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, partOf, type Transaction } from '#src/context.ts'
import type { BrandRecord } from '../../grants/brands/brands.ts'
import { createBrand } from '../../grants/brands/create-brand.ts'
import { highestRole } from '../../grants/roles/highest-role.ts'
import { requirePlatform, requireWholeReach } from '../../ground/platform-rights.ts'
import { createInvitation } from '../../invitations/create-invitation.ts'
import type { InvitationRecord } from '../../invitations/invitations.ts'
import { newOrganization } from '../../organizations/create-organization.ts'
import { setSeatLimitWithin } from '../../organizations/seats.ts'
import { SettingsInput, updateSettings } from '../../organizations/settings.ts'
import { factsInput } from './facts-input.ts'
import { inside } from './inside.ts'
import { type PlatformOrganization, saveFacts } from './platform-organizations.ts'

const SetUpInput = z.object({
  slug: z.string(),
  name: z.string(),
  rolePack: z.string().optional(),
  externalId: factsInput.externalId.default(null),
  metadata: factsInput.metadata.default({}),
  seatLimit: factsInput.seatLimit.default(null),
  brands: z
    .array(z.object({ slug: z.string(), name: z.string() }))
    .max(200, 'must name at most 200 brands')
    .default([]),
  settings: SettingsInput.omit({ name: true }).default({}),
  /** Invited with the highest role of the pack. */
  administrators: z
    .array(z.object({ email: z.string(), givenName: z.string().nullish(), familyName: z.string().nullish() }))
    .max(20, 'must name at most 20 people')
    .default([]),
  setupLink: z
    .object({ label: z.string(), days: z.int().optional(), domains: z.array(z.string()).optional() })
    .nullish(),
})

export type SetUpOrganization = {
  organization: PlatformOrganization
  brands: BrandRecord[]
  administrators: InvitationRecord[]
  /** With its token, which is shown this once. */
  setupLink: { link: SetupLinkRecord; token: string } | null
}

/** @throws AppError forbidden, invalid; conflict (reason `uniqueness`) for a slug or an externalId that is taken */
export async function setUpOrganization(
  ctx: CallContext,
  input: z.input<typeof SetUpInput>,
): Promise<SetUpOrganization> {
  requirePlatform(ctx, 'organizations.write')
  // It could not reach what it makes.
  if (ctx.platform?.reach === 'only') requireWholeReach(ctx)
  const wanted = parseInput(SetUpInput, input)
  return inTransaction(ctx, (tx) => setUp(tx, partOf(ctx, tx), wanted))
}

async function setUp(
  tx: Transaction,
  ctx: CallContext,
  wanted: z.output<typeof SetUpInput>,
): Promise<SetUpOrganization> {
  const { slug, name, rolePack, externalId, metadata, seatLimit } = wanted
  const { record, statements } = newOrganization(ctx, { slug, name, ...(rolePack === undefined ? {} : { rolePack }) })
  const facts = { externalId, metadata, seatLimit, deletionDueAt: null }
  const made = await inside(tx, ctx, record.id, async (own) => {
    for (const statement of statements) await tx.run(statement)
    if (seatLimit !== null) await setSeatLimitWithin(tx, own, { before: null, after: seatLimit })
    return furnish(tx, own, wanted)
  })
  await tx.run(saveFacts({ id: record.id, ...facts }))
  const detail = { slug, name, externalId, administrators: made.administrators.map(({ email }) => email) }
  const target = { targetType: 'organization', targetId: record.id } as const
  await tx.run(recordAudit(ctx, { action: 'organization.create', ...target, detail }))
  return { organization: { ...record, ...facts }, ...made }
}

async function furnish(
  tx: Transaction,
  own: CallContext,
  wanted: z.output<typeof SetUpInput>,
): Promise<Omit<SetUpOrganization, 'organization'>> {
  if (Object.keys(wanted.settings).length > 0) await inField('settings', () => updateSettings(own, wanted.settings))
  const brands = await inTurn('brands', wanted.brands, (brand) => createBrand(own, brand))
  const administrators = await inTurn('administrators', wanted.administrators, (person) => invite(tx, own, person))
  const { setupLink: link } = wanted
  const setupLink = link ? await inField('setupLink', () => createSetupLink(own, given(link))) : null
  return { brands, administrators, setupLink }
}

async function invite(
  tx: Transaction,
  ctx: CallContext,
  { email, givenName, familyName }: z.output<typeof SetUpInput>['administrators'][number],
): Promise<InvitationRecord> {
  const [role] = await tx.run(highestRole({ organizationId: ctx.organizationId }))
  return createInvitation(ctx, { ...given({ email, givenName, familyName }), roleId: role?.id ?? null })
}

async function inTurn<Item, Made>(path: string, items: readonly Item[], make: (item: Item) => Promise<Made>) {
  const made: Made[] = []
  for (const [index, item] of items.entries()) made.push(await inField(`${path}.${index}`, () => make(item)))
  return made
}

/** What a verb refuses of its own fields is said of where they stand here. @throws AppError */
async function inField<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const fields = (error.fields ?? [{ path: '', message: error.message }]).map((field) => ({
      path: field.path === '' ? path : `${path}.${field.path}`,
      message: field.message,
    }))
    const [first] = fields
    const message = first === undefined ? error.message : `${first.path}: ${first.message}`
    throw new AppError(error.code, message, { ...given({ reason: error.reason }), fields, cause: error })
  }
}
