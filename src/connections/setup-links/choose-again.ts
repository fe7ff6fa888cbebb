// Another provider for a set-up that has begun with the wrong one. The connection keeps its id, and so its addresses; what was
// entered of the other provider goes, and with it a directory that nobody has used.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { presets } from '../providers/providers.ts'
import { anyIdentity, draftSettings } from '../sign-in/configure-connection.ts'
import {
  type Connection,
  connectionColumns,
  connectionSecretPlace,
  lockConnectionRow,
  reachOf,
} from '../sign-in/connections.ts'
import { provisioningScreenOf } from '../sign-in/setup-screens.ts'
import { BeginSetupInput, directoryStatements, firstSignInsOf } from './begin-setup.ts'

const ChooseAgainInput = BeginSetupInput.extend({ connectionId: z.string() })

export type ChooseAgainInput = z.input<typeof ChooseAgainInput>

const write = prepared<
  {
    organizationId: string
    connectionId: string
    type: string
    preset: string
    name: string
    settings: string
    secretSealed: string | null
    directoryId: string | null
    jit: string
    now: string
  },
  Connection
>(
  (p) => sql`update connections c set type = ${p.type}, preset = ${p.preset}, name = ${p.name}, status = 'draft',
      settings = ${p.settings}::jsonb, secret_sealed = ${p.secretSealed}, directory_id = ${p.directoryId}, jit = ${p.jit},
      is_idp_initiated_allowed = false, tested_at = null, refreshed_at = null, updated_at = ${p.now}::timestamptz
    where c.organization_id = ${p.organizationId} and c.id = ${p.connectionId} returning ${connectionColumns}`,
)

type DirectoryKey = { organizationId: string; connectionId: string; directoryId: string | null }

// Anything that a provider may know it by, or that came through it, and any other connection of the same people.
const isUsed = prepared<DirectoryKey, { isUsed: boolean }>(
  (p) => sql`select exists (select from directory_activity a
      where a.organization_id = ${p.organizationId} and a.directory_id = ${p.directoryId} and a.first_request_at is not null)
    or exists (select from directory_tokens t where t.organization_id = ${p.organizationId} and t.directory_id = ${p.directoryId})
    or exists (select from directory_clients t where t.organization_id = ${p.organizationId} and t.directory_id = ${p.directoryId})
    or exists (select from users u where u.organization_id = ${p.organizationId} and u.directory_id = ${p.directoryId})
    or exists (select from groups g where g.organization_id = ${p.organizationId} and g.directory_id = ${p.directoryId})
    or exists (select from connections c where c.organization_id = ${p.organizationId} and c.directory_id = ${p.directoryId}
      and c.id <> ${p.connectionId}) as "isUsed"`,
)

const bindLinks = prepared<DirectoryKey, never>(
  (p) => sql`update setup_links set directory_id = ${p.directoryId}
    where organization_id = ${p.organizationId} and connection_id = ${p.connectionId}`,
)

const removeDirectory = prepared<{ organizationId: string; directoryId: string }, never>(
  (p) => sql`delete from directories where organization_id = ${p.organizationId} and id = ${p.directoryId}`,
)

/** Whether another provider may be chosen: nobody signs in through it yet. */
export const mayChooseAgain = ({ status }: Pick<Connection, 'status'>): boolean =>
  status === 'draft' || status === 'tested'

/** @throws AppError not_found, invalid; conflict (reason `in_use`) once somebody has signed in; forbidden (reason `ceiling`) */
export async function chooseAgain(ctx: CallContext, input: ChooseAgainInput): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  requirePermission(ctx, 'directories.write')
  const { connectionId, preset, type, arrivals, ...given } = parseInput(ChooseAgainInput, input)
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  const name = given.name ?? presets[preset].title
  const { organizationId } = ctx
  const { settings, secret } = await draftSettings(ctx, { id: connectionId, type, preset })
  const place = connectionSecretPlace(organizationId, connectionId)
  return inTransaction(ctx, async (tx) => {
    const before = await lockConnectionRow(tx, ctx, connectionId)
    await requireReach(tx, ctx, reachOf(before))
    const [used] = await tx.run(anyIdentity({ organizationId, connectionId }))
    if (used?.isInUse === true || !mayChooseAgain(before))
      throw new AppError('conflict', 'People sign in through this connection; make another one for another provider', {
        reason: 'in_use',
      })
    const isWanted = provisioningScreenOf(preset, '') !== undefined
    const directoryId = await directoryFor(tx, ctx, { before, isWanted, name, arrivals })
    const detail = { name, type, preset, before: before.preset }
    const audit = { action: 'connection.choose', targetType: 'connection', targetId: connectionId, detail } as const
    const [rows] = await tx.commitWith<Connection>(
      write({
        ...{ organizationId, connectionId, type, preset, name, directoryId },
        settings: JSON.stringify(settings),
        secretSealed: secret === null ? null : ctx.sealing.seal(secret, place),
        jit: firstSignInsOf(directoryId),
        now: nowOf(ctx),
      }),
      recordAudit(ctx, audit),
    )
    return rows?.[0] ?? before
  })
}

type Wanted = { before: Connection; isWanted: boolean; name: string; arrivals: 'active' | 'staged' }

/** That of before, where it is wanted or used; a new one; or none. @returns its id */
async function directoryFor(tx: Transaction, ctx: CallContext, wanted: Wanted): Promise<string | null> {
  const { before, isWanted, name, arrivals } = wanted
  const { directoryId: own } = before
  const key = { organizationId: ctx.organizationId, connectionId: before.id }
  if (own === null) return isWanted ? newDirectory(tx, ctx, { key, name, arrivals }) : null
  const [found] = await tx.run(isUsed({ ...key, directoryId: own }))
  if (isWanted || found?.isUsed !== false) return own
  await tx.run(bindLinks({ ...key, directoryId: null }))
  await tx.run(detach(key))
  await tx.run(removeDirectory({ ...key, directoryId: own }))
  const entry = {
    action: 'directory.delete',
    targetType: 'directory',
    targetId: own,
    detail: { name: before.name },
  } as const
  await tx.run(recordAudit(ctx, entry))
  return null
}

const detach = prepared<{ organizationId: string; connectionId: string }, never>(
  (p) => sql`update connections set directory_id = null
    where organization_id = ${p.organizationId} and id = ${p.connectionId}`,
)

async function newDirectory(
  tx: Transaction,
  ctx: CallContext,
  { key, name, arrivals }: { key: Omit<DirectoryKey, 'directoryId'>; name: string; arrivals: string },
): Promise<string> {
  const directoryId = ctx.ids.next('dir')
  await requireReach(tx, ctx, { kind: 'directory', directoryId: null, adoption: 'verified_domain' })
  for (const statement of directoryStatements(ctx, { directoryId, name, arrivals, now: nowOf(ctx) }))
    await tx.run(statement)
  await tx.run(bindLinks({ ...key, directoryId }))
  return directoryId
}
