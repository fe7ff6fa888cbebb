// The server's login: a role of PostgreSQL that owns nothing and may become nobody but the server's role. Migrations make it
// where it does not exist, with the password of its connection string.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import type { RandomBytes } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import type { Database } from './database.ts'
import { codeOf } from './errors.ts'
import { loginRights } from './proof.ts'
import { serverRole } from './schema/common.ts'
import { once } from './statement.ts'

export type LoginOptions = { server: Secret; randomBytes: RandomBytes }

/**
 * @param owner a connection as the owner of the tables
 * @throws AppError unavailable where the owner may not make the login, saying what to do
 */
export async function provideLogin(owner: postgres.Sql, { server, randomBytes }: LoginOptions): Promise<void> {
  const { name, password } = credentialsOf(server)
  if (name === '') return
  const [found] = await owner`select current_user = ${name} as "isOwner",
    (select pg_has_role(rolname, ${serverRole.name}, 'MEMBER') from pg_roles where rolname = ${name}) as "isMember"`
  if (found?.['isOwner'] === true || found?.['isMember'] === true) return
  try {
    const quoted = quoteIdentifier(name)
    if (found?.['isMember'] === undefined || found['isMember'] === null) {
      const verifier = scramVerifier(password, randomBytes(16))
      await owner.unsafe(`create role ${quoted} login password '${verifier}'`)
    }
    await owner.unsafe(`grant ${serverRole.name} to ${quoted}`)
  } catch (error) {
    // Another node was quicker.
    if (codeOf(error) === '42710' || codeOf(error) === '23505') return
    if (codeOf(error) !== '42501') throw error
    throw new AppError(
      'unavailable',
      `The login ${name} of DATABASE_URL may not work as ${serverRole.name}, and the user of DATABASE_OWNER_URL may not ` +
        `change that. As an administrator of PostgreSQL: create role ${quoteIdentifier(name)} login password '…'; ` +
        `grant ${serverRole.name} to ${quoteIdentifier(name)};`,
      { cause: error },
    )
  }
}

/** @returns what an administrator should know of the server's login; undefined where all is well. @throws AppError unavailable */
export async function loginWarning(database: Database): Promise<string | undefined> {
  type Login = { name: string; isPowerful: boolean; isOwner: boolean }
  const [login] = await database.read(once<Login>(sql.raw(loginRights)))
  if (login === undefined || !(login.isOwner || login.isPowerful)) return undefined
  return (
    `The server logs in to PostgreSQL as ${login.name}, who ${login.isOwner ? 'owns the tables or may become their owner' : 'is a superuser, bypasses row-level security or creates roles'}. ` +
    `It works as ${serverRole.name}, which row-level security holds; but whoever found a way to run SQL of their own could ` +
    'leave that role. Give the server a login of its own in DATABASE_URL, and the owner in DATABASE_OWNER_URL: see ' +
    'docs/operations.md'
  )
}

function credentialsOf(url: Secret): { name: string; password: string } {
  // Hosts may be a list, which no URL has.
  const authority = /^\w+:\/\/(?:([^@/]*)@)?/.exec(url.reveal())?.[1] ?? ''
  const [name = '', ...rest] = authority.split(':')
  return { name: decodeURIComponent(name), password: decodeURIComponent(rest.join(':')) }
}

const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

const iterations = 4_096

/** What PostgreSQL keeps of a password (RFC 5803), so that the password itself is in no statement and no log of its. */
function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`
}
