// `rolecall asset …`: things of host applications, and the teams that they are for.
import type { Command } from 'commander'
import { requireAssetReference } from '#access/decisions/asset-access.ts'
import { listVisibleAssets } from '#access/decisions/visible-assets.ts'
import { putAssetType } from '#access/grants/assets/asset-types.ts'
import { listAssets } from '#access/grants/assets/assets.ts'
import { deleteAsset, putAssets } from '#access/grants/assets/put-assets.ts'
import { resolveBrand, resolveTeam, resolveUser } from '#access/grants/managers/references.ts'
import { AppError } from '#platform/errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type PutOptions = Scope & {
  asset: string
  name: string
  brand?: string
  team?: string[]
  restricted?: true
  creator?: string
  assigned?: string[]
}
type ListOptions = Scope & { user?: string; permission?: string }

export function addAssetCommands(program: Command, runtime: CliRuntime): void {
  const asset = program.command('asset').description('things of applications, and the teams that they are for')
  const command = (name: string, description: string): Command =>
    asset
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')

  command('register-type', 'register a type of assets, or name it anew')
    .requiredOption('--name <word>', 'such as library, campaign, dashboard or account')
    .requiredOption('--label <text>', 'for people to read')
    .action(async (options: Scope & { name: string; label: string }) => {
      const { name, label } = options
      const made = await inOrganization(runtime, options.organization, (ctx) => putAssetType(ctx, { name, label }))
      print(runtime, options, { json: made, human: () => [`The asset type ${name} is registered`] })
    })
  command('put', 'register an asset, with its brand and the teams that it is for')
    .requiredOption('--asset <type/id>', 'such as library/42')
    .requiredOption('--name <text>', 'for people to read')
    .option('--brand <slug>', 'slug or id; without it, of the organization')
    .option('--team <name...>', 'names or ids of teams that it is for; without any, it is open')
    .option('--restricted', 'without a team: for its creator and assigned alone, and whoever holds everything')
    .option('--creator <name>', 'userName or id of who created it, and sees it although restricted')
    .option('--assigned <name...>', 'userNames or ids of whom it is assigned to, and who see it although restricted')
    .action((options: PutOptions) => put(runtime, options))
  command('list', 'list the assets; with a user and a permission, those with which they may do that')
    .option('--user <name>', 'userName or id')
    .option('--permission <name>', 'such as content.view')
    .action((options: ListOptions) => list(runtime, options))
  command('delete', 'withdraw an asset')
    .requiredOption('--asset <type/id>', 'such as library/42')
    .action(async (options: Scope & { asset: string }) => {
      const key = requireAssetReference(options.asset)
      await inOrganization(runtime, options.organization, (ctx) => deleteAsset(ctx, key))
      print(runtime, options, { json: { deleted: options.asset }, human: () => [`${options.asset} is withdrawn`] })
    })
}

async function put(runtime: CliRuntime, options: PutOptions): Promise<void> {
  const { type, id } = requireAssetReference(options.asset)
  const result = await inOrganization(runtime, options.organization, async (ctx) => {
    const brand = options.brand === undefined ? undefined : await resolveBrand(ctx, options.brand)
    const teams = await Promise.all((options.team ?? []).map((name) => resolveTeam(ctx, name)))
    const isOpen = options.team === undefined && options.restricted !== true
    const teamIds = isOpen ? null : teams.map((team) => team.id)
    const creator = options.creator === undefined ? undefined : await resolveUser(ctx, options.creator)
    const assigned = await Promise.all((options.assigned ?? []).map((name) => resolveUser(ctx, name)))
    const people = { creatorId: creator?.id ?? null, assigneeIds: assigned.map((user) => user.id) }
    return putAssets(ctx, {
      assets: [{ type, id, name: options.name, brandId: brand?.id ?? null, teamIds, ...people }],
    })
  })
  const human = () => [result.changed === 0 ? 'It was so already' : `${options.asset} is registered`]
  print(runtime, options, { json: result, human })
}

async function list(runtime: CliRuntime, options: ListOptions): Promise<void> {
  const { user, permission } = options
  if ((user === undefined) !== (permission === undefined))
    throw new AppError('invalid', 'Name --user and --permission, or neither')
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    if (user !== undefined && permission !== undefined)
      return (await listVisibleAssets(ctx, { user, permission, limit: 10_000 })).items.map(({ type, id, name }) => ({
        ...{ type, id, name },
      }))
    return (await listAssets(ctx, { limit: 10_000 })).items
  })
  printList(runtime, options, items, {
    ASSET: ({ type, id }) => `${type}/${id}`,
    NAME: ({ name }) => name,
  })
}
