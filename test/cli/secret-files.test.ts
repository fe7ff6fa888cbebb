// Files that a configuration document names for its secrets: nothing of DATA_DIR, which holds the server's own keys, is read.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { createRuntime } from '#src/runtime.ts'

function stage() {
  const home = mkdtempSync(join(tmpdir(), 'rolecall-files-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const dataDir = join(home, 'data')
  mkdirSync(join(dataDir, '..keys'), { recursive: true })
  const put = (path: string): string => {
    writeFileSync(path, 'secret')
    return path
  }
  return { home, dataDir, put, runtime: createRuntime(loadConfig({ DATA_DIR: dataDir })) }
}

test.each([['encryption.key'], ['..encryption.key'], [join('..keys', 'one')]])(
  '%s of DATA_DIR is not read',
  async (name) => {
    const { dataDir, put, runtime } = stage()
    await expect(runtime.secretFile(put(join(dataDir, name)))).rejects.toThrow(/lies in DATA_DIR/)
  },
)

test('nor is one behind a link', async () => {
  const { home, dataDir, put, runtime } = stage()
  symlinkSync(put(join(dataDir, 'encryption.key')), join(home, 'link'))
  await expect(runtime.secretFile(join(home, 'link'))).rejects.toThrow(/lies in DATA_DIR/)
})

test.each([['beside'], ['..beside'], ['data2']])('%s beside it is', async (name) => {
  const { home, put, runtime } = stage()
  expect(await runtime.secretFile(put(join(home, name)))).toBe('secret')
})
