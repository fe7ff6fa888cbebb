// Compares what a statement's types say with what PostgreSQL says of its text. It cannot tell where a column may be null, nor what
// is inside of JSON.
import type { CompiledAt } from './compiled-statements.ts'
import type { Declared, Kind, Shape } from './declared-statements.ts'

/** PostgreSQL's types of the parameters, and the columns. */
export type Described = { types: readonly string[]; columns: readonly { name: string; type: string }[] }

const texts = ['text', 'character varying', 'name', 'uuid', 'bigint', 'numeric', 'xid8']
const numbers = ['smallint', 'integer', 'real', 'double precision']
const json = ['json', 'jsonb']

/** As what the driver hands out a column: times as text, numbers that JavaScript cannot hold too, and a list as JSON only. */
const columnFits: Record<Exclude<Kind, 'null'>, readonly string[]> = {
  string: [...texts, 'timestamp with time zone', ...json],
  number: [...numbers, ...json],
  boolean: ['boolean', ...json],
  json,
  unknown: json,
}

/** What a value can be sent as. The only list among them is one of texts. */
const parameterFits: Record<Exclude<Kind, 'null'>, readonly string[]> = {
  string: [...texts, 'timestamp with time zone', 'jsonpath', ...json],
  number: [...numbers, 'bigint', 'numeric'],
  boolean: ['boolean'],
  json: ['text[]'],
  unknown: [],
}

const fits = (table: typeof columnFits, kinds: ReadonlySet<Kind>, type: string): boolean =>
  [...kinds].every((kind) => kind === 'null' || table[kind].includes(type))

const words = (kinds: ReadonlySet<Kind>): string => [...kinds].join(' | ')

/** @returns a sentence for each thing in which the types and the text differ */
export function statementFaults(declared: Declared, compiled: CompiledAt, described: Described): string[] {
  const faults = [
    ...parameterFaults(declared.parameters, compiled, described),
    ...(declared.row === undefined ? [] : columnFaults(declared.row, described)),
  ]
  return faults.map((fault) => `${declared.at} ${fault}`)
}

function parameterFaults(parameters: Shape, compiled: CompiledAt, { types }: Described): string[] {
  const used = compiled.parameters.flatMap((parameter, index) =>
    typeof parameter === 'string' ? [{ name: parameter, type: types[index] ?? 'nothing' }] : [],
  )
  const names = new Set(used.map(({ name }) => name))
  return [
    ...[...parameters.keys()].filter((name) => !names.has(name)).map((name) => `does not use its parameter ${name}`),
    ...used.flatMap(({ name, type }) => {
      const kinds = parameters.get(name)
      if (kinds === undefined) return [`uses ${name}, which is none of its parameters`]
      return fits(parameterFits, kinds, type) ? [] : [`sends ${name} (${words(kinds)}) as ${type}`]
    }),
  ]
}

function columnFaults(row: Shape, { columns }: Described): string[] {
  const names = columns.map(({ name }) => name)
  return [
    ...[...row.keys()].filter((name) => !names.includes(name)).map((name) => `has no column ${name}`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `has two columns ${name}`),
    ...columns.flatMap(({ name, type }) => {
      const kinds = row.get(name)
      if (kinds === undefined) return [`has a column ${name} of which its row knows nothing`]
      return fits(columnFits, kinds, type) ? [] : [`takes the column ${name} (${type}) for ${words(kinds)}`]
    }),
  ]
}
