// `rolecall user personal-data` and `rolecall user erasure-certificate`
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import { exportPerson } from '#access/people/personal-data/export-person.ts'
import { getErasureCertificate } from '#access/people/status/erasure-certificate.ts'
import { isId } from '#platform/ids.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string; user: string }

export function addUserDataCommands(user: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    user
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--user <name>', 'userName or id')
      .option('--json', 'print one JSON line')
  command('personal-data', 'export everything that is kept of somebody, without secrets').action((options: Options) =>
    exportData(runtime, options),
  )
  command('erasure-certificate', 'that somebody was erased: when, by whom, and how much of what').action(
    (options: Options) => certificate(runtime, options),
  )
}

async function exportData(runtime: CliRuntime, options: Options): Promise<void> {
  const data = await inOrganization(runtime, options.organization, async (ctx) => {
    const userId = isId('usr', options.user) ? options.user : (await resolveUser(ctx, options.user)).id
    return exportPerson(ctx, userId)
  })
  const human = () =>
    data.sections.flatMap(({ name, what, kept, rows }) =>
      rows.length === 0
        ? []
        : [`${name} (${rows.length}): ${what}; kept ${kept}`, ...rows.map((row) => `  ${JSON.stringify(row)}`)],
    )
  print(runtime, options, { json: data, human })
}

async function certificate(runtime: CliRuntime, options: Options): Promise<void> {
  const found = await inOrganization(runtime, options.organization, (ctx) => getErasureCertificate(ctx, options.user))
  const human = () => [
    `${found.userId} was erased on ${found.erasedAt} by ${found.erasedBy.type} ${found.erasedBy.id} (${found.auditEventId})`,
    ...Object.entries(found.removed).map(([table, count]) => `  ${table}: ${count}`),
  ]
  print(runtime, options, { json: found, human })
}
