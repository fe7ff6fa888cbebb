// `rolecall access digest`: how often people are told what has changed of their access, and what they would be told now.
import type { Command } from 'commander'
import { type AccessDigest, getAccessDigest, setAccessDigest } from '#access/people/digest/access-digest.ts'
import { previewAccessDigest } from '#access/people/digest/send-digests.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string; pace?: AccessDigest['pace']; preview?: true }

export function addAccessDigestCommand(access: Command, runtime: CliRuntime): void {
  access
    .command('digest')
    .description('how often people are told what groups, mappings, teams, roles and filters have changed for them')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--pace <pace>', 'off, hourly or daily: sets it')
    .option('--preview', 'what they would be told if it were time now')
    .option('--json', 'print one JSON line')
    .action((options: Options) => (options.preview === true ? preview(runtime, options) : digest(runtime, options)))
}

async function digest(runtime: CliRuntime, options: Options): Promise<void> {
  const { pace } = options
  const found = await inOrganization(runtime, options.organization, (ctx) =>
    pace === undefined ? getAccessDigest(ctx) : setAccessDigest(ctx, { pace }),
  )
  print(runtime, options, { json: found, human: () => [`${found.pace}; told up to ${found.toldUntil}`] })
}

async function preview(runtime: CliRuntime, options: Options): Promise<void> {
  const found = await inOrganization(runtime, options.organization, previewAccessDigest)
  const lines = found.people.flatMap(({ name, sentences }) => sentences.map((sentence) => `${name}: ${sentence}`))
  print(runtime, options, { json: found, human: () => [`${found.from} to ${found.until}`, ...lines] })
}
