// schemas/database.sql: the schema as it stands after all migrations, by subject, read from a database that has them.
import { type Catalogue, type Connection, readCatalogue } from './catalogue.ts'
import { comment, printFunction, printRelation } from './print.ts'
import { type Subject, subjects } from './subjects.ts'

const subjectsFile = 'scripts/database-schema/subjects.ts'

const introduction = [
  'The schema of the database as it stands after all migrations, by subject: written by npm run schemas, checked by npm run schemas:check.',
  'It is there to be read. What makes and changes the schema are the migrations in drizzle/; the comments are those that the database has of its objects.',
  'The owner may do everything; the server works as rolecall_server, which row-level security holds. Of functions and tables it is said what everybody else may do with them. Left out: what belongs to extensions, and the schemas of libraries (drizzle keeps there which migrations were applied).',
].join('\n')

/**
 * @param database a connection as the owner of the tables
 * @throws Error where something belongs to no subject, has no comment, or is of a kind that cannot be printed
 */
export async function databaseSchema(database: Connection): Promise<string> {
  const catalogue = await readCatalogue(database)
  const faults = faultsOf(catalogue)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const blocks = [
    comment(introduction),
    catalogue.head.map(({ text }) => `${text};`),
    ...subjects.flatMap((subject) => [heading(subject), ...blocksOf(catalogue, subject)]),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** What keeps the file from being the whole truth, each with what to do. */
export function faultsOf(catalogue: Catalogue): string[] {
  const relations = catalogue.relations.map(({ name, kind, says }) => ({
    name,
    says,
    kind: kind === 'v' ? 'VIEW' : 'TABLE',
  }))
  const functions = catalogue.functions.map(({ signature, says }) => ({ name: signature, says, kind: 'FUNCTION' }))
  return [
    ...catalogue.unprintable.map(({ what }) => `${what}: scripts/database-schema/queries.ts has to learn to print it`),
    ...misplaced('relations', catalogue.relations),
    ...misplaced('functions', catalogue.functions),
    ...[...relations, ...functions]
      .filter(({ says }) => says === null)
      .map(({ kind, name }) => `${name} has no comment: COMMENT ON ${kind} ${name} IS … belongs into its migration`),
  ]
}

/** What is in the database and in no subject, in two, or in a subject and not in the database. */
function misplaced(list: 'relations' | 'functions', existing: readonly { name: string }[]): string[] {
  const listed = subjects.flatMap((subject) => subject[list])
  const names = new Set(existing.map(({ name }) => name))
  return [
    ...[...names]
      .filter((name) => !listed.includes(name))
      .map((name) => `${name} belongs to no subject: add it to the ${list} of one in ${subjectsFile}`),
    ...listed
      .filter((name) => !names.has(name))
      .map((name) => `${name} does not exist (any more): take it out of ${subjectsFile}`),
    ...listed
      .filter((name, index) => listed.indexOf(name) !== index)
      .map((name) => `${name} belongs to two subjects in ${subjectsFile}`),
  ]
}

const heading = ({ title, says }: Subject): string[] => [`-- ${'='.repeat(117)}`, `-- ${title}`, '--', ...comment(says)]

function blocksOf(catalogue: Catalogue, { relations, functions }: Subject): string[][] {
  const printedRelations = relations.flatMap((name) =>
    catalogue.relations.filter((relation) => relation.name === name).map((found) => printRelation(catalogue, found)),
  )
  const printedFunctions = functions.flatMap((name) =>
    catalogue.functions.filter((fn) => fn.name === name).map((found) => printFunction(catalogue, found)),
  )
  return [...printedRelations, ...printedFunctions]
}
