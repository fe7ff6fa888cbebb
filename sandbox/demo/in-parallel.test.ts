// Bounded concurrency keeps its bound and stops at the first failure.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'

test('does every item once, with never more than the limit at work', async () => {
  let atWork = 0
  let most = 0
  const done: number[] = []
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    atWork += 1
    most = Math.max(most, atWork)
    await turn()
    done.push(item)
    atWork -= 1
  })
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
})

test('rejects with the first failure and starts nothing more', async () => {
  let started = 0
  const work = inParallel([1, 2, 3, 4, 5, 6], 2, async () => {
    started += 1
    await turn()
    throw new Error('refused')
  })
  await expect(work).rejects.toThrow('refused')
  await turn()
  expect(started).toBe(2)
})
