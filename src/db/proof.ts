// What a connection proves before it is used: that it works as the server's role, which row-level security holds, and on a
// primary. A pooler that drops the startup parameter `role`, or another login, would change that without a word.
import type { Connection } from './connection.ts'

/** A connection that must not be used, and why: for the log and for whoever starts the server, not for requests. */
export class UnfitConnection extends Error {
  readonly code = 'UNFIT_CONNECTION'

  constructor(message: string) {
    super(message)
    this.name = 'UnfitConnection'
  }
}

type Rights = { name: string; isPowerful: boolean; isOwner: boolean }
type Proof = Rights & { isStandby: boolean; isReadOnly: boolean }

/** `isReadOnly`: the settings of the connection's start-up have arrived. */
export type Proven = Pick<Proof, 'isReadOnly'>

/** Whoever may become the owner of a table counts as its owner; a superuser may become anybody. */
const rightsOf = (user: 'current_user' | 'session_user'): string => `${user}::text as name,
  (select r.rolsuper or r.rolbypassrls or r.rolcreaterole from pg_catalog.pg_roles r where r.rolname = ${user}) as "isPowerful",
  exists (select from (select distinct c.relowner from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema') owners
    where pg_catalog.pg_has_role(${user}, owners.relowner, 'MEMBER')) as "isOwner"`

const currentRights = `select ${rightsOf('current_user')}, pg_catalog.pg_is_in_recovery() as "isStandby",
  pg_catalog.current_setting('default_transaction_read_only') = 'on' as "isReadOnly"`

/** What whoever logged in may do, past the role that the connection works as. */
export const loginRights = `select ${rightsOf('session_user')}`

const asked = async (sql: Connection['sql']): Promise<Proof | undefined> =>
  (await sql.unsafe<Proof[]>(currentRights))[0]

/** In one message, so that a pooler cannot give parts of it to different connections. */
async function askedWithin(sql: Connection['sql'], beginning: string): Promise<Proof | undefined> {
  const results: unknown = await sql.unsafe(`${beginning}; ${currentRights}; COMMIT`)
  return (results as Proof[][]).flat().find((row) => row?.isStandby !== undefined)
}

/**
 * The first query on a connection.
 * @param role what it must work as; undefined for whoever means to be the owner
 * @param options `beginning`: how transactions begin where each has to set its role, which the connection has otherwise;
 *   `isReplica`: whether a standby will do
 * @throws UnfitConnection, or what the driver throws
 */
export async function prove(
  { sql }: Pick<Connection, 'sql'>,
  role: string | undefined,
  { beginning, isReplica = false }: { beginning?: string | undefined; isReplica?: boolean | undefined } = {},
): Promise<Proven> {
  const found = beginning === undefined ? await asked(sql) : await askedWithin(sql, beginning)
  if (found === undefined) throw new UnfitConnection('The database said nothing about the role of the connection')
  if (found.isStandby && !isReplica) {
    throw new UnfitConnection('The database is a standby, which takes no writes: point DATABASE_URL at the primary')
  }
  if (role === undefined) return found
  if (found.name !== role) {
    throw new UnfitConnection(
      `The connection works as ${found.name} and not as ${role}, so row-level security would not hold. Something between ` +
        'the server and PostgreSQL, such as PgBouncer with ignore_startup_parameters, drops the parameter "role": connect ' +
        `to PostgreSQL itself, or log in as a user for whom "alter role … set role = '${role}'" is set`,
    )
  }
  if (found.isPowerful || found.isOwner) {
    throw new UnfitConnection(
      `The role ${role} ${found.isOwner ? 'owns tables, or may become who does' : 'is a superuser, bypasses row-level security or creates roles'}: ` +
        `row-level security would not hold. Take that from it: "alter role ${role} nosuperuser nobypassrls nocreaterole", ` +
        'its memberships in other roles, and its tables ("reassign owned by … to …")',
    )
  }
  return found
}
