// `rolecall user decide-address`: the word on an address that a directory wants somebody to have.
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import { decideAddressProposal } from '#access/people/adoption/address-proposals.ts'
import { invalid } from '#platform/errors.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string; user: string; accept?: true; refuse?: true }

export function addUserAddressCommand(user: Command, runtime: CliRuntime): void {
  user
    .command('decide-address')
    .description(
      'accept or refuse the address that a directory wants a user to have, where addresses are never changed',
    )
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .option('--accept', 'they have it from now on')
    .option('--refuse', 'the directory no longer asks')
    .option('--json', 'print one JSON line')
    .action(async (options: Options) => {
      if (options.accept === options.refuse) throw invalid('Say either --accept or --refuse')
      const proposal = await inOrganization(runtime, options.organization, async (ctx) => {
        const { id: userId } = await resolveUser(ctx, options.user)
        return decideAddressProposal(ctx, { userId, decision: options.accept === true ? 'accept' : 'refuse' })
      })
      const { userName, current, status } = proposal
      const human = () => [
        status === 'accepted'
          ? `${current.userName} is ${userName} from now on`
          : `${current.userName} stays as they are; ${userName} is refused`,
      ]
      print(runtime, options, { json: proposal, human })
    })
}
