// `rolecall connection update …`: the settings of a connection.
import type { Command } from 'commander'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { describeConnection } from '#access/sign-in/describe-connection.ts'
import { type UpdateConnectionInput, updateConnection } from '#connections/sign-in/update-connection.ts'
import { given } from '#platform/input.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type UpdateOptions = OutputOptions & {
  organization: string
  connection: string
  absentGroups?: string
  groupSeparator?: string
  groupNames?: string
  subjectAttribute?: string
  clientAuthentication?: string
  allowCbc?: string
  allowSha1?: string
  weakUntil?: string
}

/** Adds the options to a command that has `--organization` and `--connection`. */
export function addUpdateOptions(command: Command, runtime: CliRuntime): void {
  command
    .option('--absent-groups <meaning>', 'a message without groups means: kept (what people have) or none')
    .option('--group-separator <text>', 'splits one text into groups; empty: no longer')
    .option(
      '--group-names <names>',
      'names of the groups claim or attribute, with commas; a path such as a.b.roles too',
    )
    .option('--subject-attribute <name>', 'SAML: the attribute that names the person; empty: the NameID')
    .option('--client-authentication <method>', 'OpenID Connect: client_secret_basic or client_secret_post')
    .option('--allow-cbc <yes-or-no>', 'SAML: take assertions encrypted by AES-CBC, for a time')
    .option('--allow-sha1 <yes-or-no>', 'SAML: take signatures by SHA-1, for a time')
    .option('--weak-until <instant>', 'SAML: until when, a year at most (unless said, 90 days)')
    .action((options: UpdateOptions) => update(runtime, options))
}

async function update(runtime: CliRuntime, options: UpdateOptions): Promise<void> {
  const view = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const changed = await updateConnection(ctx, changesOf(options), requireOrdinaryRole)
    return describeConnection(changed, urls)
  })
  print(runtime, options, { json: view, human: () => [`The settings of ${view.name} (${view.id}) are saved`] })
}

function changesOf(options: UpdateOptions): UpdateConnectionInput {
  const { groupNames, absentGroups, clientAuthentication, weakUntil } = options
  const groups = groupNames?.split(',').map((name) => name.trim())
  const changes = {
    ...{ connectionId: options.connection, absentGroups, clientAuthentication },
    groupSeparator: orNull(options.groupSeparator),
    subjectAttribute: orNull(options.subjectAttribute),
    attributes: groups === undefined ? undefined : { groups },
    isCbcAllowed: isYes(options.allowCbc),
    isSha1Allowed: isYes(options.allowSha1),
    weakAlgorithmsUntil: weakUntil,
  }
  // The verb checks what was typed, and names what is wrong.
  return given(changes) as UpdateConnectionInput
}

/** An empty text takes a setting away. */
const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text)

const isYes = (text: string | undefined): boolean | undefined => (text === undefined ? undefined : text === 'yes')
