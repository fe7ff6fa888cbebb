// /user-imports: people of another system, a part of a file at a time.
import { z } from '@hono/zod-openapi'
import { type ImportOutcome, importUsers } from '#access/accounts/import/import-users.ts'
import { type ImportFormat, readRows } from '#access/accounts/import/read-rows.ts'
import { readBytes } from '#http/read-body.ts'
import { invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import { importBodyBytes } from '../contract/requests.ts'
import { jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'

const mostRows = 5_000

const Outcome = z
  .object({
    line: z.number().int(),
    userName: z.string().nullable(),
    userId: z.string().nullable(),
    outcome: z.enum(['created', 'updated', 'unchanged', 'failed']),
    error: z.string().nullable(),
  })
  .openapi('UserImportOutcome')

const rows = z.string().openapi({ description: 'See docs/import.md for the fields' })

const importRoute = operationsOf('Users')('post', '/user-imports', 'importUsers', {
  summary: 'Create people with passwords and identities of another system; sending the same again changes nothing',
  description: `At most ${mostRows} rows and 8 MB at a time; a larger file is sent in parts. Takes all rights there are.`,
  request: {
    query: z.strictObject({
      dryRun: z.enum(['true', 'false']).optional().openapi({ description: 'Everything is tried, and nothing is kept' }),
      firebase: z
        .string()
        .max(2_000)
        .optional()
        .openapi({ description: 'The hash parameters of a Firebase project, as JSON' }),
    }),
    body: { required: true, content: { 'application/x-ndjson': { schema: rows }, 'text/csv': { schema: rows } } },
  },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Outcome) }), 'What came of each row') },
})

async function* chunksOf(bytes: Buffer): AsyncGenerator<string> {
  yield bytes.toString('utf8')
}

export const userImportRoutes = newRoutes().openapi(importRoute, async (c) => {
  const { dryRun, firebase } = c.req.valid('query')
  const format: ImportFormat = c.req.header('content-type')?.startsWith('text/csv') === true ? 'csv' : 'ndjson'
  const bytes = await readBytes(c, importBodyBytes)
  const options = {
    isDryRun: dryRun === 'true',
    firebase: firebase === undefined ? null : (parseJson(firebase) as never),
  }
  const items: ImportOutcome[] = []
  for await (const outcome of importUsers(c.get('ctx'), limited(readRows(chunksOf(bytes), format)), options))
    items.push(outcome)
  return c.json({ items }, 200)
})

/** @throws AppError invalid */
async function* limited<Row>(found: AsyncIterable<Row>): AsyncGenerator<Row> {
  let count = 0
  for await (const row of found) {
    count += 1
    if (count > mostRows) throw invalid(`More than ${mostRows} rows at a time; send the file in parts`, 'tooMany')
    yield row
  }
}
