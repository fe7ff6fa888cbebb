import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { joinWrites } from './joined-writes.ts'

/** A stream that notes what reaches the kernel together. */
function recorder() {
  const sent: number[][] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      sent.push([chunk.length])
      done()
    },
    writev: (chunks, done) => {
      sent.push(chunks.map(({ chunk }) => (chunk as Buffer).length))
      done()
    },
  })
  return { sent, stream: joinWrites(stream) }
}

test('a long write waits for the short one after it', async () => {
  const { sent, stream } = recorder()
  stream.write(Buffer.alloc(2000))
  stream.write(Buffer.alloc(1500))
  setImmediate(() => stream.write(Buffer.alloc(20)))
  await turn()
  await turn()
  await turn()
  expect(sent).toEqual([[2000, 1500, 20]])
})

test('nothing waits for what does not come, and what is short goes at once', async () => {
  const { sent, stream } = recorder()
  stream.write(Buffer.alloc(20))
  expect(sent).toEqual([[20]])
  stream.write(Buffer.alloc(2000))
  expect(sent).toEqual([[20]])
  await turn()
  await turn()
  await turn()
  expect(sent).toEqual([[20], [2000]])
  stream.write(Buffer.alloc(30))
  expect(sent).toEqual([[20], [2000], [30]])
})
