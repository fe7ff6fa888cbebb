// What a change of many people would do to each of them, before anything is done.
import type { z } from 'zod'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { aboveAmong } from '../../ceiling/ceiling.ts'
import { type Blocker, blockerOf, decidesWhoIsIn, requireAction } from './blockers.ts'
import { BulkInput, hashOf, type Selected, selectPeople } from './selection.ts'

export type BulkRow = Pick<Selected, 'id' | 'userName' | 'displayName' | 'status'> & { blocker: Blocker | null }

export type BulkPreview = {
  /** What running it needs: it holds for this action on these people as they are, and nothing else. */
  hash: string
  total: number
  ready: number
  blocked: number
  /** The first ones by name. */
  rows: BulkRow[]
  /** How many are kept back for which reason. */
  reasons: { reason: string; message: string; count: number }[]
}

const shownRows = 50

const nobody: ReadonlySet<string> = new Set()

/** @throws AppError invalid, forbidden, not_found */
export async function previewBulk(ctx: CallContext, input: z.input<typeof BulkInput>): Promise<BulkPreview> {
  const wanted = parseInput(BulkInput, input)
  const { people, above } = await inTransaction(ctx, async (tx) => {
    await requireAction(tx, ctx, wanted.action)
    const selected = await selectPeople(tx, ctx, wanted)
    const ids = selected.map(({ id }) => id)
    return { people: selected, above: decidesWhoIsIn(wanted.action) ? await aboveAmong(tx, ctx, ids) : nobody }
  })
  const rows = people.map((person): BulkRow => {
    const { id, userName, displayName, status } = person
    return {
      id,
      userName,
      displayName,
      status,
      blocker: blockerOf(ctx, wanted.action, { ...person, isAbove: above.has(id) }) ?? null,
    }
  })
  const blockers = rows.flatMap(({ blocker }) => (blocker === null ? [] : [blocker]))
  return {
    hash: hashOf(wanted.action, people),
    total: rows.length,
    ready: rows.length - blockers.length,
    blocked: blockers.length,
    rows: rows.slice(0, shownRows),
    reasons: countReasons(blockers),
  }
}

function countReasons(blockers: readonly Blocker[]): BulkPreview['reasons'] {
  const counted = new Map<string, BulkPreview['reasons'][number]>()
  for (const { reason, message } of blockers) {
    const known = counted.get(message) ?? { reason, message, count: 0 }
    counted.set(message, { ...known, count: known.count + 1 })
  }
  return [...counted.values()]
}
