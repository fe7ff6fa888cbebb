// The schema of a database as its catalogue has it, read at once.
import type postgres from 'postgres'
import * as queries from './queries.ts'

/** A piece of SQL about a table or view; `says` is its comment in the database. */
export type Piece = { of: string; text: string; says: string | null }

export type Relation = {
  name: string
  kind: 'r' | 'v'
  says: string | null
  options: string | null
  isGuarded: boolean
  isForced: boolean
  definition: string | null
}

export type Trigger = Piece & { name: string; function: string }

export type SqlFunction = {
  name: string
  id: string
  definition: string
  says: string | null
  isTrigger: boolean
  /** With the types of its parameters. */
  signature: string
  callers: string[]
}

export type Catalogue = {
  relations: Relation[]
  columns: Piece[]
  constraints: Piece[]
  indexes: Piece[]
  policies: Piece[]
  triggers: Trigger[]
  grants: Piece[]
  sequences: Piece[]
  functions: SqlFunction[]
  head: { text: string }[]
  unprintable: { what: string }[]
}

/** One connection; its search path is set, so that names of ours are written without a schema. */
export type Connection = Pick<postgres.Sql, 'unsafe'>

/** Reads the catalogue as the owner of the tables or anybody else. */
export async function readCatalogue(database: Connection): Promise<Catalogue> {
  await database.unsafe('set search_path = public')
  const rows = async <Row>(text: string): Promise<Row[]> => [...(await database.unsafe<(Row & object)[]>(text))]
  return {
    relations: await rows(queries.relations),
    columns: await rows(queries.columns),
    constraints: await rows(queries.constraints),
    indexes: await rows(queries.indexes),
    policies: await rows(queries.policies),
    triggers: await rows(queries.triggers),
    grants: await rows(queries.grants),
    sequences: await rows(queries.sequences),
    functions: await rows(queries.functions),
    head: await rows(queries.head),
    unprintable: await rows(queries.unprintable),
  }
}
