// Changes of what people may do, by command: each says what it does, and what takes something away is to be said twice.
import type { ChangeKind, ChangeOf, OutcomeOf } from '#access/previews/change.ts'
import { makeAcceptable, takesSomething } from '#access/previews/preview.ts'
import type { Person, Preview } from '#access/previews/shown.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { counted, someOf } from '#words/counts.ts'

export const confirmOption = ['--yes', 'go on although people lose something by it'] as const

/**
 * @param wantsWord where it is to be said twice whatever it does
 * @returns the outcome, and who gains and loses in words
 * @throws AppError precondition_required where somebody loses something and `yes` is not said; whatever the verb throws
 */
export async function makeChange<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  { yes = false, wantsWord = false }: { yes?: boolean | undefined; wantsWord?: boolean },
): Promise<{ outcome: OutcomeOf<Kind>; effect: string }> {
  const { outcome, preview } = await makeAcceptable(ctx, change, (shown) => {
    if (yes || !(wantsWord || takesSomething(shown))) return
    const message = `Nothing is changed yet. ${effectOf(shown)}. Repeat it with --yes to go on`
    throw new AppError('precondition_required', message)
  })
  return { outcome, effect: effectOf(preview) }
}

/** Who gains and who loses, in words. */
export function effectOf({ entries, gaining, losing, withoutAccess, administrators }: Preview): string {
  const who = (count: number, takes: 'gained' | 'lost'): string =>
    named(
      count,
      entries.filter((entry) => entry[takes].length > 0).flatMap(({ sample }) => sample),
    )
  const parts = [
    ...(gaining === 0 ? [] : [`${people(gaining)} something more${who(gaining, 'gained')}`]),
    ...(losing === 0 ? [] : [`${people(losing)} something less${who(losing, 'lost')}`]),
    ...(withoutAccess.count === 0
      ? []
      : [`${people(withoutAccess.count)} nothing at all${named(withoutAccess.count, withoutAccess.sample)}`]),
  ]
  const left = administrators.after === administrators.before ? [] : [`administrators: ${administrators.after}`]
  if (parts.length === 0) return ["Nobody's access changes now", ...left].join('; ')
  return [`${parts.join(', ')} from now on`, ...left].join('; ')
}

/** ` (Ann, Ben and 3 more)`. */
function named(count: number, sample: readonly Person[]): string {
  const names = [...new Map(sample.map(({ id, name }) => [id, name])).values()]
  return names.length === 0 ? '' : ` (${someOf(names, count)})`
}

const people = (count: number): string => counted(count, 'person has', 'people have')
