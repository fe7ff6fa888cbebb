// The demo's output is plain where nobody looks at a terminal, and never coloured against NO_COLOR.
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createOutput, type Output } from './output.ts'

function capture(isTTY: boolean, env: NodeJS.ProcessEnv): { output: Output; text: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 }) as unknown as NodeJS.WriteStream // what is used of it
  const chunks: string[] = []
  stream.write = (chunk: string | Uint8Array) => chunks.push(String(chunk)) > 0
  return { output: createOutput(stream, env), text: () => chunks.join('') }
}

test('columns line up, also with letters beyond ASCII', () => {
  const { output, text } = capture(false, {})
  output.table(
    ['Who', 'Role'],
    [
      ['Łucja Ødegård', 'editor'],
      [{ text: 'Bo', tone: 'strong' }, 'viewer'],
    ],
  )
  const columns = text()
    .trimEnd()
    .split('\n')
    .map((line) => line.search(/Role|editor|viewer/))
  expect(new Set(columns).size).toBe(1)
})

test('colours only on a terminal without NO_COLOR', () => {
  const coloured = [
    { isTTY: true, env: {} },
    { isTTY: true, env: { NO_COLOR: '1' } },
    { isTTY: false, env: {} },
  ].map(({ isTTY, env }) => {
    const { output, text } = capture(isTTY, env)
    output.done('Ready')
    return text().includes('\x1b[')
  })
  expect(coloured).toEqual([true, false, false])
})

test('without a terminal live lines are printed, not redrawn', () => {
  const { output, text } = capture(false, {})
  const lines = output.live(() => ['Okta 3/3'])
  lines.finish()
  lines.finish()
  expect(text()).toBe('Okta 3/3\n')
})

test('a wait ends in a tick, a failing one in its own error', async () => {
  const { output, text } = capture(true, {})
  await expect(output.during('Count', Promise.resolve(3))).resolves.toBe(3)
  await expect(output.during('Fail', Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(text()).toContain('✓')
})
