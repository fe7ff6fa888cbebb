// Programs that are none of ours and that tests are run against. The project itself needs npm alone: they are fetched when a
// test asks for them, each by the client of its registry as it is set up on this machine, into a folder that goes again.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** It is not here, and could not be installed. */
export class NotInstalled extends Error {}

const folders: string[] = []

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when this program ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-foreign-'))
  folders.push(folder)
  return folder
}

/** Installs packages of PyPI, and answers with the folder of their commands. @throws NotInstalled */
export function installPython(packages: readonly string[]): string {
  const folder = temporaryFolder()
  const bin = join(folder, 'bin')
  run('python3', ['-m', 'venv', folder], packages)
  run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], packages)
  return bin
}

/** Fetches an artifact of Maven Central, `group:artifact:version:zip`, and unpacks it. @throws NotInstalled */
export function unpackMaven(coordinates: string): string {
  const folder = temporaryFolder()
  const [group = '', artifact = '', version = '', packaging = ''] = coordinates.split(':')
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'
  run('mvn', ['-q', '-B', `${plugin}:get`, `-Dartifact=${coordinates}`, '-Dtransitive=false'], [coordinates])
  run('mvn', ['-q', '-B', `${plugin}:copy`, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`], [coordinates])
  run('unzip', ['-q', join(folder, `${artifact}-${version}.${packaging}`), '-d', folder], [`${group}:${artifact}`])
  return folder
}

/** Installs Debian's packages where they are missing and we may. @throws NotInstalled saying what to do */
export function requireDebian(packages: readonly string[], isInstalled: () => boolean): void {
  if (isInstalled()) return
  if (process.getuid?.() === 0) {
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
    spawnSync('apt-get', ['update', '-qq'], options)
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  }
  if (isInstalled()) return
  throw new NotInstalled(
    `${packages[0]} is not installed, and could not be. On Debian or Ubuntu: apt-get install --no-install-recommends ${packages.join(' ')}`,
  )
}

/** Whether Debian's packages are all here. */
export const isDebianInstalled = (packages: readonly string[]): boolean =>
  packages.every((name) => versionOfDebian(name) !== '')

/** The version of one of Debian's packages, empty where it is not installed. */
export function versionOfDebian(name: string): string {
  const format = ['db:Status-Status', 'Version'].map((field) => `$\{${field}}`).join(' ')
  const { stdout } = spawnSync('dpkg-query', ['-W', `-f=${format}`, name], { encoding: 'utf8' })
  return stdout?.startsWith('installed ') ? stdout.slice('installed '.length) : ''
}

/**
 * Installs packages of npm, exact versions, and answers with a function that loads one of them. No script of theirs runs.
 * @throws NotInstalled
 */
export function installNpm(packages: readonly string[]): (name: string) => Promise<unknown> {
  const folder = temporaryFolder()
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--silent']
  run('npm', ['install', ...options, ...packages], packages)
  return async (name) => {
    // What lies in that folder finds the packages of that folder, whatever kind of module they are.
    const entry = join(folder, `${name.replace(/\W/g, '-')}.mjs`)
    writeFileSync(entry, `export * as loaded from '${name}'\n`)
    return ((await import(pathToFileURL(entry).href)) as { loaded: unknown }).loaded
  }
}

function run(command: string, args: readonly string[], wanted: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)
  throw new NotInstalled(`${wanted.join(', ')} could not be installed: ${command}: ${reason}`)
}
