// The `rolecall` command: a noun, a verb and options; each calls the verb that the API calls.
import { Command } from 'commander'
import { addAbsenceCommands } from './absence.ts'
import { addAccessCommands } from './access.ts'
import { addApiKeyCommands } from './api-key.ts'
import { addApplicationCommands } from './application.ts'
import { addAssetCommands } from './asset.ts'
import { addAssignmentCommands } from './assignment.ts'
import { addAuditCommands } from './audit.ts'
import { addBackupCommands } from './backup.ts'
import { addBrandCommands } from './brand.ts'
import { addBrandingCommands } from './branding.ts'
import { addChecklistCommands } from './checklist.ts'
import { addConfigurationCommands } from './configuration.ts'
import { addConnectionCommands } from './connection.ts'
import { addDirectoryCommands } from './directory.ts'
import { addDoctorCommand } from './doctor.ts'
import { addDomainCommands } from './domain.ts'
import { addDraftCommands } from './draft.ts'
import { addEmergencyCommands } from './emergency.ts'
import { reportError } from './errors.ts'
import { addGroupCommands } from './group.ts'
import { addInactivityCommands } from './inactivity.ts'
import { addInvitationCommands } from './invitation.ts'
import { addKeysCommands } from './keys.ts'
import { addMailCommands } from './mail.ts'
import { addMappingCommands } from './mapping.ts'
import { addOperatorCommands } from './operator.ts'
import { addOrganizationCommands } from './organization.ts'
import { addOwnershipCommands } from './ownership.ts'
import { addPlatformKeyCommands } from './platform-key.ts'
import { addReportCommands } from './report.ts'
import { addReviewCommands } from './review.ts'
import { addRoleCommands } from './role.ts'
import type { CliRuntime } from './runtime.ts'
import { addSeparationCommands } from './separation.ts'
import { addServerCommands } from './server.ts'
import { addSupportCommands } from './support.ts'
import { addTeamCommands } from './team.ts'
import { addUserCommands } from './user.ts'
import { addWebhookCommands } from './webhook.ts'

/** The program with all of its commands. Its actions reject with AppError, its parser with CommanderError. */
export function createCli(runtime: CliRuntime): Command {
  const program = new Command('rolecall')
    .description(
      'Self-hosted SCIM provisioning and single sign-on: identity-provider groups become roles and brand memberships',
    )
    .version(runtime.version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.print(text.trimEnd()),
      writeErr: (text) => runtime.printError(text.trimEnd()),
    })
    .configureHelp({
      optionDescription: (option) => `${option.description}${option.mandatory ? ' (required)' : ''}`,
    })
    .showHelpAfterError('(add --help for the options)')
  const parts = [
    addServerCommands,
    addBackupCommands,
    addOrganizationCommands,
    addPlatformKeyCommands,
    addOperatorCommands,
    addSupportCommands,
    addBrandCommands,
    addBrandingCommands,
    addConfigurationCommands,
    addDirectoryCommands,
    addConnectionCommands,
    addDomainCommands,
    addDraftCommands,
    addRoleCommands,
    addSeparationCommands,
    addMappingCommands,
    addAssignmentCommands,
    addReviewCommands,
    addAccessCommands,
    addReportCommands,
    addChecklistCommands,
    addInactivityCommands,
    addAbsenceCommands,
    addUserCommands,
    addDoctorCommand,
    addInvitationCommands,
    addMailCommands,
    addEmergencyCommands,
    addGroupCommands,
    addTeamCommands,
    addAssetCommands,
    addOwnershipCommands,
    addApplicationCommands,
    addApiKeyCommands,
    addWebhookCommands,
    addAuditCommands,
    addKeysCommands,
  ]
  for (const add of parts) add(program, runtime)
  return program
}

/**
 * Runs one command line (without `node` and the script). Errors are printed, not thrown.
 * Exit codes: 0 done, 1 failed, 2 not written correctly, 3 denied by `access check`, 4 altered by `audit verify`.
 */
export async function runCli(runtime: CliRuntime, args: readonly string[]): Promise<void> {
  try {
    await createCli(runtime).parseAsync([...args], { from: 'user' })
  } catch (error) {
    reportError(runtime, error)
  }
}
