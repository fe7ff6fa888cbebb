// What somebody sees of drafts of changes in their own data: of one that was made, what it did to themselves; of one that they had a hand
// in, that they had. What is planned is told when it is made, and what is said of others stays with them.

type Row = Record<string, unknown>

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0)

/** Who takes over from them is about those people. */
const ofOthers = new Set(['handOver'])

const shared = (row: Row): [string, unknown][] => Object.entries(row).filter(([key]) => !ofOthers.has(key))

/** The parts that are about them; undefined where none is. */
function partAbout(value: unknown, userId: string): unknown {
  if (Array.isArray(value)) return value.map((each) => partAbout(each, userId)).filter((each) => !isEmpty(each))
  if (!isRow(value)) return value === userId ? value : undefined
  const whose = value['userId']
  if (typeof whose === 'string' && whose !== userId) return undefined
  if (Object.values(value).includes(userId)) return Object.fromEntries(shared(value))
  const parts = shared(value).map(([key, part]): [string, unknown] => [key, partAbout(part, userId)])
  if (parts.every(([, part]) => isEmpty(part))) return undefined
  // What stands beside a list of people is said of each of them: the group, the reason.
  const beside = shared(value).filter(([, part]) => typeof part !== 'object')
  return Object.fromEntries([...beside, ...parts.filter(([, part]) => !isEmpty(part))])
}

const hands = ['created', 'changed', 'decided', 'applied', 'undone'] as const

/** Empty where nothing of it is theirs to see. @param row of `change_drafts` */
export function ownDraft(row: Row, userId: string): Row[] {
  const isMade = row['status'] === 'applied' || row['status'] === 'undone'
  const found = isMade ? partAbout(row['changes'], userId) : []
  const mine = hands.filter((hand) => row[`${hand}_by`] === userId)
  if (isEmpty(found) && mine.length === 0) return []
  const acts = mine.flatMap((hand) => [`${hand}_by`, `${hand}_at`])
  const kept = ['id', 'status', ...acts, ...(isEmpty(found) ? [] : ['applied_at', 'undone_at'])]
  const own = Object.fromEntries(kept.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]))
  return [isEmpty(found) ? own : { ...own, changes: found }]
}
