// A node for tests to kill: its worker takes work on sessions, says so, and never finishes.
import { Database, databaseDefaults } from '#db/database.ts'
import { startWorker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { Secret } from '#platform/secret.ts'
import type { Services } from '#src/context.ts'

const database = new Database({ ...databaseDefaults, url: new Secret(process.argv[2] ?? ''), role: 'rolecall_server' })
// As much of the services as the worker needs for a job that does nothing.
const services = {
  database,
  clock: { now: () => new Date() },
  ids: { next: () => 'req_dying' },
} as unknown as Services

const sessions = (): Promise<never> => {
  process.stdout.write('began\n')
  return new Promise(() => {})
}

startWorker(services, createLog('warn'), { tickMillis: 25, jobs: { sessions } })
// The worker alone keeps no process alive.
setInterval(() => {}, 1_000)
