// `rolecall directory token …`
import type { Command } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import { listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; directory: string }

export function addDirectoryTokenCommands(directory: Command, runtime: CliRuntime): void {
  const token = directory.command('token').description('bearer tokens of a directory')
  token
    .command('create')
    .description('issue one more token, which is shown this once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .option('--expires <time>', 'when it ends, e.g. 2030-01-31T12:00:00Z')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { expires?: string }) => create(runtime, options))
  token
    .command('list')
    .description('list the tokens, without what could be used')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  token
    .command('revoke')
    .description('end a token at once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .requiredOption('--token <id>', 'id of the token')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { token: string }) => revoke(runtime, options))
}

async function create(runtime: CliRuntime, options: Scope & { expires?: string }): Promise<void> {
  const issued = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return issueDirectoryToken(ctx, { directoryId: id, expiresAt: options.expires })
  })
  print(runtime, options, { json: issued, human: () => [issued.token, 'The token is not shown again.'] })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return listDirectoryTokens(ctx, { directoryId: id })
  })
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    'ENDS IN': ({ lastFour }) => `…${lastFour}`,
    CREATED: ({ createdAt }) => createdAt,
    EXPIRES: ({ expiresAt }) => expiresAt,
    REVOKED: ({ revokedAt }) => revokedAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
  })
}

async function revoke(runtime: CliRuntime, options: Scope & { token: string }): Promise<void> {
  await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    await revokeDirectoryToken(ctx, { directoryId: id, tokenId: options.token })
  })
  print(runtime, options, { json: { revoked: options.token }, human: () => [`The token ${options.token} is revoked`] })
}
