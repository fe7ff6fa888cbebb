// `rolecall doctor`
import type { Command } from 'commander'
import { diagnose } from '#access/organizations/diagnose.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string }

export function addDoctorCommand(program: Command, runtime: CliRuntime): void {
  program
    .command('doctor')
    .description('look for what is wrong in an organization, and say what to do; exits with 1 where something is')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Options) => examine(runtime, options))
}

async function examine(runtime: CliRuntime, options: Options): Promise<void> {
  const findings = await inOrganization(runtime, options.organization, diagnose)
  const lines = findings.flatMap(({ text, advice, ids }) => [text, `  ${advice} (${ids.join(', ')})`])
  print(runtime, options, { json: { findings }, human: () => (lines.length === 0 ? ['Nothing is wrong'] : lines) })
  if (findings.length > 0) runtime.setExitCode(1)
}
