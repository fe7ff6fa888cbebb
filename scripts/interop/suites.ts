// The foreign SCIM suites that registries have: how each is called, and how what it says is read.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export type Outcome = { check: string; result: 'passed' | 'failed' | 'skipped' }

export type Suite = {
  name: string
  /** Exact versions, so that a new check is a decision. */
  packages: readonly string[]
  /** Runs it against a directory. `bin` has its commands. @throws Error where it did not run to its end */
  run(bin: string, target: Target): Outcome[]
}

export type Target = { baseUrl: string; token: string }

type SanityReport = { results: { name: string; status: string; message?: string }[] }

/** Reads the report of scim-sanity. */
export function readSanity(text: string): Outcome[] {
  const results = { pass: 'passed', skip: 'skipped' } as const
  return (JSON.parse(text) as SanityReport).results.map(({ name, status, message }) => ({
    check: message === undefined || status === 'pass' ? name : `${name}: ${message}`,
    result: results[status as keyof typeof results] ?? 'failed',
  }))
}

/** Reads what `scim2 test` prints: a line for each check, and a reason below it, set in. */
export function readTester(text: string): Outcome[] {
  const outcomes = [...text.matchAll(/^([A-Z]+) (\w+)(?:\n {2}(.*))?$/gm)]
  return outcomes.map(([, status, title, reason]) => ({
    check: reason === undefined ? `${title}` : `${title}: ${reason}`,
    result: status === 'SKIPPED' ? 'skipped' : status === 'ERROR' || status === 'CRITICAL' ? 'failed' : 'passed',
  }))
}

export const suites: readonly Suite[] = [
  {
    name: 'scim2-tester',
    packages: ['scim2-tester==0.5.2', 'scim2-cli==0.6.0'],
    run: (bin, { baseUrl, token }) =>
      readTester(
        said(join(bin, 'scim2'), ['--url', baseUrl, 'test'], { SCIM_CLI_HEADERS: `Authorization: Bearer ${token}` }),
      ),
  },
  {
    name: 'scim-sanity',
    packages: ['scim-sanity==0.7.4'],
    run: (bin, { baseUrl, token }) =>
      readSanity(
        said(
          join(bin, 'scim-sanity'),
          ['probe', baseUrl, '--token', token, '--json-output', '--i-accept-side-effects'],
          {},
        ),
      ),
  },
]

/** Both end with 1 where a check failed, which is for us to judge. */
function said(command: string, args: readonly string[], environment: Record<string, string>): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0 || status === 1) return stdout
  throw new Error(`${command} did not run: ${error?.message ?? stderr.slice(-500)}`)
}
