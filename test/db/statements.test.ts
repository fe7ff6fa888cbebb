// Every statement of the product against the real schema, as the server's role: the names and types of its parameters and columns
// are those that its types promise, and the role may carry it out.
import { globSync, readFileSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { withEntry } from '#db/statement.ts'
import { cloneTemplate } from '../support/database.ts'
import { type CompiledAt, compiledStatements } from './compiled-statements.ts'
import { type Declared, declaredStatements } from './declared-statements.ts'
import { type Described, statementFaults } from './statement-faults.ts'

let server: postgres.Sql
let names: Map<number, string>

// Other files of the same worker have loaded the product already, and statements are compiled as it is loaded.
beforeAll(() => vi.resetModules())

beforeAll(async () => {
  const { databaseUrl } = await cloneTemplate()
  server = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { role: 'rolecall_server' } as object })
  const types = await server`select oid::int as oid, format_type(oid, null) as name from pg_type`
  names = new Map(types.map(({ oid, name }) => [oid, name]))
})

afterAll(async () => {
  await server.end()
})

/** What stands in the place of the mark of statements that enter the organization themselves. */
const entry = {
  text: `select set_config('rolecall.organization_id', $1, true) as organization_id`,
  values: ['org_1'],
  isPrepared: true,
}

const nameOf = (type: number): string => names.get(type) ?? `type ${type}`

async function describeStatement({ text, parameters }: CompiledAt): Promise<Described> {
  const statement = withEntry({ text, values: parameters.map(() => null), isPrepared: false }, entry)
  const { types, columns } = await server.unsafe(statement.text).describe()
  // Plans it, and looks whether the role may do that, which describing alone does not.
  if (/^\s*(with|select|insert|update|delete)\b/i.test(text)) {
    await server.unsafe(`explain (generic_plan) ${statement.text}`)
  }
  return { types: types.map(nameOf), columns: columns.map(({ name, type }) => ({ name, type: nameOf(type) })) }
}

async function faultsOf(declared: Declared, compiled: CompiledAt): Promise<string[]> {
  try {
    return statementFaults(declared, compiled, await describeStatement(compiled))
  } catch (error) {
    return [`${declared.at} ${error instanceof Error ? error.message : error}`]
  }
}

async function allFaults(declared: readonly Declared[], compiled: readonly CompiledAt[]): Promise<string[]> {
  const faults: string[] = []
  for (const statement of declared) {
    const own = compiled.filter(({ at }) => at === statement.at)
    if (own.length === 0) faults.push(`${statement.at} was not compiled as its module was loaded`)
    for (const one of own) faults.push(...(await faultsOf(statement, one)))
  }
  const known = new Set(declared.map(({ at }) => at))
  return [...faults, ...compiled.filter(({ at }) => !known.has(at)).map(({ at }) => `${at} has no types`)]
}

const projectFolder = new URL('../..', import.meta.url).pathname

it('holds for every statement of the product', async () => {
  const declared = declaredStatements('src/')
  const files = globSync('src/**/*.ts', { cwd: projectFolder }).filter(
    (file) => !file.endsWith('.test.ts') && readFileSync(projectFolder + file, 'utf8').includes(' prepared<'),
  )
  const compiled = await compiledStatements(() => Promise.all(files.map((file) => import(`${projectFolder}${file}`))))
  expect(declared.length).toBeGreaterThan(400)
  expect(await allFaults(declared, compiled)).toEqual([])
}, 120_000)

it('finds what is planted: names, types, parameters, tables, rights', async () => {
  const declared = declaredStatements('test/db/planted-statements.ts')
  const compiled = await compiledStatements(() => import('./planted-statements.ts'))
  const faults = await allFaults(declared, compiled)
  expect(faults.map((fault) => fault.replace(/^\S+ /, ''))).toEqual([
    'has no column slug',
    'has a column shortName of which its row knows nothing',
    'takes the column rank (integer) for string',
    'takes the column brands (bigint) for number',
    'takes the column ids (text[]) for json',
    'takes the column at (timestamp without time zone) for string',
    'sends rank (string) as integer',
    'does not use its parameter brandId',
    'relation "rolls" does not exist',
    'permission denied for table audit_events',
  ])
})
