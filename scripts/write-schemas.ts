// `npm run schemas`: writes what is published of this version's contracts from the code that fulfils them. With --check
// it writes nothing and fails where a file differs, so that a contract never changes unseen.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Configuration } from '../src/access/configuration/document.ts'
import { openApiDocument } from '../src/api/openapi.ts'
import { EventSchema } from '../src/audit/events/events.ts'
import { environmentSchema } from '../src/config.ts'
import { presets } from '../src/connections/providers/providers.ts'
import { schemaDocuments } from '../src/scim/discovery.ts'
import { databaseSchema } from './database-schema/database-schema.ts'
import { withThrowAwayDatabase } from './database-schema/throw-away-database.ts'
import { withConfigTable, withProvidersTable } from './readme-tables.ts'
import { type OpenApi, sdkTypes } from './sdk-types.ts'

const projectFolder = join(import.meta.dirname, '..')

type PublishedFile = { path: string; text: string }

const json = (path: string, document: unknown): PublishedFile => ({
  path,
  text: `${JSON.stringify(document, null, 2)}\n`,
})

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(join(projectFolder, path), 'utf8')
  } catch {
    return undefined
  }
}

async function publishedFiles(): Promise<PublishedFile[]> {
  const openApi = openApiDocument()
  const config = z.toJSONSchema(environmentSchema, { io: 'input' })
  return [
    json('schemas/config.json', { title: 'Environment of Rolecall', ...config }),
    json('schemas/configuration.json', z.toJSONSchema(Configuration, { io: 'input' })),
    json('schemas/events.json', { title: 'Events of Rolecall', ...z.toJSONSchema(EventSchema) }),
    json('schemas/openapi.json', openApi),
    { path: 'sdk/src/openapi.ts', text: sdkTypes(JSON.parse(JSON.stringify(openApi)) as OpenApi) },
    ...schemaDocuments().map(({ name, document }) => json(`schemas/scim/${name}.json`, document)),
    { path: 'schemas/database.sql', text: await withThrowAwayDatabase(databaseSchema) },
    {
      path: 'README.md',
      text: withProvidersTable(withConfigTable(readText('README.md') ?? '', config), Object.values(presets)),
    },
  ]
}

const stale = (await publishedFiles()).filter(({ path, text }) => readText(path) !== text)

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code says; run npm run schemas`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(projectFolder, path)), { recursive: true })
    writeFileSync(join(projectFolder, path), text)
    console.log(`wrote ${path}`)
  }
}
