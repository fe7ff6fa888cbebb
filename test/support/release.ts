// The code of an earlier release, to be run beside ours: out of the project's own history, with the packages that are here.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const projectFolder = join(import.meta.dirname, '../..')

export type CheckedOut = { folder: string; program: string; remove(): void }

/** @returns undefined where the history does not go back so far, as in a shallow clone */
export function checkOut(commit: string): CheckedOut | undefined {
  const known = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: projectFolder })
  if (known.status !== 0) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-release-'))
  const archive = execFileSync('git', ['archive', commit, 'src', 'drizzle', 'package.json'], {
    cwd: projectFolder,
    maxBuffer: 200_000_000,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    program: join(folder, 'src/main.ts'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
