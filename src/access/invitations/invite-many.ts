// Inviting many people at once: each by the verb that a single one goes through, with an outcome of their own. Doing it again
// invites nobody twice.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { type AddressRow, parseAddresses } from './address-list.ts'
import { CreateInvitationInput, inviteUser } from './create-invitation.ts'
import { previewInvitation } from './preview-invitation.ts'

const maxText = 500_000

const InviteManyInput = z.object({
  /** Addresses, or a table with headings: email, name, role, brand, until. */
  text: z.string().max(maxText, 'is too long'),
  /** For everybody whose line says nothing of their own. */
  roleId: z.string().nullish(),
  brands: z.array(z.object({ brandId: z.string(), roleId: z.string() })).default([]),
  note: z.string().nullish(),
  days: z.int().nullish(),
  expiresAt: z.string().nullish(),
})

export type InviteManyInput = z.input<typeof InviteManyInput>

export type InviteOutcome = {
  line: number
  email: string
  displayName: string | null
  /** `ready` in a preview, `invited` after it. */
  outcome: 'ready' | 'invited' | 'already_invited' | 'exists' | 'repeated' | 'invalid' | 'failed'
  reason: string | null
  message: string | null
  invitationId: string | null
  warnings: string[]
}

export type InviteManyResult = {
  total: number
  /** By outcome. */
  counts: Record<string, number>
  outcomes: InviteOutcome[]
}

/** Nothing is sent or kept. @throws AppError invalid (the list cannot be read), forbidden */
export const previewInvitations = (ctx: CallContext, input: InviteManyInput): Promise<InviteManyResult> =>
  eachRow(ctx, input, async (wanted) => {
    const { person, warnings } = await previewInvitation(ctx, wanted)
    const outcome = person === 'new' ? 'ready' : person === 'invited' ? 'already_invited' : 'exists'
    return { outcome, warnings: warnings.map(({ message }) => message) }
  })

/** @throws AppError invalid (the list cannot be read), forbidden */
export const inviteMany = (ctx: CallContext, input: InviteManyInput): Promise<InviteManyResult> =>
  eachRow(ctx, input, async (wanted) => {
    const { invitation, isNew } = await inviteUser(ctx, wanted, 'leave')
    return { outcome: isNew ? 'invited' : 'already_invited', invitationId: invitation.id }
  })

type Done = Pick<InviteOutcome, 'outcome'> & Partial<InviteOutcome>

async function eachRow(
  ctx: CallContext,
  input: InviteManyInput,
  act: (wanted: z.output<typeof CreateInvitationInput>) => Promise<Done>,
): Promise<InviteManyResult> {
  requirePermissionSomewhere(ctx, 'invitations.write')
  const shared = parseInput(InviteManyInput, input)
  const rows = parseAddresses(shared.text)
  if (rows.length === 0) throw new AppError('invalid', 'There is no address in the list', { reason: 'invalidValue' })
  requireAnyRole(shared, rows)
  const names = await namesOf(ctx)
  const seen = new Set<string>()
  const outcomes: InviteOutcome[] = []
  for (const row of rows) {
    const { line, email, displayName } = row
    const about = { line, email, displayName, reason: null, message: null, invitationId: null, warnings: [] }
    const key = fold(email)
    if (seen.has(key)) outcomes.push({ ...about, outcome: 'repeated', message: 'This address is in the list before' })
    else outcomes.push({ ...about, ...(await attempt(() => act(wantedOf(row, shared, names)))) })
    seen.add(key)
  }
  return { total: outcomes.length, counts: countsOf(outcomes), outcomes }
}

/** What nobody was given is one fault of the form, and none of each line. */
function requireAnyRole({ roleId, brands }: z.output<typeof InviteManyInput>, rows: readonly AddressRow[]): void {
  const isShared = (roleId ?? null) !== null || brands.length > 0
  if (isShared || rows.some(({ role }) => role !== null)) return
  throw invalidField('roleId', 'choose a role, in the organization or in a brand')
}

async function attempt(act: () => Promise<Done>): Promise<Done> {
  try {
    return await act()
  } catch (error) {
    // Not about this row: whoever invites has to prove who they are before any of them.
    if (error instanceof AppError && error.code === 'unauthenticated') throw error
    const { code, reason, message } = asAppError(error)
    return { outcome: outcomeOf(code, reason), reason: reason ?? code, message }
  }
}

function outcomeOf(code: string, reason: string | undefined): InviteOutcome['outcome'] {
  if (reason === 'uniqueness' || reason === 'waiting') return 'exists'
  if (reason === 'other_roles') return 'already_invited'
  return code === 'invalid' ? 'invalid' : 'failed'
}

function countsOf(outcomes: readonly InviteOutcome[]): InviteManyResult['counts'] {
  const counts: Record<string, number> = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

type Names = { roles: Map<string, string>; brands: Map<string, string> }

const selectNames = prepared<{ organizationId: string }, { kind: 'roles' | 'brands'; id: string; word: string }>(
  (p) => sql`select 'roles' as kind, id, fold(word) as word from roles, unnest(array[key, name]) word
      where organization_id = ${p.organizationId} and kind = 'role'
    union all select 'brands', id, fold(word) from brands, unnest(array[slug, name]) word
      where organization_id = ${p.organizationId}`,
)

/** What roles and brands are called in a list: by key or slug, and by name. */
async function namesOf(ctx: CallContext): Promise<Names> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectNames({ organizationId: ctx.organizationId })))
  const of = (kind: 'roles' | 'brands') =>
    new Map((rows ?? []).filter((row) => row.kind === kind).map(({ word, id }) => [word, id]))
  return { roles: of('roles'), brands: of('brands') }
}

/** @throws AppError invalid */
function wantedOf(
  { email, displayName, role, brand, until }: AddressRow,
  shared: z.output<typeof InviteManyInput>,
  names: Names,
): z.output<typeof CreateInvitationInput> {
  const { note, days, roleId, brands } = shared
  const expiresAt = until === null ? shared.expiresAt : endOf(until)
  const own = role === null && brand === null ? { roleId, brands } : ownHolding(role, brand, shared, names)
  return parseInput(CreateInvitationInput, { email, displayName, note, days, expiresAt, ...own })
}

function ownHolding(
  role: string | null,
  brand: string | null,
  { roleId, brands }: z.output<typeof InviteManyInput>,
  names: Names,
): { roleId: string | null; brands: { brandId: string; roleId: string }[] } {
  const ownRole = role === null ? (roleId ?? brands[0]?.roleId) : names.roles.get(fold(role))
  if (ownRole === undefined) throw unknown('role', role ?? '')
  if (brand === null) return { roleId: ownRole, brands: [] }
  const brandId = names.brands.get(fold(brand))
  if (brandId === undefined) throw unknown('brand', brand)
  return { roleId: null, brands: [{ brandId, roleId: ownRole }] }
}

const unknown = (what: string, name: string): AppError =>
  new AppError('invalid', `There is no ${what} ${name.slice(0, 100)}`, { reason: `unknown_${what}` })

/** A day means until its end. */
const endOf = (until: string): string => (/^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T23:59:59Z` : until)
