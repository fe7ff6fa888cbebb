// What two rows of one file cannot both be: whoever comes second is told the line of the first, in a dry run as in a real one.
import { fold } from '#directory/fold.ts'
import { AppError } from '#platform/errors.ts'
import type { Known } from './references.ts'
import type { ImportRow } from './rows.ts'

export type EarlierRows = { require(line: number, row: ImportRow): void }

export function createEarlierRows(known: Known): EarlierRows {
  const lines = new Map<string, number>()
  return {
    /** Remembers the row. @throws AppError conflict where an earlier one has the same; invalid where it names no connection */
    require: (line, row) => {
      const claims = claimsOf(row, known)
      const taken = claims.find(({ key }) => lines.has(key))
      if (taken !== undefined)
        throw new AppError('conflict', `An earlier row, line ${lines.get(taken.key)}, has the same ${taken.what}`)
      for (const { key } of claims) lines.set(key, line)
    },
  }
}

type Claim = { key: string; what: string }

function claimsOf({ userName, emails, identities }: ImportRow, known: Known): Claim[] {
  const address = emails[0] ?? (userName.includes('@') ? userName : undefined)
  const linked = identities.map(({ connection, subject }): Claim => {
    return { key: `identity ${known.connection(connection)} ${subject}`, what: `identity ${subject}` }
  })
  return [
    { key: `name ${fold(userName)}`, what: 'userName' },
    ...(address === undefined ? [] : [{ key: `address ${fold(address)}`, what: `sign-in address ${address}` }]),
    ...linked,
  ]
}
