// Installs the peers into a folder of their own and starts each as a process with a database of its own, beside a Rolecall server
// and in its PostgreSQL.
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endOf, freePort, startLogged, untilOk } from '../../scripts/server-process.ts'
import { openDriver } from '../../src/db/driver.ts'
import { Secret } from '../../src/platform/secret.ts'
import { type Client, createClient } from '../client.ts'
import type { Rolecall } from '../rolecall.ts'
import { token } from './setting.ts'

/** A server that is asked: ours or a peer's. */
export type Server = {
  name: string
  scim: Client
  pid: number
  /** How many members it takes in one request. */
  membersAtOnce: number
  /** Whether a group that is read has its members in it. */
  showsMembers: boolean
}

export type Peer = Server & {
  /** Tells its PostgreSQL what there is. */
  analyze(): Promise<unknown>
  stop(): Promise<void>
}

const peers = [
  { name: 'Polis', file: 'polis', path: '/scim', membersAtOnce: 100, showsMembers: false },
  { name: 'better-auth', file: 'better-auth', path: '/api/auth/scim/v2', membersAtOnce: 100, showsMembers: true },
  // It reads and writes the whole group each time.
  { name: 'scimmy', file: 'scimmy', path: '/scim', membersAtOnce: 10_000, showsMembers: true },
] as const

const manifest = join(import.meta.dirname, 'package.json')

/** Where they are kept from one run to the next. */
export const defaultFolder = join(tmpdir(), 'rolecall-bench-peers')

/** Installs what is missing; no script of a package runs. @returns the reason why they cannot be had, or nothing */
export async function installPeers(folder: string): Promise<string | undefined> {
  const installed = join(folder, 'package.json')
  const isThere = existsSync(join(folder, 'node_modules')) && existsSync(installed)
  if (isThere && readFileSync(installed, 'utf8') === readFileSync(manifest, 'utf8')) return undefined
  mkdirSync(folder, { recursive: true })
  copyFileSync(manifest, installed)
  try {
    // One of them asks for another version of a package than its own sibling does.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps']
    await promisify(execFile)('npm', ['install', ...flags], { cwd: folder })
    return undefined
  } catch (error) {
    rmSync(installed)
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error)
  }
}

async function startPeer(rolecall: Rolecall, folder: string, peer: (typeof peers)[number]): Promise<Peer> {
  const database = `peer_${peer.file.replace('-', '_')}`
  await rolecall.owner.unsafe(`create database ${database}`)
  const port = await freePort()
  const logs = mkdtempSync(join(tmpdir(), 'peer-'))
  const url = new URL(rolecall.databaseUrl)
  url.pathname = `/${database}`
  const env = { ...process.env, PORT: String(port), PEER_DATABASE_URL: url.href, PEERS: folder }
  const child = startLogged(join(import.meta.dirname, `${peer.file}.ts`), [], { env, logFile: join(logs, 'log') })
  const origin = `http://127.0.0.1:${port}`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const scim = createClient(`${origin}${peer.path}`, headers)
  const sql = openDriver(new Secret(url.href), { max: 1, onnotice: () => {} })
  const stop = async () => {
    scim.close()
    await sql.end()
    await endOf(child)
    rmSync(logs, { recursive: true })
  }
  await untilOk(`${origin}/healthz`, child).catch(async (error: unknown) => {
    const words = readFileSync(join(logs, 'log'), 'utf8').slice(0, 2000)
    await stop()
    throw new Error(`${peer.name} did not start\n${words}`, { cause: error })
  })
  const { name, membersAtOnce, showsMembers } = peer
  return { name, scim, pid: child.pid ?? 0, membersAtOnce, showsMembers, analyze: () => sql`analyze`, stop }
}

/** All of them, one after the other. @param folder where their packages are */
export async function startPeers(rolecall: Rolecall, folder: string): Promise<Peer[]> {
  const started: Peer[] = []
  try {
    for (const peer of peers) started.push(await startPeer(rolecall, folder, peer))
    return started
  } catch (error) {
    for (const peer of started) await peer.stop()
    throw error
  }
}
