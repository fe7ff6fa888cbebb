// Segments: audit rows under one hash, which covers the hash of the segment before.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { hashRow, type SealedRow } from './lines.ts'

export type Segment = {
  sequence: number
  /** Positions are bigints as text. */
  afterPosition: string
  lastPosition: string
  eventCount: number
  /** Ids of the rows, with a blank between them. */
  eventIds: string
  /** The first `shortHash` hex digits of the hash of each row, one after the other. */
  eventHashes: string
  previousHash: string
  hash: string
  /** Milliseconds since 1970. */
  sealedAt: string
}

export const maxRows = 1_000

/** Enough to tell which row differs; that one does, the hash of the segment tells. */
export const shortHash = 16

/** What the next segment follows. */
export type Place = Pick<Segment, 'sequence' | 'hash' | 'lastPosition'>

/** Before every position that a row can have, so that none can hide below those that are given out. */
export const beginning: Place = { sequence: 0, hash: '0'.repeat(64), lastPosition: '-9223372036854775808' }

/** The segment after `previous` that holds these rows. */
export function segmentOf(
  organizationId: string,
  { previous, rows, sealedAt }: { previous: Place; rows: readonly SealedRow[]; sealedAt: Date },
): Segment {
  const hashes = rows.map(hashRow)
  const unsealed = {
    sequence: previous.sequence + 1,
    afterPosition: previous.lastPosition,
    lastPosition: rows.at(-1)?.position ?? previous.lastPosition,
    eventCount: rows.length,
    eventIds: rows.map(({ id }) => id).join(' '),
    eventHashes: hashes.map((each) => each.slice(0, shortHash)).join(''),
    previousHash: previous.hash,
    sealedAt: String(sealedAt.getTime()),
  }
  return { ...unsealed, hash: hashSegment(organizationId, unsealed, hashes) }
}

/** SHA-256, as hex, over what the segment says of itself and the hashes of its rows in their order. */
export function hashSegment(organizationId: string, segment: Omit<Segment, 'hash'>, hashes: readonly string[]): string {
  const { sequence, previousHash, afterPosition, lastPosition, eventCount, sealedAt } = segment
  const head = [
    'rolecall audit 1',
    organizationId,
    sequence,
    previousHash,
    afterPosition,
    lastPosition,
    eventCount,
    sealedAt,
  ]
  return createHash('sha256')
    .update(`${JSON.stringify(head)}\n`)
    .update(hashes.join('\n'))
    .digest('hex')
}

const columns = sql`s.sequence, s.after_position::text as "afterPosition", s.last_position::text as "lastPosition",
  s.event_count as "eventCount", array_to_string(s.event_ids, ' ') as "eventIds", s.event_hashes as "eventHashes",
  s.previous_hash as "previousHash", s.hash, (extract(epoch from s.sealed_at) * 1000)::bigint::text as "sealedAt"`

/** Segments after one, in their order. */
export const selectSegments = prepared<{ organizationId: string; after: number; limit: number }, Segment>(
  (p) => sql`select ${columns} from audit_segments s
    where s.organization_id = ${p.organizationId} and s.sequence > ${p.after}::int order by s.sequence limit ${p.limit}::int`,
)

export const selectLastSegment = prepared<{ organizationId: string }, Segment>(
  (p) => sql`select ${columns} from audit_segments s
    where s.organization_id = ${p.organizationId} order by s.sequence desc limit 1`,
)
