// Where the socket of the embedded PostgreSQL lies: in the data directory, where its path is short enough and a socket can be there,
// otherwise in a private folder of the system's temporary ones, which the state names.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '#platform/errors.ts'
import { socketIn } from '../driver.ts'

/** What sockaddr_un of Linux takes, without its last byte. */
const longestPath = 107

/**
 * A folder for the socket, and nothing in it that a killed PostgreSQL left: the caller knows that none runs.
 * @param former the folder of the time before
 * @throws AppError unavailable where no folder will do
 */
export async function provideSocketFolder(dataDir: string, former: string | undefined): Promise<string> {
  removeSocketFolder(dataDir, former ?? dataDir)
  const left = socketIn(dataDir)
  for (const path of [left, `${left}.lock`]) rmSync(path, { force: true })
  if (await canHold(dataDir)) return dataDir
  for (const place of new Set([tmpdir(), '/tmp'])) {
    const folder = mkdtempSync(join(place, 'rolecall-socket-'))
    if (await canHold(folder)) return folder
    rmSync(folder, { recursive: true })
  }
  throw new AppError('unavailable', `Neither ${dataDir} nor ${tmpdir()} can hold the socket of the embedded PostgreSQL`)
}

/**
 * Takes away a temporary folder. In the data directory PostgreSQL has taken its socket away itself, and what is there may be the next
 * one's by now.
 */
export function removeSocketFolder(dataDir: string, folder: string): void {
  if (folder !== dataDir) rmSync(folder, { recursive: true, force: true })
}

/** Some file systems, such as shared folders of virtual machines, take no sockets. */
function canHold(folder: string): Promise<boolean> {
  const path = socketIn(folder)
  if (Buffer.byteLength(path) > longestPath) return Promise.resolve(false)
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(path, () => probe.close(() => resolve(true)))
  })
}
