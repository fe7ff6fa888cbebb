// The shortest input that still does it, by leaving out halves, quarters and so on of its text, or, of JSON, its parts.

type Failing = (input: string) => Promise<boolean>

/** @param tries how often it may be played */
export async function minimise(input: string, isFailing: Failing, tries = 250): Promise<string> {
  let best = input
  let left = tries
  const isShorter = async (candidate: string): Promise<boolean> => {
    if (candidate.length >= best.length || left <= 0) return false
    left -= 1
    if (!(await isFailing(candidate))) return false
    best = candidate
    return true
  }
  let isDone = false
  while (!isDone && left > 0) isDone = !(await someShorter(candidatesOf(best), isShorter))
  return best
}

async function someShorter(candidates: Iterable<string>, isShorter: Failing): Promise<boolean> {
  for (const candidate of candidates) if (await isShorter(candidate)) return true
  return false
}

function* candidatesOf(text: string): Generator<string> {
  const value = parsed(text)
  if (value !== undefined) for (const smaller of smallerOf(value)) yield JSON.stringify(smaller)
  else yield* slicesOut(text)
}

function* slicesOut(text: string): Generator<string> {
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < text.length; at += size) yield text.slice(0, at) + text.slice(at + size)
}

function* smallerOf(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield* slicesOut(value)
  if (Array.isArray(value))
    for (const [at, item] of value.entries()) {
      yield value.toSpliced(at, 1)
      for (const smaller of smallerOf(item)) yield value.with(at, smaller)
    }
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>
      yield rest
      for (const smaller of smallerOf(item)) yield { ...value, [key]: smaller }
    }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
