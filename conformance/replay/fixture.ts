// Fixture files of the format idp-replay/1, kind "scim" (fixtures/README.md).
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export interface FixtureRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly rawQuery?: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: unknown
  readonly rawBody?: string
}

export interface Expectation {
  readonly status?: number
  readonly statusIn?: readonly number[]
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly bodyEmpty?: boolean
  readonly maxMillis?: number
}

export interface Step {
  readonly id: string
  readonly request: FixtureRequest
  readonly expect: Expectation
  readonly capture?: Readonly<Record<string, string>>
}

export interface Fixture {
  readonly kind: 'scim'
  readonly name: string
  readonly requires?: readonly string[]
  readonly settings?: { readonly tenantUrlSuffix?: string }
  readonly vars?: Readonly<Record<string, string>>
  readonly defaults?: { readonly headers?: Readonly<Record<string, string | null>> }
  readonly steps: readonly Step[]
}

const format = 'idp-replay/1'
const stepKeys = ['id', 'note', 'request', 'expect', 'capture']
const requestKeys = ['method', 'path', 'query', 'rawQuery', 'headers', 'body', 'rawBody']
const expectKeys = ['status', 'statusIn', 'headers', 'body', 'bodyEmpty', 'maxMillis']

/** Reads every SCIM fixture of a folder, sorted by name. Files of another kind are left out. */
export async function loadFixtures(folder: string): Promise<Fixture[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const fixtures = await Promise.all(names.map((name) => loadFixture(path.join(folder, name))))
  return fixtures.filter((fixture) => fixture !== undefined)
}

async function loadFixture(file: string): Promise<Fixture | undefined> {
  const text = await readFile(file, 'utf8')
  try {
    return parseFixture(text)
  } catch (error) {
    throw new Error(`${path.basename(file)}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/** The fixture in a file's text, or undefined for another kind. Throws when it is not well formed. */
export function parseFixture(text: string): Fixture | undefined {
  // The cast is safe for what is checked here; the fields inside a step are the fixture author's word.
  const document = JSON.parse(text) as { format?: unknown; kind?: unknown; name?: unknown; steps?: unknown }
  if (document.format !== format) throw new Error(`format is not ${format}`)
  if (document.kind !== 'scim') return undefined
  if (typeof document.name !== 'string') throw new Error('the name is missing')
  if (!Array.isArray(document.steps) || document.steps.length === 0) throw new Error('there are no steps')
  const fixture = document as Fixture
  for (const step of fixture.steps) requireWellFormed(step)
  return fixture
}

// A misspelt key would silently check nothing, so unknown keys are errors.
function requireWellFormed(step: Step): void {
  const { id, request, expect } = step
  if (!id || !request?.method || !request.path || !expect) throw new Error(`step ${id ?? '?'} is incomplete`)
  const unknown = [
    ...Object.keys(step).filter((key) => !stepKeys.includes(key)),
    ...Object.keys(request).filter((key) => !requestKeys.includes(key)),
    ...Object.keys(expect).filter((key) => !expectKeys.includes(key)),
  ]
  if (unknown.length > 0) throw new Error(`step ${id} has unknown keys: ${unknown.join(', ')}`)
  if (expect.status === undefined && expect.statusIn === undefined) throw new Error(`step ${id} expects no status`)
}
