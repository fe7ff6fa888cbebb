// The driver, for URLs as PostgreSQL's own tools take them: a host that begins with %2F is the folder in which its socket lies,
// which the driver wants to be told apart from the URL.
import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import type { Secret } from '#platform/secret.ts'

const defaultPort = '5432'

/** A client of the driver, which connects with its first query. */
export function openDriver(url: Secret, options: Options<Record<string, PostgresType>>): Sql {
  const text = url.reveal()
  const [, head, folder, port = defaultPort, tail] =
    /^(\w+:\/\/(?:[^@/?]*@)?)(%2F[^/?:,]*)(?::(\d+))?([/?].*)?$/is.exec(text) ?? []
  if (folder === undefined) return postgres(text, options)
  const path = socketIn(decodeURIComponent(folder), port)
  return postgres(`${head}localhost${tail ?? ''}`, { ...options, path })
}

/** PostgreSQL's socket in a folder; its name is the same everywhere. */
export const socketIn = (folder: string, port = defaultPort): string => `${folder}/.s.PGSQL.${port}`
