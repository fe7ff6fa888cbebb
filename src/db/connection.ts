// One connection to PostgreSQL, from its making to its loss, by a client of the driver that can make no other: the driver
// would reconnect by itself and send on the new connection, outside of any transaction, what was queued for the old one.
import { connect as connectSocket, type Socket } from 'node:net'
import type { Sql } from 'postgres'
import type { Secret } from '#platform/secret.ts'
import { openDriver } from './driver.ts'
import { joinWrites } from './joined-writes.ts'

export type ConnectionOptions = {
  url: Secret
  /** The role to work as; undefined for the owner. */
  role: string | undefined
  statementTimeoutMillis: number
  /**
   * A pooler between here and PostgreSQL gives each transaction whatever connection is free: nothing of a session lasts, so that
   * each transaction begins with the role and the settings.
   */
  isPooled?: boolean | undefined
  /** A copy that follows the primary, and takes no writes. */
  isReplica?: boolean | undefined
  /** Whether statements are prepared once and named; not every pooler knows them. */
  isPreparing?: boolean | undefined
}

export type Connection = {
  sql: Sql
  /** Nothing may be sent any more. */
  isLost: boolean
  socket: Socket | undefined
}

/** What the driver made of the URL, as far as it matters to a socket. */
type Target = { host: string[]; port: number[]; path?: string | false }

const asItIs = <T>(value: T): T => value

const plainTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/

/** Of a page of a hundred rows there are hundreds, nearly all in one form. */
function isoOf(text: string): string {
  const [, day, time, fraction = ''] = plainTime.exec(text) ?? []
  return day === undefined ? new Date(text).toISOString() : `${day}T${time}.${fraction.padEnd(3, '0')}Z`
}

/** JSON goes out as the text that it is already, and so do times, which come back in the one form that is shown: ISO 8601, UTC. */
const textualTypes = {
  json: { to: 114, from: [114, 3802], serialize: asItIs<string>, parse: (text: string): unknown => JSON.parse(text) },
  time: {
    ...{ to: 1184, from: [1184], serialize: asItIs<string> },
    parse: isoOf,
  },
}

/** Of sessions alone: a transaction says by itself what it is. */
const readOnlySetting = 'default_transaction_read_only'

const settingsOf = (statementTimeoutMillis: number) => ({
  plan_cache_mode: 'force_generic_plan',
  statement_timeout: statementTimeoutMillis,
  idle_in_transaction_session_timeout: statementTimeoutMillis * 2,
  // Whatever should ever run outside of a transaction of ours can change nothing: those begin with READ WRITE.
  [readOnlySetting]: true,
})

/** How transactions begin, in one message: sessions are read-only outside of them. */
export function beginningOf({ isPooled, isReplica, role, statementTimeoutMillis }: ConnectionOptions): string {
  const begin = isReplica === true ? 'BEGIN READ ONLY' : 'BEGIN READ WRITE'
  if (isPooled !== true) return begin
  const settings = Object.entries(settingsOf(statementTimeoutMillis)).filter(([name]) => name !== readOnlySetting)
  const local = settings.map(([name, value]) => `SET LOCAL ${name} = '${value}'`)
  return [begin, ...(role === undefined ? [] : [`SET LOCAL ROLE "${role}"`]), ...local].join('; ')
}

/** For a connection to which a pooler did not pass them on at its start. */
export async function applySettings(
  { sql }: Pick<Connection, 'sql'>,
  { statementTimeoutMillis }: Pick<ConnectionOptions, 'statementTimeoutMillis'>,
): Promise<void> {
  const settings = Object.entries(settingsOf(statementTimeoutMillis))
  await sql.unsafe(settings.map(([name, value]) => `SET ${name} = '${value}'`).join('; '))
}

/**
 * A connection yet to be opened: its first query does.
 * @param limitMillis how long that may take
 */
export function newConnection(
  { url, role, statementTimeoutMillis, isPooled = false, isPreparing = true }: ConnectionOptions,
  limitMillis: number,
): Connection {
  const connection: Omit<Connection, 'sql'> = { isLost: false, socket: undefined }
  const sql = openDriver(url, {
    max: 1,
    // The pool of lanes keeps connections; an ending by the driver could fall between two statements of a transaction.
    max_lifetime: null,
    connect_timeout: limitMillis / 1000,
    backoff: false,
    // The driver would look up array types first, in a query whose failure nobody could catch.
    fetch_types: false,
    types: textualTypes,
    onnotice: () => {},
    onclose: () => abandon(Object.assign(connection, { sql })),
    prepare: isPreparing,
    // Poolers refuse parameters at the start that they do not know.
    connection: {
      application_name: 'rolecall',
      ...(isPooled ? {} : { ...settingsOf(statementTimeoutMillis), ...(role === undefined ? {} : { role }) }),
    },
    ...{ socket: (target: Target) => onlySocket(connection, target, limitMillis) },
  })
  return Object.assign(connection, { sql })
}

/** Cuts the connection off; what is under way fails, and whatever waits in the driver is refused. */
export function abandon(connection: Connection): void {
  connection.isLost = true
  connection.socket?.destroy()
  void connection.sql.end({ timeout: 0 })
}

async function onlySocket(
  connection: Omit<Connection, 'sql'>,
  { host: [host = 'localhost'], port: [port = 5432], path }: Target,
  limitMillis: number,
): Promise<Socket> {
  if (connection.isLost || connection.socket !== undefined) throw lost()
  const to = typeof path === 'string' ? { path } : { host, port }
  const socket = await openSocket(to, typeof path === 'string' ? '' : host, limitMillis)
  connection.socket = socket
  if (!connection.isLost) return joinWrites(socket)
  socket.destroy()
  throw lost()
}

const lost = (): Error => Object.assign(new Error('The connection was lost'), { code: 'CONNECTION_CLOSED' })

function openSocket(
  to: { path: string } | { host: string; port: number },
  host: string,
  limitMillis: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(to)
    const late = Object.assign(new Error('The database did not answer in time'), { code: 'CONNECT_TIMEOUT' })
    const timer = setTimeout(() => socket.destroy(late), limitMillis)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      // The driver asks the socket which name the certificate must have.
      resolve(Object.assign(socket, { host }))
    })
  })
}
