// Proves that the rules for commits bite: in histories of their own, since a tag, without one, in a shallow clone, and in none.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkCommits } from './check-commits.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'commits-'))
  folders.push(folder)
  return folder
}

const who = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' }
const committer = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' }

function git(folder: string, args: string[], date = '2027-01-01T00:00:00Z'): void {
  const times = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
  execFileSync('git', args, { cwd: folder, env: { ...process.env, ...who, ...committer, ...times }, stdio: 'ignore' })
}

function history(...messages: string[]): string {
  const folder = newFolder()
  git(folder, ['init', '--initial-branch=main'])
  for (const message of messages) git(folder, ['commit', '--allow-empty', '--message', message])
  return folder
}

const good = 'fix(scim): an empty filter finds everybody\n\nEntra sends one, and got 400.'
const faultsOf = (folder: string): string[] =>
  (checkCommits(folder)?.faults ?? []).map((text) => text.replace(/^\w+ /, ''))

describe.skipIf(spawnSync('git', ['--version']).status !== 0)('commits', () => {
  it('lets what is right pass', () => {
    const folder = history(good, 'feat!: another port\n\nThe old one is taken on most machines.')
    expect(checkCommits(folder)).toEqual({ checked: 2, faults: [] })
  })

  it('wants a body, and counts no trailers', () => {
    expect(faultsOf(history('fix: one thing', 'fix: another\n\nSigned-off-by: Ada <ada@example.com>'))).toEqual([
      'fix: another: it has no body that says why',
      'fix: one thing: it has no body that says why',
    ])
  })

  it('wants a conventional subject that is not too long', () => {
    const long = `fix: ${'x'.repeat(96)}`
    expect(faultsOf(history('Fixed it\n\nBecause.', 'wip: more\n\nBecause.', `${long}\n\nBecause.`))).toEqual([
      `${long}: its subject is longer than 100 characters`,
      'wip: more: its subject is not conventional, as in "fix(scim): …"',
      'Fixed it: its subject is not conventional, as in "fix(scim): …"',
    ])
  })

  it('looks at what came since the newest tag', () => {
    const folder = history('no good', ...Array.from({ length: 21 }, () => good))
    git(folder, ['tag', 'v1.0.0'])
    git(folder, ['commit', '--allow-empty', '--message', good])
    expect(checkCommits(folder)).toEqual({ checked: 1, faults: [] })
  })

  it('looks at all of them where there is no tag, but at none from before it was begun', () => {
    const folder = history('no good\n\nBecause.', ...Array.from({ length: 25 }, () => good))
    expect(checkCommits(folder)).toMatchObject({ checked: 26, faults: [expect.stringContaining('no good')] })
    git(folder, ['commit', '--allow-empty', '--message', 'no good'], '2026-11-27T12:00:00Z')
    expect(checkCommits(folder)).toMatchObject({ checked: 26 })
  })

  it('leaves merges out, also at the edge of a shallow clone', () => {
    const folder = history(good)
    git(folder, ['checkout', '-b', 'other'])
    git(folder, ['commit', '--allow-empty', '--message', good])
    git(folder, ['checkout', 'main'])
    git(folder, ['merge', '--no-ff', '--message', 'Merge branch other', 'other'])
    expect(checkCommits(folder)).toEqual({ checked: 2, faults: [] })
    const shallow = newFolder()
    git(shallow, ['clone', '--depth=1', `file://${folder}`, '.'])
    expect(checkCommits(shallow)).toEqual({ checked: 0, faults: [] })
  })

  it('is content where there is no history', () => {
    expect(checkCommits(newFolder())).toBeUndefined()
  })
})
