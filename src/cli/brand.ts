// `rolecall brand …`
import type { Command } from 'commander'
import { listBrands } from '#access/grants/brands/brands.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

export function addBrandCommands(program: Command, runtime: CliRuntime): void {
  const brand = program.command('brand').description('spaces inside an organization, with memberships of their own')
  brand
    .command('create')
    .description('create a brand')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--slug <slug>', 'short name: a-z, 0-9 and "-"')
    .requiredOption('--name <name>', 'name for people')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { slug: string; name: string }) => {
      const { slug, name } = options
      const made = await inOrganization(runtime, options.organization, (ctx) => createBrand(ctx, { slug, name }))
      print(runtime, options, { json: made, human: () => [`Created the brand ${made.slug} (${made.id})`] })
    })
  brand
    .command('list')
    .description('list the brands')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope) => {
      const items = await inOrganization(runtime, options.organization, (ctx) => listBrands(ctx))
      printList(runtime, options, items, {
        SLUG: ({ slug }) => slug,
        NAME: ({ name }) => name,
        ID: ({ id }) => id,
      })
    })
}
