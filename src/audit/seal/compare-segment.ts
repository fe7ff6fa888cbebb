// One segment beside the rows that are there today: what differs, and which row it is.
import { hashRow, type SealedRow } from './lines.ts'
import { hashSegment, type Segment, shortHash } from './segments.ts'

export type Finding = {
  kind: /** A row says something else than when it was sealed. */
    | 'event_changed'
    | 'event_missing'
    /** A row among those that were sealed without it. */
    | 'event_added'
    /** A row that stands elsewhere among the others. */
    | 'event_moved'
    /** The record of the segment says something else than when it was made. */
    | 'segment_altered'
    | 'segment_missing'
    /** The segment does not follow from the one before. */
    | 'segment_detached'
    /** The trail does not lead to the head that was kept elsewhere. */
    | 'head_unknown'
  /** Number of the segment; null where the whole trail is meant. */
  segment: number | null
  eventId: string | null
}

/** @param rows what the segment should hold; read once, in order. @returns how many rows there were */
export async function compareSegment(
  organizationId: string,
  segment: Segment,
  { rows, found }: { rows: AsyncIterable<SealedRow>; found: (finding: Finding) => void },
): Promise<number> {
  const sealed = sealedRows(segment)
  const hashes: string[] = []
  let findings = 0
  const report = (kind: Finding['kind'], eventId: string | null): void => {
    findings += 1
    found({ kind, segment: segment.sequence, eventId })
  }
  let latest = -1
  for await (const row of rows) {
    const hash = hashRow(row)
    hashes.push(hash)
    const before = sealed.get(row.id)
    sealed.delete(row.id)
    if (before === undefined) report('event_added', row.id)
    else if (before.hash !== hash.slice(0, shortHash)) report('event_changed', row.id)
    else if (before.place < latest) report('event_moved', row.id)
    latest = Math.max(latest, before?.place ?? -1)
  }
  for (const eventId of sealed.keys()) report('event_missing', eventId)
  if (findings === 0 && hashSegment(organizationId, segment, hashes) !== segment.hash) report('segment_altered', null)
  return hashes.length
}

function sealedRows({ eventIds, eventHashes }: Segment): Map<string, { place: number; hash: string }> {
  const ids = eventIds === '' ? [] : eventIds.split(' ')
  return new Map(
    ids.map((id, place) => [id, { place, hash: eventHashes.slice(place * shortHash, (place + 1) * shortHash) }]),
  )
}
