// `rolecall doctor`: of the installation, or of an organization.
import type { Command } from 'commander'
import { diagnose } from '#access/organizations/diagnose.ts'
import { diagnoseInstallation, type InstallationFinding } from '#access/upkeep/diagnose-installation.ts'
import { asAppError } from '#platform/errors.ts'
import { messageOf } from './errors.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization?: string }

export function addDoctorCommand(program: Command, runtime: CliRuntime): void {
  program
    .command('doctor')
    .description(
      'look for what is wrong with the installation, or in an organization, and say what to do; exits with 1 where something is',
    )
    .option('--organization <slug>', 'slug or id; without it, database, keys, public address, mail and backups')
    .option('--json', 'print one JSON line')
    .action(({ organization, ...options }: Options) =>
      organization === undefined ? examineInstallation(runtime, options) : examine(runtime, options, organization),
    )
}

async function examine(runtime: CliRuntime, options: OutputOptions, organization: string): Promise<void> {
  const findings = await inOrganization(runtime, organization, diagnose)
  const lines = findings.flatMap(({ text, advice, ids }) => [text, `  ${advice} (${ids.join(', ')})`])
  print(runtime, options, { json: { findings }, human: () => (lines.length === 0 ? ['Nothing is wrong'] : lines) })
  if (findings.length > 0) runtime.setExitCode(1)
}

/** Advice alone is no reason to wake somebody. */
async function examineInstallation(runtime: CliRuntime, options: OutputOptions): Promise<void> {
  const around = await runtime.diagnoseDeployment()
  const inside = await runtime.withServices(diagnoseInstallation, { isLooking: true }).catch(ofDatabase)
  const findings = [...around, ...inside]
  const faults = findings.filter(({ severity }) => severity === 'fault')
  const human = (): string[] => [
    ...(faults.length === 0 ? ['Nothing is wrong'] : faults.flatMap(linesOf)),
    ...findings.filter(({ severity }) => severity === 'advice').flatMap((finding) => linesOf(finding)),
  ]
  print(runtime, options, { json: { findings }, human })
  if (faults.length > 0) runtime.setExitCode(1)
}

/** What keeps it from being looked at is a finding as well. */
const ofDatabase = (error: unknown): InstallationFinding[] => [
  {
    ...{ check: 'database', severity: 'fault' },
    text: messageOf(asAppError(error)),
    advice: 'Commands need what the server has: DATABASE_URL or DATA_DIR, and ENCRYPTION_KEYS',
  },
]

const linesOf = ({ check, severity, text, advice }: InstallationFinding): string[] => [
  `${severity === 'fault' ? 'wrong' : 'better'}  ${check}: ${text}`,
  `       ${advice}`,
]
