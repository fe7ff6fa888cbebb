// How long something takes, on a machine that others use too: measured beside a piece of known work, and told as on a quiet one.

const document = JSON.stringify(
  Array.from({ length: 5_000 }, (_, index) => ({ value: `user${index}@example.com`, index })),
)
/** What `knownWork` takes on a quiet machine. */
const quietMillis = 1.6
/** What disturbs a machine that is shared comes and goes. */
const tries = 12

function knownWork(): number {
  const start = performance.now()
  JSON.stringify(JSON.parse(document))
  return performance.now() - start
}

/** @param enough no more tries once one took less. @returns the last answer, and the least time in quiet milliseconds */
export async function paced<Answer>(
  send: () => Promise<Answer>,
  enough: number,
): Promise<{ answer: Answer; millis: number }> {
  let [least, answer] = [Number.POSITIVE_INFINITY, undefined as Answer | undefined]
  for (let attempt = 0; attempt < tries && least >= enough; attempt += 1) {
    const before = knownWork()
    const start = performance.now()
    answer = await send()
    const millis = performance.now() - start
    const slowness = Math.max(1, Math.max(before, knownWork()) / quietMillis)
    least = Math.min(least, millis / slowness)
  }
  return { answer: answer as Answer, millis: least }
}
