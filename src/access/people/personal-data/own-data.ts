// What is kept of oneself (GDPR Art. 15 and 20), by the register that administrators export by; what is about others stays with them
// (ADR 0045).
import { recordAudit } from '#audit/record.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { type PersonalData, readPersonalData } from './export-person.ts'
import { ownDraft } from './own-draft.ts'

type Row = Record<string, unknown>

const perPerson = { name: 'own-data.user', attempts: 20, windowSeconds: 3_600 }

/** Who did something, where it was somebody else: as what they did it, and not who they are. */
const actors: Record<string, string> = {
  user: 'an administrator or a manager',
  api_key: 'an API key',
  directory: 'a directory',
  operator: 'the operator of the server',
  setup_link: 'a setup link',
  system: 'Rolecall itself',
}

const aPerson = /usr_[0-9a-hjkmnp-tv-z]{26}/g

/** Ids of other people, however deep they stand. */
function withoutOthers(row: Row, userId: string): Row {
  const text = JSON.stringify(row).replaceAll(aPerson, (id) => (id === userId ? id : 'somebody else'))
  return JSON.parse(text) as Row
}

function ofEvent(row: Row, userId: string): Row {
  const isMine = row['actor_type'] === 'user' && row['actor_id'] === userId
  if (!isMine) return { ...row, actor_id: actors[String(row['actor_type'])] ?? 'somebody else' }
  if (row['target_id'] === userId) return row
  // What they did to others is what others are told.
  const { detail: _, target_id: __, ...rest } = row
  return rest
}

/** A reviewer decides freely until it counts. */
function ofReviewLine(row: Row): Row {
  if (row['outcome'] !== undefined) return row
  const { answer: _, comment: __, answered_at: ___, answered_by: ____, answered_by_name: _____, ...rest } = row
  return rest
}

function ofHandOver(row: Row, userId: string): Row {
  if (row['subject_id'] === undefined || row['subject_id'] === userId) return row
  const { name: _, about: __, ...rest } = row
  return rest
}

/** Rows of a section that are theirs to see, without what is about others. */
function ownRows(section: string, rows: readonly Row[], userId: string): Row[] {
  if (section === 'change_drafts')
    return rows.flatMap((row) => ownDraft(row, userId)).map((row) => withoutOthers(row, userId))
  const own = section === 'access_review_lines' ? rows.filter((row) => row['user_id'] === userId) : rows
  return own.map((row) => {
    if (section === 'audit_events') return withoutOthers(ofEvent(row, userId), userId)
    if (section === 'access_review_lines') return withoutOthers(ofReviewLine(row), userId)
    return withoutOthers(section === 'hand_overs' ? ofHandOver(row, userId) : row, userId)
  })
}

/**
 * Of the person who acts. Whoever calls it has asked for a fresh proof.
 * @throws AppError forbidden (reason `person`); too_many
 */
export async function exportOwnData(ctx: CallContext): Promise<PersonalData> {
  const userId = ownUserId(ctx)
  const seconds = await countAttempt(ctx.database, { limit: perPerson, key: userId })
  if (seconds > 0) throw new AppError('too_many', 'You have looked at this often enough for now; wait an hour')
  const sections = await inTransaction(ctx, async (tx) => {
    const found = await readPersonalData(tx, ctx, userId)
    const entry = { action: 'user.export_own_data', targetType: 'user', targetId: userId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { sections: found.length } }))
    return found
  })
  const own = sections.map((section) => ({ ...section, rows: ownRows(section.name, section.rows, userId) }))
  return { userId, madeAt: nowOf(ctx), sections: own }
}
