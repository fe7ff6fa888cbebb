// How to start PostgreSQL here. It refuses to run as root, so root needs a detour, and the obvious one (another OS user)
// cannot reach the binaries in a place that only root may enter.
import { spawnSync } from 'node:child_process'
import { AppError } from '#platform/errors.ts'

/** `prefix` goes in front of the command; `owner` is the OS user that must own the data, where that is not us. */
export type Launcher = { name: string; prefix: string[]; owner: number | undefined }

const unprivileged: Launcher = { name: 'plain', prefix: [], owner: undefined }

// A user namespace in which we are uid 1000: no second OS user, and files stay root's. Containers may forbid it.
const userNamespace: Launcher = {
  name: 'user-namespace',
  prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000'],
  owner: undefined,
}

// Another uid that keeps just the capability to pass directories which only root may enter.
function otherUser(uid: number): Launcher {
  return {
    name: 'other-user',
    prefix: [
      'setpriv',
      '--securebits=+no_setuid_fixup',
      `--reuid=${uid}`,
      `--regid=${uid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ],
    owner: uid,
  }
}

const nobody = 65_534

/**
 * The first way that works here, tried with `postgres --version`.
 * @param preferred the name of the way that made the data, since the data belongs to its user
 * @throws AppError unavailable where none works, saying what to do
 */
export function chooseLauncher(postgres: string, preferred: string | undefined): Launcher {
  const candidates = process.getuid?.() === 0 ? [userNamespace, otherUser(nobody)] : [unprivileged]
  const usable = candidates.filter(({ name }) => preferred === undefined || name === preferred)
  const found = usable.find(({ prefix }) => works([...prefix, postgres, '--version']))
  if (found !== undefined) return found
  throw new AppError(
    'unavailable',
    'The embedded PostgreSQL cannot be started as root here (neither unshare nor setpriv is allowed to): ' +
      'start Rolecall as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or later',
  )
}

function works([command, ...rest]: string[]): boolean {
  return command !== undefined && spawnSync(command, rest, { stdio: 'ignore', timeout: 10_000 }).status === 0
}
