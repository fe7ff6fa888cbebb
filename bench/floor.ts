// Starts the floor beside a Rolecall server, in the same PostgreSQL.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOf, freePort, startLogged, untilOk } from '../scripts/server-process.ts'
import { type Client, createClient } from './client.ts'
import type { Rolecall } from './rolecall.ts'

export type Floor = { http: Client; pid: number; stop(): Promise<void> }

export async function startFloor({ owner, databaseUrl }: Rolecall): Promise<Floor> {
  await owner`create schema floor`
  await owner`create table floor.users (like public.users including defaults including constraints including indexes)`
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'floor-'))
  const env = { ...process.env, PORT: String(port), FLOOR_DATABASE_URL: databaseUrl }
  const child = startLogged(join(import.meta.dirname, 'floor-server.ts'), [], { env, logFile: join(folder, 'log') })
  const origin = `http://127.0.0.1:${port}`
  const http = createClient(origin, { 'content-type': 'application/json' })
  const stop = async () => {
    http.close()
    await endOf(child)
    rmSync(folder, { recursive: true })
  }
  await untilOk(`${origin}/healthz`, child).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { http, pid: child.pid ?? 0, stop }
}
