// Directories: an organization's SCIM feeds, and how they are read.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type AdoptionPolicy,
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'

export type DirectoryRecord = {
  id: string
  name: string
  status: 'active' | 'disabled'
  /** `staged`: people whom it brings wait until somebody has looked at what they get. */
  arrivals: 'active' | 'staged'
  /** For people whom it brings and the organization has from elsewhere. */
  adoption: AdoptionPolicy
  /** `on`: what more people lose at once than `brakeLimit` waits for an administrator. */
  brake: 'on' | 'off'
  /** How many people may lose something within `brakeMinutes`, as it was set; null where it was not. */
  brakePeople: number | null
  /** The same as a share of its people, in percent. */
  brakeShare: number | null
  brakeMinutes: number
  /** What that comes to; learned where neither was set. */
  brakeLimit: number
  createdAt: string
  updatedAt: string
}

/** Of a new directory; its columns have the same. */
export const newBrake = {
  brake: 'on',
  brakePeople: null,
  brakeShare: null,
  brakeMinutes: 60,
  brakeLimit: 25,
} as const satisfies Partial<DirectoryRecord>

/** The columns of a DirectoryRecord, for `directories d`. */
export const directoryColumns = sql`d.id, d.name, d.status, d.arrivals, d.adoption, d.brake,
  d.brake_people as "brakePeople", d.brake_share as "brakeShare", d.brake_minutes as "brakeMinutes", d.brake_limit as "brakeLimit",
  d.created_at as "createdAt", d.updated_at as "updatedAt"`

const selectDirectories = prepared<
  { organizationId: string; after: string | null; limit: number | null },
  DirectoryRecord
>(
  (p) => sql`select ${directoryColumns} from directories d
    where d.organization_id = ${p.organizationId} and (${p.after}::text is null or d.id > ${p.after})
    order by d.id limit ${p.limit}::int`,
)

/** One directory as a statement, for a transaction that asks for more. */
export const directoryById = prepared<{ organizationId: string; directoryId: string }, DirectoryRecord>(
  (p) => sql`select ${directoryColumns} from directories d
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId}`,
)

const lockDirectory = prepared<{ organizationId: string; directoryId: string }, DirectoryRecord>(
  (p) => sql`select ${directoryColumns} from directories d
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId} for no key update`,
)

/** The organization's directories in order of creation, those after an id and as many as asked for. */
export async function listDirectories(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<DirectoryRecord[]> {
  requirePermission(ctx, 'directories.read')
  const { organizationId } = ctx
  const statement = selectDirectories({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's directory */
export async function getDirectory(ctx: CallContext, directoryId: string): Promise<DirectoryRecord> {
  requirePermission(ctx, 'directories.read')
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const statement = directoryById({ organizationId: ctx.organizationId, directoryId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const directory = rows?.[0]
  if (directory === undefined) throw notFound('Directory')
  return directory
}

/** Reads the directory and keeps others from changing it until the transaction ends. @throws AppError not_found */
export async function lockDirectoryRow(
  tx: Transaction,
  ctx: CallContext,
  directoryId: string,
): Promise<DirectoryRecord> {
  const [directory] = await tx.run(lockDirectory({ organizationId: ctx.organizationId, directoryId }))
  if (directory === undefined) throw notFound('Directory')
  return directory
}

type NewDirectory = {
  organizationId: string
  id: string
  name: string
  arrivals: string
  adoption: string
  now: string
}

/** A new directory as a statement, for a transaction that says who made it. */
export const insertDirectory = prepared<NewDirectory, never>(
  (p) => sql`insert into directories (organization_id, id, name, arrivals, adoption, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.arrivals}, ${p.adoption}, ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

export const adoptionPolicies = ['verified_domain', 'always', 'never', 'confirm'] as const satisfies AdoptionPolicy[]
