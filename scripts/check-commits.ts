// `npm run commits`: the newest commits have a conventional subject and a body, which says why. Looks at what came since the newest
// tag, or at the last two hundred, back to the day on which the rule began; where there is no history, as in an archive, it says so and is content.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export type CommitCheck = { checked: number; faults: string[] }

type Commit = { hash: string; writtenAt: string; subject: string; body: string }

/** Commits of before are left as they are. */
const since = '2026-11-28'
const mostWithoutTag = 200
const longestSubject = 100

const conventional = /^(bench|build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([a-z0-9, -]+\))?!?: \S/
/** Lines that tools add and that say nothing about why. */
const trailer = /^[A-Z][\w-]*: |^\(cherry picked from /

/** @returns undefined where the folder has no history, or git is missing */
export function checkCommits(folder: string): CommitCheck | undefined {
  const tag = git(folder, 'describe', '--tags', '--abbrev=0')?.trim()
  const range = tag === undefined ? [`--max-count=${mostWithoutTag}`] : [`${tag}..HEAD`]
  const log = git(folder, 'log', '--no-merges', '--format=%h%x1f%aI%x1f%s%x1f%b%x1e', ...range)
  if (log === undefined) return undefined
  const commits = log.split('\u001e').map(parse).filter(isToBeChecked)
  return { checked: commits.length, faults: commits.flatMap(faultsOf) }
}

function git(folder: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 16 * 1_048_576 })
  return status === 0 ? stdout : undefined
}

function parse(record: string): Commit {
  const [hash = '', writtenAt = '', subject = '', body = ''] = record.trim().split('\u001f')
  return { hash, writtenAt, subject, body }
}

/** A merge at the edge of a shallow clone has lost its parents, and git does not know it for one. */
const isToBeChecked = ({ hash, writtenAt, subject }: Commit): boolean =>
  hash !== '' && Date.parse(writtenAt) >= Date.parse(since) && !subject.startsWith('Merge ')

function faultsOf({ hash, subject, body }: Commit): string[] {
  const says = body.split('\n').some((line) => line.trim() !== '' && !trailer.test(line))
  return [
    ...(conventional.test(subject) ? [] : ['its subject is not conventional, as in "fix(scim): …"']),
    ...(subject.length <= longestSubject ? [] : [`its subject is longer than ${longestSubject} characters`]),
    ...(says ? [] : ['it has no body that says why']),
  ].map((fault) => `${hash} ${subject}: ${fault}`)
}

if (import.meta.main) {
  const result = checkCommits(join(import.meta.dirname, '..'))
  for (const fault of result?.faults ?? []) console.error(fault)
  console.log(
    result === undefined
      ? 'Skipped: there is no history here'
      : `${result.checked} commits, ${result.faults.length} faults`,
  )
  if (result !== undefined && result.faults.length > 0) process.exitCode = 1
}
